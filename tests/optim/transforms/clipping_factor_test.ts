import { assertAlmostEquals, assertEquals } from "@std/assert";
import { compile, type Tensor, tensor32, tensor64, toNumber, zeros } from "../../../autograd/mod.ts";
import { clippingFactor } from "../../../optim/transforms/clipping_factor.ts";

const factorOf = (maxNorm: number, ...tensors: readonly Tensor[]): number => toNumber(clippingFactor(maxNorm, tensors));

Deno.test("clippingFactor() scales the common norm of all tensors down, and never up", () => {
  assertAlmostEquals(factorOf(1, tensor64([3, 0]), tensor64([[-4]])), 1 / (5 + 1e-6));
  assertEquals([factorOf(10, tensor64([3, 4])), factorOf(1, zeros([0])), factorOf(1)], [1, 1, 1]);
  assertEquals(factorOf(1, zeros([0]), tensor64([3, 4])), factorOf(1, tensor64([3, 4])));
});

Deno.test("clippingFactor() survives squares that overflow or underflow, and shows NaN and infinity", () => {
  assertAlmostEquals(factorOf(1, tensor32([3e30, 4e30])) * 5e30, 1, 1e-5);
  assertAlmostEquals(factorOf(1, tensor64([3e200, 4e200])) * 5e200, 1, 1e-9);
  assertEquals([factorOf(1, tensor64([Infinity])), factorOf(1, tensor64([1, NaN]))], [0, NaN]);
});

Deno.test("clippingFactor() is the same in compiled code", () => {
  const compiled = compile((x: Tensor<"float64">) => clippingFactor(1, [x]));
  for (const x of [tensor64([3, 4]), tensor64([])]) {
    assertAlmostEquals(toNumber(compiled(x)), factorOf(1, x), 1e-15);
  }
});
