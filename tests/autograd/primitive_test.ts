import { assertEquals, assertThrows } from "@std/assert";
import { constant, tensor32, tensor64, zeros } from "../../autograd/values/constructors.ts";
import { add, concat, matmul, relu, sum, where } from "../../autograd/ops/mod.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { DTypeError, ShapeError } from "../../blas/errors.ts";

/** What a caller without types can pass. */
const untyped = (value: unknown): Tensor<"float32"> => value as Tensor<"float32">;

Deno.test("operations refuse mixed dtypes, name both and say how to convert", () => {
  const a = tensor32([1, 2]), b = untyped(tensor64([1, 2]));
  const error = assertThrows(() => add(a, b), DTypeError, "Cannot apply add to float32 and float64: all operands must");
  assertEquals([error.op, error.given], ["add", ["float32", "float64"]]);
  assertThrows(() => matmul(a, b), DTypeError, "cast(t, dtype) converts");
  assertThrows(() => concat([a, b]), DTypeError, "Cannot apply concat to float32 and float64");
  assertThrows(() => where(a, b, a), DTypeError, "Cannot apply where to float32 and float64 and float32");
});

Deno.test("operations refuse what is not a tensor, and say how to make one", () => {
  const t = tensor32([1, 2]);
  assertThrows(
    () => add(t, untyped([1, 2])),
    TypeError,
    "Cannot apply add to an array of 2: operands must be tensors; wrap it",
  );
  assertThrows(() => add(t, untyped(undefined)), TypeError, "Cannot apply add to undefined");
  assertThrows(() => relu(untyped(null)), TypeError, "Cannot apply relu to null");
  assertThrows(() => add(t, untyped("2")), TypeError, 'Cannot apply add to "2"');
  assertThrows(() => add(untyped({}), t), TypeError, "Cannot apply add to a record of nothing");
  assertThrows(() => relu(untyped(new Float32Array(2))), TypeError, "Cannot apply relu to an instance of Float32Array");
});

Deno.test("operations throw the error of their shape rule before they compute", () => {
  const error = assertThrows(() => add(zeros([2, 3]), zeros([4])), ShapeError);
  assertEquals([error.op, error.given], ["add", { a: [2, 3], b: [4] }]);
});

Deno.test("a number takes the dtype of the tensors, and is float32 among numbers", () => {
  assertEquals(add(tensor64([1]), 1).dtype, "float64");
  assertEquals(add(1, tensor64([1])).dtype, "float64");
  assertEquals(add(1, 2).dtype, "float32");
  assertEquals(sum(where(constant([1, 0]), 3, 4)).dtype, "float32");
});
