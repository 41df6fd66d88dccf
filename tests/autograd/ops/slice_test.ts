import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { backward } from "../../../autograd/backward.ts";
import { arange, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { reshape } from "../../../autograd/ops/reshape.ts";
import { flip, slice, sliceAxes } from "../../../autograd/ops/slice.ts";
import { toArray, toList } from "../../../autograd/values/read.ts";
import { ShapeError } from "../../../blas/errors.ts";
import { innerView } from "../../../autograd/tensor_record.ts";
import { assertShares } from "../../blas/shared_elements.ts";

Deno.test("slice() takes rows without copying", () => {
  const t = tensor64([[1, 2], [3, 4], [5, 6]]);
  assertEquals(toArray(slice(t, 1, 2)), [[3, 4], [5, 6]]);
  assertEquals(toArray(slice(t, -1, 1)), [[5, 6]]);
  assertEquals([slice(t, 3, 0).shape, slice(t, 0, 3).shape], [[0, 2], [3, 2]]);
  assertShares(innerView(slice(t, 1, 1)), innerView(t));
  assertEquals(toArray(backward(slice(t, 1, 1)).get(t)!), [[0, 0], [1, 1], [0, 0]]);
});

Deno.test("slice() refuses ranges beyond the axis", () => {
  const t = zeros([3, 2]);
  for (const [start, length] of [[2, 2], [0, 4], [-4, 1], [4, 0], [0, -1], [0.5, 1], [0, 1.5], [NaN, 1]] as const) {
    assertThrows(
      () => slice(t, start, length),
      ShapeError,
      `Cannot apply slice to t [3, 2] and start ${start} and length ${length}: start and length must be whole numbers ` +
        "with start + length at most 3; shorten the slice",
    );
  }
  assertThrows(() => slice(tensor64(1), 0, 1), ShapeError, "a 0-d tensor has no axis to slice");
});

/** What Python's slice would select: `list(range(*slice(start, stop, step).indices(length)))`, written out naively. */
function selected(length: number, start: number | null, stop: number | null, step: number): number[] {
  const clip = (p: number): number =>
    Math.max(step > 0 ? 0 : -1, Math.min(p < 0 ? p + length : p, step > 0 ? length : length - 1));
  const result: number[] = [], end = stop === null ? (step > 0 ? length : -1) : clip(stop);
  for (let i = start === null ? (step > 0 ? 0 : length - 1) : clip(start); step > 0 ? i < end : i > end; i += step) {
    result.push(i);
  }
  return result;
}

Deno.test("sliceAxes() selects what Python's slices do", () => {
  const bound = fc.option(fc.integer({ min: -8, max: 8 })), step = fc.constantFrom(1, 2, 3, -1, -2, -3);
  fc.assert(
    fc.property(fc.nat(6), bound, bound, step, (length, start, stop, by) => {
      const t = arange(length);
      assertEquals(toList(sliceAxes(t, [[start, stop, by]])), selected(length, start, stop, by));
    }),
    { numRuns: 500 },
  );
  // python3 -c "r = list(range(6)); print(r[4:1:-2], r[-3:], r[::-1], r[10:2:-1], r[:-1:2])"
  const r = arange(6), range = (...ranges: Parameters<typeof sliceAxes>[1][number]) => toList(sliceAxes(r, [ranges]));
  assertEquals([range(4, 1, -2), range(-3), range(null, null, -1), range(10, 2, -1), range(null, -1, 2)], [
    [4, 2],
    [3, 4, 5],
    [5, 4, 3, 2, 1, 0],
    [5, 4, 3],
    [0, 2, 4],
  ]);
});

Deno.test("sliceAxes() takes axes beyond the ranges whole", () => {
  const t = reshape(arange(12), [2, 3, 2]);
  assertEquals(sliceAxes(t, []).shape, [2, 3, 2]);
  assertEquals(toArray(sliceAxes(t, [[1], [null, null, 2]])), [[[6, 7], [10, 11]]]);
});

Deno.test("sliceAxes() refuses too many ranges, fractions and steps of 0", () => {
  const t = zeros([2, 3]);
  for (const ranges of [[[], [], []], [[0.5]], [[0, 1, 0]], [[NaN]]] as Parameters<typeof sliceAxes>[1][]) {
    assertThrows(() => sliceAxes(t, ranges), ShapeError, "wanted at most 2 ranges of whole numbers, no step 0; pass");
  }
});

Deno.test("flip() reverses chosen axes, all if none is chosen, and is its own inverse", () => {
  const t = tensor64([[1, 2], [3, 4]]);
  assertEquals([toArray(flip(t)), toArray(flip(t, 0)), toArray(flip(t, [-1]))], [
    [[4, 3], [2, 1]],
    [[3, 4], [1, 2]],
    [[2, 1], [4, 3]],
  ]);
  assertEquals(toArray(flip(flip(t, 1), 1)), toArray(t));
  assertEquals(flip(zeros([0, 2])).shape, [0, 2]);
  assertThrows(() => flip(t, 2), ShapeError, "Cannot apply flip");
});
