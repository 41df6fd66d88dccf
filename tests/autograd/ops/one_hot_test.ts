import { assertEquals, assertThrows } from "@std/assert";
import { compile } from "../../../autograd/compile/compile.ts";
import { oneHot } from "../../../autograd/ops/one_hot.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { tensor64 } from "../../../autograd/values/constructors.ts";
import { toArray } from "../../../autograd/values/read.ts";
import { ShapeError } from "../../../blas/errors.ts";

Deno.test("oneHot() adds an axis of classes at the end", () => {
  assertEquals(toArray(oneHot([1, 0], 2)), [[0, 1], [1, 0]]);
  assertEquals(toArray(oneHot(2, 3)), [0, 0, 1]);
  assertEquals(oneHot([[0, 1], [1, 2]], 4, { dtype: "float64" }).shape, [2, 2, 4]);
  assertEquals(toArray(oneHot(tensor64([1, 1]), 2)), [[0, 1], [0, 1]]);
  assertEquals(oneHot([], 5).shape, [0, 5]);
});

Deno.test("oneHot() names an invalid class and its position", () => {
  for (const [classes, bad, at] of [[[0, 3], 3, 1], [[-1], -1, 0], [[0, 0, 1.5], 1.5, 2], [[NaN], NaN, 0]] as const) {
    assertThrows(
      () => oneHot(classes, 3),
      RangeError,
      `Cannot apply oneHot to index ${bad} at position ${at}: indices must be whole numbers from 0 to 2`,
    );
  }
  assertThrows(() => oneHot([0], 1.5), ShapeError, "Cannot apply oneHot to shape [1.5]");
});

Deno.test("oneHot() of classes that are an argument of a compiled function checks them in every run", () => {
  const rows = compile((classes: Tensor<"float64">) => oneHot(classes, 3));
  assertEquals(toArray(rows(tensor64([2, 0]))), [[0, 0, 1], [1, 0, 0]]);
  assertEquals(toArray(rows(tensor64([1, 1]))), [[0, 1, 0], [0, 1, 0]]);
  assertThrows(() => rows(tensor64([0, 3])), RangeError, "Cannot apply oneHot to index 3 at position 1");
});

Deno.test("oneHot() refuses negative classes, and any class where there are none", () => {
  assertThrows(() => oneHot(-1, 3), RangeError, "Cannot apply oneHot to index -1 at position 0: indices must be whole");
  assertThrows(() => oneHot([0], 0), RangeError, "index 0 at position 0: there are 0 classes to choose from; correct");
  assertThrows(() => oneHot([1], -1), ShapeError, "Cannot apply oneHot to shape [-1]");
});
