/**
 * `Engine.gather`, `Engine.scatterAdd` and `Engine.allWithin`: operands go through scratch memory block by block, while they are in the cache.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../dtype.ts";
import type { Engine } from "../engine.ts";
import { allWithin as eachWithin, gather as pickEach, type GatherOperands } from "../gather.ts";
import { sizeOf } from "../shape.ts";
import { isContiguous, type View } from "../view.ts";
import { copyRun, type Elements } from "./elementwise/transfer.ts";
import { GATHER_KERNELS } from "./gather_kernel.ts";
import type { Context } from "./kernels.ts";
import { scatterAdd } from "./scatter.ts";
import { fits } from "./room.ts";
import { LARGE_ALIGNMENT, MARGIN } from "./scratch.ts";

/** Fewer elements than this are picked, or checked, by plain loops. */
const SMALL = 256;

/** Bytes of the operands of a block. */
const BLOCK_BYTES = 131_072;

/** The most elements of the indexed array for each one picked: with more, copying them in takes longer than it saves. */
const MOST_UNUSED = 4;

/** Returns the functions that compute with a context. */
export function gatherOn(context: Context): Pick<Engine, "gather" | "scatterAdd" | "allWithin"> {
  return {
    gather: (operands) => gather(context, operands),
    scatterAdd: (operands) => scatterAdd(context, operands),
    allWithin: (x, low, high) => allWithin(context, x, low, high),
  };
}

/** Picks elements by index: whole lines by kernels, everything else by plain loops. */
function gather<D extends DType>(context: Context, operands: GatherOperands<D>): void {
  const plan = gatherPlan(operands);
  if (plan === undefined || !gatherLines(context, operands, plan)) pickEach(operands);
}

/** How to pick lines of `n` elements: `lines` of them from each part of `x`, by their own indices or all by the same. */
type GatherPlan = {
  readonly kernel: "along" | "across";
  /** The number of parts of `x`; then the elements in each part, the lines picked from it, and the elements of a line. */
  readonly parts: number;
  readonly length: number;
  readonly lines: number;
  readonly n: number;
  readonly repeats: boolean;
};

/** Plans how to pick lines; `undefined` if elements do not form lines, or are too few. */
function gatherPlan({ axis, x, indices, y }: GatherOperands<DType>): GatherPlan | undefined {
  const { shape } = indices, inner = sizeOf(shape.slice(axis + 1)), outer = sizeOf(shape.slice(0, axis));
  const count = shape[axis]!, length = x.shape[axis]! * inner;
  if (y.size < SMALL || length > MOST_UNUSED * count * inner) return undefined;
  if (!isContiguous(x) || !isContiguous(y)) return undefined;
  const { stride } = indices, isSame = stride.slice(0, axis).every((step, k) => step === 0 || shape[k] === 1);
  if (inner === 1 && isSame && (stride[axis] === 1 || count === 1)) {
    return { kernel: "along", parts: outer, length, lines: 1, n: count, repeats: true };
  }
  if (!isContiguous(indices)) return undefined;
  if (inner === 1) return { kernel: "along", parts: outer, length, lines: 1, n: count, repeats: false };
  return { kernel: "across", parts: outer, length, lines: count, n: inner, repeats: false };
}

/** Picks lines as planned; returns false if scratch memory is too small. */
function gatherLines<D extends DType>(
  { scratch, kernels }: Context,
  operands: GatherOperands<D>,
  plan: GatherPlan,
): boolean {
  const { axis, x, indices, y } = operands, { kernel, length, n, repeats } = plan, { dtype } = y;
  const bytes = BYTES_PER_ELEMENT[dtype], highest = x.shape[axis]! - 1, along = kernel === "along";
  // A block has as many lines as fit: of one part, which stays in memory, or each with a part of its own.
  const perLine = (along ? length : 0) + 2 * n, fixed = along ? 0 : length;
  const total = along ? plan.parts : plan.lines;
  const block = Math.min(total, Math.max(1, Math.floor(BLOCK_BYTES / bytes / perLine)));
  const sizes = [fixed + (along ? block * length : 0), repeats ? n : block * n, block * n];
  const needed = sizes.reduce((sum, size) => sum + size * bytes + MARGIN + LARGE_ALIGNMENT, 0);
  if (!fits(scratch, needed)) return false;
  const mark = scratch.mark();
  try {
    // `map` returns as many as it is given: three.
    const [from, at, to] = sizes.map((size) => scratch.reserve(size * bytes + MARGIN)) as [number, number, number];
    const heap: Elements = scratch.data(dtype), run = kernels(GATHER_KERNELS, dtype)[kernel]!;
    const copyIn = ({ data, offset }: View, start: number, target: number, size: number) =>
      copyRun(data, offset + start, heap, target / bytes, size);
    if (repeats) copyIn(indices, 0, at, n);
    for (let part = 0; part < (along ? 1 : plan.parts); part++) {
      if (!along) copyIn(x, part * length, from, length);
      for (let first = 0; first < total; first += block) {
        const lines = Math.min(block, total - first), start = (part * total + first) * n;
        if (along) copyIn(x, first * length, from, lines * length);
        if (!repeats) copyIn(indices, start, at, lines * n);
        run(
          lines,
          n,
          from,
          along ? length * bytes : 0,
          at,
          repeats ? 0 : n * bytes,
          to,
          along ? bytes : n * bytes,
          highest,
        );
        copyRun(heap, to / bytes, y.data, y.offset + start, lines * n);
      }
    }
  } finally {
    scratch.release(mark);
  }
  return true;
}

/** Tells whether all numbers are whole and inside bounds. */
function allWithin({ scratch, kernels }: Context, x: View, low: number, high: number): boolean {
  const { dtype, size, data, offset } = x;
  if (size < SMALL || !isContiguous(x)) return eachWithin(x, low, high);
  const bytes = BYTES_PER_ELEMENT[dtype], lanes = 16 / bytes, whole = size - size % lanes, block = BLOCK_BYTES / bytes;
  const mark = scratch.mark();
  try {
    const at = scratch.reserve(BLOCK_BYTES), heap: Elements = scratch.data(dtype);
    const { within } = kernels(GATHER_KERNELS, dtype);
    for (let from = 0; from < whole; from += block) {
      const count = Math.min(block, whole - from);
      copyRun(data, offset + from, heap, at / bytes, count);
      if (within!(count, at, low, high) === 0) return false;
    }
  } finally {
    scratch.release(mark);
  }
  for (let k = whole; k < size; k++) if (!isWithin(data[offset + k]!, low, high)) return false;
  return true;
}

const isWithin = (value: number, low: number, high: number): boolean =>
  Number.isInteger(value) && value >= low && value <= high;
