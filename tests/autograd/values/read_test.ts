import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { constant, tensor32, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { slice, sliceAxes, transpose } from "../../../autograd/ops/mod.ts";
import { type Nested, tensorData, toArray, toList, toNumber } from "../../../autograd/values/read.ts";
import { constantOf } from "../../../autograd/tensor.ts";
import type { DType } from "../../../blas/dtype.ts";
import { ShapeError } from "../../../blas/errors.ts";
import type { View } from "../../../blas/view.ts";
import { elementsOf, shapeArbitrary, viewArbitrary } from "../../blas/layouts.ts";

const tensors = fc.tuple(fc.constantFrom<DType>("float32", "float64"), shapeArbitrary()).chain(([dtype, shape]) =>
  viewArbitrary(dtype, shape).map((v) => constantOf(v as View))
);

Deno.test("tensorData() and toList() give the values in row-major order, whatever the strides", () => {
  fc.assert(fc.property(tensors, (t) => {
    const expected = elementsOf(t.view);
    assertEquals(toList(t), expected);
    assertEquals(tensorData(t), t.dtype === "float32" ? Float32Array.from(expected) : Float64Array.from(expected));
  }));
});

Deno.test("tensorData() of a slice holds only the slice", () => {
  const t = tensor32([[1, 2], [3, 4], [5, 6]]);
  assertEquals(tensorData(slice(t, 1, 1)), new Float32Array([3, 4]));
  assertEquals(tensorData(tensor64(7)), new Float64Array([7]));
});

Deno.test("toArray() nests as deep as there are axes, and builds the tensor it came from", () => {
  assertEquals(toArray(tensor64(3)), 3);
  assertEquals(toArray(zeros([2, 0])), [[], []]);
  assertEquals(toArray(transpose(tensor64([[1, 2, 3], [4, 5, 6]]))), [[1, 4], [2, 5], [3, 6]]);
  fc.assert(fc.property(tensors, (t) => {
    const flat = (part: Nested): number[] => typeof part === "number" ? [part] : part.flatMap(flat);
    assertEquals(flat(toArray(t)), toList(t));
    if (!t.shape.includes(0)) assertEquals(constant(toArray(t)).shape, t.shape);
  }));
});

Deno.test("toNumber() reads a tensor of one element, of any rank and at any offset", () => {
  assertEquals([toNumber(tensor64(2)), toNumber(tensor64([[3]]))], [2, 3]);
  assertEquals(toNumber(sliceAxes(tensor64([[1, 2], [3, 4]]), [[1, 2], [1, 2]])), 4);
});

Deno.test("toNumber() refuses more or fewer elements, and says what to do", () => {
  assertThrows(
    () => toNumber(zeros([2, 3])),
    ShapeError,
    "Cannot apply toNumber to t [2, 3]: a tensor of 6 elements is",
  );
  assertThrows(() => toNumber(zeros([0])), ShapeError, "reduce it first, with sum or mean");
});
