import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { hasLongRuns, type Part, partWithin, stage, walkOf, WASTE } from "../../../blas/simd/copy_parts.ts";
import { newData } from "../../../blas/dtype.ts";
import { extent } from "../../../blas/view.ts";
import { forEachRun } from "../../../blas/walk.ts";

const axis = fc.record({
  start: fc.nat(9),
  step: fc.constantFrom(1, 2, 3, -1, -2),
  count: fc.integer({ min: 1, max: 6 }),
  stride: fc.constantFrom(0, 1, 2, 7, -1, -5),
});

/** Where each element of a part goes, as pairs of positions. */
function pairsOf({ offset, stride, place }: Part): readonly string[] {
  return place.reduce<readonly (readonly [number, string])[]>(
    (sofar, { start, step, count }, k) =>
      sofar.flatMap(([from, to]) =>
        Array.from({ length: count }, (_, i) => [from + i * stride[k]!, `${to} ${start + i * step}`] as const)
      ),
    [[offset, ""]],
  ).map(([from, to]) => `${from} to${to}`);
}

Deno.test("what parts put within consecutive ranges of an axis is all that they put", () => {
  fc.assert(
    fc.property(
      fc.array(axis, { minLength: 1, maxLength: 3 }),
      fc.nat(2),
      fc.integer({ min: 1, max: 5 }),
      (axes, k, width) => {
        const place = axes.map(({ start, step, count }) => ({
          start: start - Math.min(0, step * (count - 1)),
          step,
          count,
        }));
        const part: Part = { data: newData("float32", 0), offset: 50, stride: axes.map(({ stride }) => stride), place };
        const along = k % axes.length, found: string[] = [];
        for (let from = 0; from < 40; from += width) {
          const within = partWithin(part, along, from, from + width);
          if (within === undefined) {
            continue;
          }
          const { start, step, count } = within.place[along]!, last = start + step * (count - 1);
          assertEquals([start, last].every((at) => at >= from && at < from + width), true);
          found.push(...pairsOf(within));
        }
        assertEquals(found.toSorted(), pairsOf(part).toSorted());
      },
    ),
  );
});

Deno.test("staged elements are those of the array, in room for three times as many", () => {
  fc.assert(fc.property(fc.array(axis, { minLength: 1, maxLength: 3 }), (axes) => {
    const shape = axes.map(({ count }) => count), steps = axes.map(({ stride }) => stride);
    const [low, high] = extent(shape, steps, 0), data = newData("float32", high - low + 1).map((_, i) => i + 1);
    const heap = new Float32Array(3000), walk = { shape, strides: [steps, steps] };
    const staged = stage({ data, offset: -low }, walk, heap, 1000);
    if (staged === undefined) return;
    forEachRun(
      { shape: [...shape, 1], strides: [[...steps, 0], [...staged.steps, 0]] },
      [-low, staged.origin],
      ([p, q]) => {
        assertEquals(heap[q!], data[p!]);
      },
    );
    const count = axes.reduce((product, { count, stride }) => stride === 0 ? product : product * count, 1);
    assertEquals(heap.subarray(1000 + WASTE * count).every((v) => v === 0), true);
  }));
});

Deno.test("elements far apart are staged row by row, and not at all if rows are short", () => {
  const data = newData("float32", 10_000).map((_, i) => i), heap = new Float32Array(1000);
  const rows = (length: number) => ({ shape: [5, length], strides: [[1000, 1], [length, 1]] });
  assertEquals(stage({ data, offset: 2 }, rows(20), heap, 0), { origin: 0, steps: [20, 1] });
  assertEquals([...heap.subarray(18, 22)], [20, 21, 1002, 1003]);
  assertEquals(stage({ data, offset: 2 }, rows(5), heap, 0), undefined);
});

Deno.test("runs are copied by a call each if they are long, or far apart in the source", () => {
  const walkOfRuns = (count: number, stride: readonly number[], whole: readonly number[]) =>
    walkOf({
      data: newData("float32", 0),
      offset: 0,
      stride,
      place: [{ start: 0, step: 1, count: 3 }, { start: 4, step: 1, count }],
    }, whole);
  assertEquals(walkOfRuns(300, [300, 1], [500, 1]).start, 4);
  assertEquals(hasLongRuns(walkOfRuns(300, [300, 1], [500, 1])), true);
  assertEquals(hasLongRuns(walkOfRuns(60, [60, 1], [500, 1])), false);
  assertEquals(hasLongRuns(walkOfRuns(60, [200, 1], [500, 1])), true);
  assertEquals(hasLongRuns(walkOfRuns(20, [200, 1], [500, 1])), false);
  assertEquals(hasLongRuns(walkOfRuns(300, [300, 2], [500, 1])), false);
});
