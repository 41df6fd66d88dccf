import { assertEquals, assertThrows } from "@std/assert";
import { evaluate, key, ones, parameterCount } from "../../../mod.ts";
import { gruLayer, lstmLayer, rnnLayer } from "../../../layers/recurrent/layers.ts";

Deno.test("stacked layers read the outputs of those below, of both directions", () => {
  for (const [make, gates] of [[rnnLayer, 1], [lstmLayer, 4], [gruLayer, 3]] as const) {
    const one = make(3, 5), two = make(3, 5, { layers: 2, bidirectional: true });
    assertEquals(parameterCount(one.init(key(0))), gates * (5 * 3 + 5 * 5 + 10));
    assertEquals(parameterCount(two.init(key(0))), 2 * gates * (5 * 3 + 5 * 5 + 10 + 5 * 10 + 5 * 5 + 10));
    assertEquals(two.apply(two.init(key(0)), ones([4, 3]), evaluate)[0].shape, [4, 10]);
    assertEquals([one.inputSize, one.outputSize, two.outputSize], [3, 5, 10]);
  }
});

Deno.test("their settings are checked, and their config has them", () => {
  const { bias, dropout, layers } = lstmLayer(3, 5, { layers: 3, dropout: 0.25, bias: false }).config;
  assertEquals([bias, dropout, layers], [false, 0.25, 3]);
  assertThrows(() => rnnLayer(3, 5, { dropout: -1 }), RangeError, "Cannot build Rnn with dropout -1");
  assertThrows(() => gruLayer(3, 0), RangeError, "hiddenSize 0");
  assertThrows(() => gruLayer(3, 5, { bidirectional: 1 as never }), TypeError, "bidirectional 1");
});
