import { assert, assertEquals } from "@std/assert";
import { gruCell, gruLayer, layerFromConfig, layerToConfig, recurrent, rnnLayer } from "../../../mod.ts";
import { RECURRENT_BUILDERS } from "../../../layers/recurrent/from_config.ts";

Deno.test("every kind of recurrent layer is read from what is written of it", () => {
  const layers = [
    rnnLayer(3, 4, { layers: 2, dropout: 0.5, name: "mine" }),
    gruLayer(3, 4, { bidirectional: true, returnSequences: false, bias: false, dtype: "float64" }),
    recurrent(gruCell(3, 4), { reverse: true }),
  ];
  for (const layer of layers) {
    const config = layerToConfig(layer as never), back = layerFromConfig(JSON.parse(JSON.stringify(config)));
    assert(back._tag === "Right");
    assertEquals(layerToConfig(back.right), config);
  }
});

Deno.test("settings that are wrong are named", () => {
  const config = layerToConfig(recurrent(gruCell(3, 4)) as never);
  for (
    const [change, problem] of [[{ cell: "other" }, "its setting cell must be"], [
      { reverse: 1 },
      "its setting reverse",
    ]]
  ) {
    const back = layerFromConfig({ ...config, config: { ...config.config, ...change as object } });
    assert(back._tag === "Left" && back.left.message.includes(problem as string));
  }
  assertEquals(Object.keys(RECURRENT_BUILDERS), ["rnn", "lstm", "gru", "recurrent"]);
});
