import { assertEquals } from "@std/assert";
import { matrixOf, vectorOf } from "../../../blas/native/layout.ts";
import { unsafeView, view } from "../../../blas/view.ts";

const data = new Float64Array([0, 1, 2, 3, 4, 5]);

Deno.test("a vector with a negative stride begins at its lowest element, and one of stride 0 is copied first", () => {
  const reversed = vectorOf(unsafeView(data, [3], [-2], 5))!;
  assertEquals([reversed.elements[0], reversed.step], [1, -2]);
  assertEquals(vectorOf(unsafeView(data, [3], [0], 0)), undefined);
  assertEquals(vectorOf(unsafeView(data, [1], [0], 0))?.step, 1);
});

Deno.test("a matrix without gaps in its rows or its columns is used as it is", () => {
  const shown = (stride: readonly [number, number]) => {
    const matrix = matrixOf(unsafeView(data, [2, 3], stride, 0));
    return matrix && [matrix.leading, matrix.transposed];
  };
  assertEquals([shown([3, 1]), shown([1, 2])], [[3, false], [2, true]]);
  assertEquals([shown([1, 1]), shown([0, 1]), shown([2, 2])], [undefined, undefined, undefined]);
  assertEquals(matrixOf(view(data, [2, 3]))?.leading, 3);
});
