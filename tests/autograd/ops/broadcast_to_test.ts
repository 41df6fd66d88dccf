import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { backward } from "../../../autograd/backward.ts";
import { tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { broadcastTo } from "../../../autograd/ops/broadcast_to.ts";
import { toArray } from "../../../autograd/values/read.ts";
import { ShapeError } from "../../../blas/errors.ts";

Deno.test("broadcastTo() repeats without copying, and sums the gradient", () => {
  const t = tensor64([[1], [2]]), wide = broadcastTo(t, [3, 2, 2]);
  assertEquals(toArray(wide), [[[1, 1], [2, 2]], [[1, 1], [2, 2]], [[1, 1], [2, 2]]]);
  assertStrictEquals(wide.view.data, t.view.data);
  assertEquals(toArray(backward(wide).get(t)!), [[6], [6]]);
  assertStrictEquals(broadcastTo(t, [2, 1]), t);
  assertEquals([broadcastTo(tensor64(1), [2]).shape, broadcastTo(zeros([1]), [0]).shape], [[2], [0]]);
});

Deno.test("broadcastTo() refuses shapes that are not stretched ones", () => {
  assertThrows(
    () => broadcastTo(zeros([2, 3]), [3]),
    ShapeError,
    "Cannot apply broadcastTo to t [2, 3] and shape [3]: axes must be equal from the right, or 1 in t; insert axes",
  );
  assertThrows(() => broadcastTo(zeros([2]), [3]), ShapeError, "Cannot apply broadcastTo to t [2] and shape [3]");
  assertThrows(() => broadcastTo(zeros([2]), [1]), ShapeError, "Cannot apply broadcastTo");
  assertThrows(() => broadcastTo(zeros([1]), [-1]), ShapeError, "and -1 is not");
});
