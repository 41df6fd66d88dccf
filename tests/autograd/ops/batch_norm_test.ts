import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  batchNorm,
  batchStatistics,
  gradient,
  key,
  randomNormal,
  ShapeError,
  slice,
  square,
  sum,
  type Tensor,
  toList,
  zeros,
} from "../../../autograd/mod.ts";

const x = randomNormal(key(0), [4, 2, 3], { dtype: "float64", mean: 5, std: 3 });

Deno.test("batchNorm() by the batch brings every channel to mean 0 and variance 1", () => {
  const { mean, variance } = batchStatistics(batchNorm(x, null, null, { epsilon: 0 }));
  toList(mean).forEach((value) => assertAlmostEquals(value, 0, 1e-13));
  toList(variance).forEach((value) => assertAlmostEquals(value, 1, 1e-13));
});

Deno.test("batchNorm() by its own statistics is batchNorm() without; only then does the gradient flow through them", () => {
  const statistics = batchStatistics(x), loss = (y: Tensor) => sum(square(slice(y, 0, 1)));
  const wanted = toList(batchNorm(x, null, null));
  toList(batchNorm(x, null, null, { statistics })).forEach((value, k) => assertAlmostEquals(value, wanted[k]!, 1e-14));
  const other = (f: (x: Tensor) => Tensor) => toList(gradient((t: Tensor) => loss(f(t)))(x)).slice(6);
  assertEquals(other((t) => batchNorm(t, null, null, { statistics })).every((slope) => slope === 0), true);
  assertEquals(other((t) => batchNorm(t, null, null)).some((slope) => slope !== 0), true);
});

Deno.test("with given statistics, examples do not depend on each other", () => {
  const statistics = batchStatistics(x);
  const alone = batchNorm(slice(x, 1, 1), null, null, { statistics });
  assertEquals(toList(alone), toList(slice(batchNorm(x, null, null, { statistics }), 1, 1)));
});

Deno.test("batchNorm() says what shape its operands must have", () => {
  const two = zeros([2], { dtype: "float64" }), three = zeros([3], { dtype: "float64" });
  assertThrows(
    () => batchNorm(x, three, null),
    ShapeError,
    "Cannot apply batchNorm to x [4, 2, 3] and gamma [3]: gamma must have shape [2], one for each channel (axis 1)",
  );
  assertThrows(
    () => batchNorm(x, two, two, { statistics: { mean: two, variance: three } }),
    ShapeError,
    "Cannot apply batchNorm to x [4, 2, 3] and variance [3]: variance must have shape [2], one for each channel (axis 1)",
  );
  assertThrows(() => batchNorm(two, null, null), ShapeError, "x must have 2 axes at least, [batch, channels, ...]");
  assertThrows(() => batchStatistics(two), ShapeError, "Cannot apply batchStatistics");
  assertThrows(() => batchNorm(x, null, null, { epsilon: -1 }), RangeError, "Cannot apply batchNorm with epsilon -1");
});
