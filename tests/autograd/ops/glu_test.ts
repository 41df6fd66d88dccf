import { assertEquals, assertThrows } from "@std/assert";
import { checkGradient } from "../../../autograd/transforms/check_gradient.ts";
import { tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { glu } from "../../../autograd/ops/glu.ts";
import { toArray } from "../../../autograd/values/read.ts";
import { ShapeError } from "../../../blas/errors.ts";

Deno.test("glu() gates the first half with the second", () => {
  const t = tensor64([[2, 4, 0, 1000], [6, 8, 0, -1000]]);
  assertEquals(toArray(glu(t)), [[1, 4], [3, 0]]);
  assertEquals(glu(t, { axis: 0 }).shape, [1, 4]);
  checkGradient((x) => glu(x), tensor64([[1, 2, 0.5, -0.5]]));
});

Deno.test("glu() refuses an odd length", () => {
  assertThrows(
    () => glu(zeros([2, 3])),
    ShapeError,
    "Cannot apply glu to x [2, 3] and axis -1: the axis must have an even",
  );
});
