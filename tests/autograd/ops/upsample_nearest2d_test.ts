import { assertEquals, assertThrows } from "@std/assert";
import {
  gradient,
  mul,
  ShapeError,
  sum,
  type Tensor,
  tensor64,
  toArray,
  upsampleNearest2d,
  zeros,
} from "../../../autograd/mod.ts";

Deno.test("upsampleNearest2d() repeats rows and columns", () => {
  const x = tensor64([[[1, 2], [3, 4]]]);
  assertEquals(toArray(upsampleNearest2d(x, [1, 2])), [[[1, 1, 2, 2], [3, 3, 4, 4]]]);
  assertEquals(upsampleNearest2d(zeros([2, 3, 4, 0]), 3).shape, [2, 3, 12, 0]);
});

Deno.test("the gradient of upsampleNearest2d() is the sum over every block", () => {
  const x = tensor64([[[1, 2]]]), factors = tensor64([[[1, 2, 3, 4], [5, 6, 7, 8]]]);
  const slope = gradient((t: Tensor<"float64">) => sum(mul(upsampleNearest2d(t, 2), factors)))(x);
  assertEquals(toArray(slope), [[[14, 22]]]);
});

Deno.test("upsampleNearest2d() says what it cannot do", () => {
  assertThrows(() => upsampleNearest2d(zeros([2, 2]), 2), ShapeError, "x must be [channels, height, width]");
  assertThrows(
    () => upsampleNearest2d(zeros([1, 2, 2]), 0.5),
    ShapeError,
    "and scale 0.5: scale must be a whole number of 1",
  );
});
