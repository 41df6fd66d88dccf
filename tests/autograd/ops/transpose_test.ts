import { assertEquals, assertThrows } from "@std/assert";
import { arange, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { reshape } from "../../../autograd/ops/reshape.ts";
import { transpose } from "../../../autograd/ops/transpose.ts";
import { toArray } from "../../../autograd/values/read.ts";
import { ShapeError } from "../../../blas/errors.ts";
import { innerView } from "../../../autograd/tensor_record.ts";
import { assertShares } from "../../blas/shared_elements.ts";

Deno.test("transpose() reverses the axes, or permutes them as told", () => {
  const t = reshape(arange(24), [2, 3, 4]);
  assertEquals(toArray(transpose(tensor64([[1, 2, 3], [4, 5, 6]]))), [[1, 4], [2, 5], [3, 6]]);
  assertEquals([transpose(t).shape, transpose(t, [0, 2, 1]).shape, transpose(t, [-1, 0, 1]).shape], [
    [4, 3, 2],
    [2, 4, 3],
    [4, 2, 3],
  ]);
  assertEquals(toArray(transpose(transpose(t, [2, 0, 1]), [1, 2, 0])), toArray(t));
});

Deno.test("transpose() shares the elements, and returns the same tensor if no axis moves", () => {
  const t = tensor64([[1, 2], [3, 4]]), v = tensor64([1, 2]), s = tensor64(3);
  assertShares(innerView(transpose(t)), innerView(t));
  assertEquals([transpose(t, [0, 1]) === t, transpose(v) === v, transpose(s) === s], [true, true, true]);
});

Deno.test("transpose() says what axes must be", () => {
  for (const axes of [[0], [0, 0], [0, 1, 2], []]) {
    assertThrows(() => transpose(zeros([2, 3]), axes), ShapeError, "Cannot apply transpose to");
  }
  assertThrows(
    () => transpose(zeros([2, 3]), [1, 1]),
    ShapeError,
    "axes must name each of the 2 axes once; leave axes out",
  );
  assertThrows(() => transpose(zeros([2, 3]), [0, 2]), ShapeError, "axis must be a whole number from -2 to 1");
});
