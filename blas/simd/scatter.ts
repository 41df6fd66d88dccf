/**
 * `Engine.scatterAdd`: the sums are made in scratch memory, from elements and indices that are copied in block by block.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../dtype.ts";
import { type GatherOperands, scatterAdd as addEach } from "../gather.ts";
import { sizeOf } from "../shape.ts";
import { isContiguous } from "../view.ts";
import { copyRun, type Elements } from "./elementwise/transfer.ts";
import type { Context } from "./kernels.ts";
import { SCATTER_KERNELS } from "./scatter_kernel.ts";
import { fits } from "./room.ts";
import { LARGE_ALIGNMENT, MARGIN } from "./scratch.ts";

/** Fewer elements than this are added by plain loops. */
const SMALL = 256;

/** Bytes of the operands of a block. */
const BLOCK_BYTES = 131_072;

/** The most sums for each element that is added: copying more out takes longer than loops that touch only a few of them. */
const MOST_SUMS = 4;

/** Adds elements by index: whole lines by kernels, everything else by plain loops. */
export function scatterAdd<D extends DType>(context: Context, operands: GatherOperands<D>): void {
  const plan = scatterPlan(operands);
  if (plan === undefined || !addLines(context, operands, plan)) addEach(operands);
}

/** Arrays of `outer` parts: `count` lines of `inner` elements each are added to `length` lines. */
type ScatterPlan = {
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
  readonly length: number;
  /** Whether all elements of a line have one index, the step from line to line, and that from part to part. */
  readonly rows: boolean;
  readonly step: number;
  readonly partStep: number;
};

/** Plans how to add lines; `undefined` if elements do not form lines, or are too few. */
function scatterPlan({ axis, x, indices, y }: GatherOperands<DType>): ScatterPlan | undefined {
  const { shape, stride } = indices, outer = sizeOf(shape.slice(0, axis)), inner = sizeOf(shape.slice(axis + 1));
  if (x.size < SMALL || y.size > MOST_SUMS * x.size || !isContiguous(x) || !isContiguous(y)) return undefined;
  const sizes = { outer, count: shape[axis]!, inner, length: y.shape[axis]! };
  const behind = stride.slice(axis + 1);
  if (inner > 1 && behind.every((step, k) => step === 0 || shape[axis + 1 + k] === 1)) {
    const before = stride.slice(0, axis).filter((_, k) => shape[k] !== 1);
    return before.length > 1 && !before.every((step) => step === 0)
      ? undefined
      : { ...sizes, rows: true, step: stride[axis]!, partStep: before[0] ?? 0 };
  }
  return isContiguous(indices) ? { ...sizes, rows: false, step: inner, partStep: sizes.count * inner } : undefined;
}

/** Adds lines as planned; returns false if scratch memory is too small. */
function addLines<D extends DType>(
  { scratch, kernels }: Context,
  { x, indices, y }: GatherOperands<D>,
  { outer, count, inner, length, rows, step, partStep }: ScatterPlan,
): boolean {
  const { dtype } = y, bytes = BYTES_PER_ELEMENT[dtype], highest = length - 1, along = inner === 1;
  // Along the last axis, a line is a part, and a block consists of some of these; otherwise all sums of a part stay.
  const line = along ? count : inner, perLine = 2 * line + (along ? length : 0), lines = along ? outer : count;
  const block = Math.min(lines, Math.max(1, Math.floor(BLOCK_BYTES / bytes / perLine)));
  const sums = along ? block * length : length * inner, sizes = [block * line, rows ? block : block * line, sums];
  const needed = sizes.reduce((sum, size) => sum + size * bytes + MARGIN + LARGE_ALIGNMENT, 0);
  if (!fits(scratch, needed)) return false;
  const mark = scratch.mark();
  try {
    // `map` returns as many as it is given: three.
    const [from, at, to] = sizes.map((size) => scratch.reserve(size * bytes + MARGIN)) as [number, number, number];
    const heap: Elements = scratch.data(dtype), { addElements, addRows } = kernels(SCATTER_KERNELS, dtype);
    const clear = () => heap.fill(0, to / bytes, to / bytes + sums);
    for (let part = 0; part < (along ? 1 : outer); part++) {
      if (!along) clear();
      for (let first = 0; first < lines; first += block) {
        const own = Math.min(block, lines - first), start = (part * lines + first) * line;
        copyRun(x.data, x.offset + start, heap, from / bytes, own * line);
        if (rows) {
          const origin = indices.offset + part * partStep + first * step;
          for (let k = 0; k < own; k++) heap[at / bytes + k] = indices.data[origin + k * step]!;
          addRows!(own, inner, from, at, to, inner * bytes, highest);
          continue;
        }
        copyRun(indices.data, indices.offset + start, heap, at / bytes, own * line);
        if (along) clear();
        addElements!(own, line, from, at, to, along ? length * bytes : 0, inner * bytes, along ? 0 : bytes, highest);
        if (along) copyRun(heap, to / bytes, y.data, y.offset + first * length, own * length);
      }
      if (!along) copyRun(heap, to / bytes, y.data, y.offset + part * sums, sums);
    }
  } finally {
    scratch.release(mark);
  }
  return true;
}
