import { assertEquals } from "@std/assert";
import { compile, constant, type Tensor, tensor64, toNumber } from "../../autograd/mod.ts";
import { add, argument, mul } from "../../blas/scalar/scalar.ts";
import { computeNumber, knownValue, numberTensor } from "../../optim/step_number.ts";

const float64 = { dtype: "float64" } as const, expression = add(mul(argument(0), argument(1)), 1);

Deno.test("the value of a number or constant is known, that of a variable is not", () => {
  assertEquals([knownValue(3), knownValue(constant(4, float64)), knownValue(tensor64(5))], [3, 4, undefined]);
});

Deno.test("computeNumber() agrees for known values, tracked ones and compiled ones", () => {
  assertEquals(toNumber(computeNumber(expression, 2, constant(3, float64))), 7);
  const tracked = computeNumber(expression, 2, tensor64(3));
  assertEquals([toNumber(tracked), tracked.requiresGrad], [7, true]);
  const compiled = compile((x: Tensor<"float64">) => computeNumber(expression, 2, x));
  assertEquals(toNumber(compiled(constant(3, float64))), 7);
});

Deno.test("numberTensor() has the dtype asked for", () => {
  const tensors = [numberTensor(0.1, "float32"), numberTensor(tensor64(0.1), "float32")];
  assertEquals(tensors.map((t) => [t.dtype, t.shape, toNumber(t)]), Array(2).fill(["float32", [], Math.fround(0.1)]));
});
