import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { constant, tensor64 } from "../../autograd/values/constructors.ts";
import { callOnNumber, computeNumber, type DynamicNumber, numberTensor } from "../../autograd/dynamic_number.ts";
import { toNumber } from "../../autograd/values/read.ts";
import { isTensor } from "../../autograd/tensor.ts";
import { gradient } from "../../autograd/transforms/gradient.ts";
import { add, argument, div, pow, sqrt, sub } from "../../blas/scalar/scalar.ts";

const expression = div(1, sqrt(sub(1, pow(argument(0), add(argument(1), 1)))));
const number64 = (x: number) => constant(x, { dtype: "float64" });

function valueOf(x: DynamicNumber): number {
  assert(isTensor(x) && x.shape.length === 0 && x.dtype === "float64");
  return toNumber(x);
}

Deno.test("computeNumber() gives numbers of numbers, and tensors with the same bits where one is a tensor", () => {
  fc.assert(fc.property(fc.double({ min: 0, max: 0.9999, noNaN: true }), fc.nat(1000), (beta, step) => {
    const expected = 1 / Math.sqrt(1 - beta ** (step + 1));
    assertEquals(computeNumber(expression, beta, step), expected);
    assertEquals(valueOf(computeNumber(expression, beta, number64(step))), expected);
    assertEquals(valueOf(computeNumber(expression, number64(beta), number64(step))), expected);
  }));
});

Deno.test("computeNumber() of tensors can be differentiated", () => {
  const square = (x: DynamicNumber) => computeNumber(pow(argument(0), 2), x);
  const slope = gradient((x: ReturnType<typeof tensor64>) => square(x) as typeof x)(tensor64(3));
  assertEquals(toNumber(slope), 6);
});

Deno.test("callOnNumber() applies a function of plain numbers to either", () => {
  const schedule = (step: number): number => step < 3 ? 0.1 : 0.01;
  assertEquals([callOnNumber(schedule, 2), callOnNumber(schedule, 3)], [0.1, 0.01]);
  assertEquals([2, 3].map((step) => valueOf(callOnNumber(schedule, number64(step)))), [0.1, 0.01]);
});

Deno.test("numberTensor() rounds numbers and tensors alike", () => {
  for (const x of [0.1, number64(0.1)]) {
    assertEquals([toNumber(numberTensor(x, "float32")), toNumber(numberTensor(x, "float64"))], [Math.fround(0.1), 0.1]);
    assertEquals([numberTensor(x, "float32").dtype, numberTensor(x, "float64").shape], ["float32", []]);
  }
});
