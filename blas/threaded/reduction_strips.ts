/**
 * Reductions of long columns, in blocks: some rows are copied in as they lie, and each block reduces a strip of them, after
 * the rows above.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../dtype.ts";
import { accumulatorType, IDENTITY, type Reduction } from "../reduction.ts";
import type { Elements } from "../simd/elementwise/transfer.ts";
import { loadRectangle, type ReductionPlan } from "../simd/reduce_plan.ts";
import type { MutableView, View } from "../view.ts";
import { accumulatorBytes, bytesOf, type Part, rectanglesOfColumns, runsOf } from "./reduction_parts.ts";
import { MOST_CALLS, type ReductionWork } from "./reduction_work.ts";

/** Elements that are copied in at a time, and the fewest columns of a strip, in whole cache lines. */
const MOST = 65_536, NARROW = 16;

/**
 * Cuts a reduction by columns into blocks; returns `undefined` if there are too few columns.
 *
 * @param slots The number of blocks that are in memory at a time.
 */
export function reductionInStrips(
  reduction: Reduction,
  plan: ReductionPlan,
  input: View,
  output: MutableView,
  slots: number,
): ReductionWork | undefined {
  const { outside, groups, few } = plan,
    { dtype } = input,
    step = outside.steps[1]!,
    strips = Math.min(slots, Math.floor(groups / NARROW));
  if (strips < 2) return undefined;
  const bytes = BYTES_PER_ELEMENT[dtype], wide = BYTES_PER_ELEMENT[accumulatorType(reduction, dtype)];
  const pieces = piecesOf(plan, input, output), data: Elements = output.data;
  const most = Math.max(
    ...pieces.map(({ rectangles }) => rectangles.reduce((sum, one) => sum + bytesOf(one, bytes), 0)),
  );
  // A piece must stay until all of its blocks have been computed.
  const areas = Math.ceil(slots / strips) + 1, own = accumulatorBytes(Math.ceil(groups / strips) + NARROW);
  const bound = (strip: number, columns: number): number =>
    strip === strips ? columns : Math.min(columns, Math.floor(strip * columns / strips / NARROW) * NARROW);
  const distances: number[][] = [];
  return {
    count: pieces.length * strips,
    bytes: 0,
    shared: areas * most + strips * own,
    isFree: false,
    after: (block) => Math.max(0, block - strips + 1),
    load: (block, { heap, accumulators, call }, _, shared) => {
      const index = Math.floor(block / strips),
        strip = block % strips,
        { rectangles, count: columns, isFirst } = pieces[index]!;
      const area = index % areas, from = bound(strip, columns), width = bound(strip + 1, columns) - from;
      const sums = shared + areas * most + strip * own;
      let at = shared + area * most;
      if (strip === 0) {
        let to = at;
        distances[area] = rectangles.map((one) => {
          const distance = loadRectangle(input.data, one.source, heap, to / bytes, one.rows, one.columns);
          to += bytesOf(one, bytes);
          return distance;
        });
      }
      if (isFirst) accumulators.fill(IDENTITY[reduction], sums / wide, sums / wide + width);
      rectangles.forEach((one, k) => {
        if (width > 0) {
          call("columns", [at + from * bytes, distances[area]![k]! * bytes, one.rows, width * bytes, sums, few]);
        }
        at += bytesOf(one, bytes);
      });
    },
    store: (block, { accumulators }, _, shared) => {
      const { count: columns, to, isLast } = pieces[Math.floor(block / strips)]!, strip = block % strips;
      if (!isLast) return;
      const first = (shared + areas * most + strip * own) / wide, from = bound(strip, columns);
      const width = bound(strip + 1, columns) - from;
      for (let i = 0; i < width; i++) data[to + (from + i) * step] = accumulators[first + i]!;
    },
  };
}

/** Cuts columns into pieces of some rows, which are copied in together. */
function piecesOf(plan: ReductionPlan, input: View, output: MutableView): readonly Part[] {
  const { outside, inside, groups } = plan, [step, outputStep] = outside.steps as [number, number]; // a step of each operand
  const starts = runsOf(inside.rest, [0]).map(([start]) => start!), pieces: Part[] = [];
  for (const [from, to] of runsOf(outside.rest, [input.offset, output.offset])) {
    for (let column = 0; column < outside.length; column += groups) {
      const columns = Math.min(groups, outside.length - column);
      const all = rectanglesOfColumns(plan, starts, from! + column * step, columns);
      const each = Math.max(1, Math.min(MOST_CALLS, Math.floor(MOST / (all[0]!.rows * columns))));
      for (let k = 0; k < all.length; k += each) {
        pieces.push({
          rectangles: all.slice(k, k + each),
          count: columns,
          to: to! + column * outputStep,
          isFirst: k === 0,
          isLast: k + each >= all.length,
        });
      }
    }
  }
  return pieces;
}
