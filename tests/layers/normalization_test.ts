import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { key, mean, tensor64, toList, toNumber } from "../../autograd/mod.ts";
import { forward, groupNormLayer, layerNormLayer, rmsNormLayer } from "../../layers/mod.ts";

const dtype = "float64";

Deno.test("layerNormLayer() brings each row to mean 0, rmsNormLayer() to mean square 1", () => {
  const x = tensor64([[1, 2, 6]]), layer = layerNormLayer(3, { dtype }), rms = rmsNormLayer(3, { dtype, epsilon: 0 });
  assertAlmostEquals(toNumber(mean(forward(layer, layer.init(key(0)), x))), 0, 1e-12);
  const squares = toList(forward(rms, rms.init(key(0)), x)).map((value) => value * value);
  assertAlmostEquals(squares.reduce((total, value) => total + value) / 3, 1, 1e-12);
});

Deno.test("groupNormLayer() normalizes a single example like a batch of one", () => {
  const layer = groupNormLayer(2, 4, { dtype }), variables = layer.init(key(0)), values = [1, 2, 5, 9];
  assertEquals(
    toList(forward(layer, variables, tensor64(values))),
    toList(forward(layer, variables, tensor64([values]))),
  );
});

Deno.test("normalizing layers refuse groups that do not divide, and a negative epsilon", () => {
  assertThrows(() => groupNormLayer(3, 4), RangeError, "groups must divide channels");
  assertThrows(() => layerNormLayer(3, { epsilon: -1 }), RangeError, "epsilon must be a finite number");
});
