import { assertEquals, assertThrows } from "@std/assert";
import { backward } from "../../../autograd/backward.ts";
import { tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { mseLoss } from "../../../autograd/ops/mse_loss.ts";
import { toArray, toNumber } from "../../../autograd/values/read.ts";
import { ShapeError } from "../../../blas/errors.ts";

Deno.test("mseLoss() averages, sums, or keeps the squares", () => {
  const pred = tensor64([[1, 2], [3, 4]]), target = tensor64([[1, 0], [0, 4]]);
  assertEquals(toNumber(mseLoss(pred, target)), 13 / 4);
  assertEquals(toNumber(mseLoss(pred, target, { reduction: "sum" })), 13);
  assertEquals(toArray(mseLoss(pred, target, { reduction: "none" })), [[0, 4], [9, 0]]);
  assertEquals(toArray(backward(mseLoss(pred, target)).get(pred)!), [[0, 1], [1.5, 0]]);
});

Deno.test("mseLoss() refuses shapes that would broadcast, and unknown reductions", () => {
  assertThrows(
    () => mseLoss(zeros([4, 1]), zeros([4])),
    ShapeError,
    "Cannot apply mseLoss to pred [4, 1] and target [4]: predictions and targets must have one shape; reshape the target",
  );
  assertThrows(
    () => mseLoss(zeros([1]), zeros([1]), { reduction: "average" as "mean" }),
    RangeError,
    'Cannot apply mseLoss with reduction "average": it must be "mean", "sum" or "none"; pass one',
  );
});
