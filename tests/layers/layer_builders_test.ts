import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  ConfigError,
  decodeModel,
  encodeModel,
  forward,
  gruCell,
  gruLayer,
  key,
  type Layer,
  layerFromConfig,
  layerToConfig,
  lstmCell,
  lstmLayer,
  randomNormal,
  recurrent,
  rnnCell,
  rnnLayer,
  toList,
} from "../../mod.ts";
import { BUILDERS } from "../../layers/layer_builders.ts";

const RECURRENT = [
  rnnLayer(3, 4, { returnSequences: false, name: "Reader" }),
  lstmLayer(3, 4, { layers: 2, bidirectional: true, dropout: 0.25 }),
  gruLayer(3, 4, { bias: false }),
  recurrent(rnnCell(3, 2), { bidirectional: true }),
  recurrent(lstmCell(3, 2), { reverse: true, name: "Backwards" }),
  recurrent(gruCell(3, 2, { bias: false }), { returnSequences: false }),
] as unknown as readonly Layer[]; // their inputs may be records as well

Deno.test("a saved recurrent network is loaded as it was: settings, variables and outputs", () => {
  const x = randomNormal(key(1), [2, 5, 3]);
  for (const layer of RECURRENT) {
    const variables = layer.init(key(0)), loaded = decodeModel(encodeModel(layer, variables));
    assert(loaded._tag === "Right", `${layer.kind} was not read`);
    assertEquals(layerToConfig(loaded.right.layer), layerToConfig(layer));
    assertEquals(toList(forward(loaded.right.layer, loaded.right.variables, x)), toList(forward(layer, variables, x)));
  }
});

Deno.test("a recurrent layer over a cell of one's own cannot be written, and the error names the setting", () => {
  const { inputSize, hiddenSize, init, start, step } = rnnCell(3, 2);
  const own = recurrent({ inputSize, hiddenSize, init, start, step }) as unknown as Layer;
  assertThrows(() => layerToConfig(own), ConfigError, "its setting cell must be rnn, lstm or gru");
});

Deno.test("wrong settings of recurrent layers in JSON are refused, not built", () => {
  const json = layerToConfig(RECURRENT[1]!);
  for (const wrong of [{ dropout: 1 }, { layers: 0 }, { hiddenSize: "4" }, { bidirectional: 1 }]) {
    assertEquals(layerFromConfig({ ...json, config: { ...json.config, ...wrong } })._tag, "Left");
  }
});

Deno.test("every kind has a builder of its own", () => {
  for (const { kind } of RECURRENT) assert(Object.hasOwn(BUILDERS, kind), kind);
});
