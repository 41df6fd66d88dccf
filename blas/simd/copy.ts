/**
 * `copy` and `join` of the `simd` engine: JavaScript copies long runs fastest, a kernel everything else.
 *
 * The result is assembled in scratch memory, block by block: the elements that a block needs are copied in, in as few
 * ranges of each operand's array as possible; a kernel moves them to their places; the block is copied out.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../dtype.ts";
import type { JoinOperands } from "../engine.ts";
import { isCovered, joinBy } from "../join.ts";
import { copy as copyByLoops } from "../reference/level1.ts";
import { rowMajorStrides, sizeOf } from "../shape.ts";
import { isContiguous, type MutableView, unsafeView, type View } from "../view.ts";
import { coalesce, forEachRun, type Walk } from "../walk.ts";
import { copyRuns, hasLongRuns, type Part, partWithin, stage, type Target, walkOf, WASTE } from "./copy_parts.ts";
import { copyTransposed, transposedAxis } from "./copy_transposed.ts";
import { copyRun, type Elements } from "./elementwise/transfer.ts";
import type { Context, Kernel } from "./kernels.ts";
import { COPY_KERNELS, MOVE_AXES } from "./move_kernel.ts";
import { fits } from "./room.ts";
import { LARGE_ALIGNMENT, MARGIN } from "./scratch.ts";

/** Up to this many elements, loops take less time than planning. */
const SMALL = 512;

/** Bytes of a block: the block and the elements that it is made of stay in the second-level cache. */
const BLOCK_BYTES = 262_144;

/** The smallest length of an axis that is worth being the innermost loop of a kernel. */
const SHORT_AXIS = 4;

const joinByLoops = /* @__PURE__ */ joinBy(copyByLoops);

/** Copies `x` to `y`, of the same shape, of any rank. */
export function copy<D extends DType>(
  context: Context,
  operands: { readonly x: View<D>; readonly y: MutableView<D> },
): void {
  const { x, y } = operands;
  if (x.size <= SMALL) return copyByLoops(operands);
  const walk = coalesce(x.shape, [x.stride, y.stride]),
    { shape, strides: [stride] } = walk,
    across = transposedAxis(walk);
  const gapless = isContiguous(y);
  if (across >= 0 && (!gapless || isLong(walk, across, x.dtype))) {
    return copyTransposed(context, operands, walk, across);
  }
  if (hasLongRuns(walk)) return copyRuns(walk, x.data, x.offset, y.data, y.offset);
  if (!gapless) return copyByLoops(operands);
  const part = { data: x.data, offset: x.offset, stride: stride!, place: shape.map(wholeAxis) };
  assembleArray(context, [part], undefined, { data: y.data, offset: y.offset, dtype: y.dtype, shape });
}

/**
 * Tells whether a matrix is transposed faster by blocks of columns, which are read whole: if blocks of few rows would
 * be read in pieces so short that memory is slow, while the rows of a block of columns are written in pieces that are
 * long enough.
 */
function isLong({ shape }: Walk, across: number, dtype: DType): boolean {
  const piece = (side: number) => BLOCK_BYTES / BYTES_PER_ELEMENT[dtype] / side;
  return piece(shape.at(-1)!) < LONG_PIECE && piece(shape[across]!) >= SHORT_PIECE;
}

/** The fewest elements in a piece of memory that is read fast, and in one that is written fast. */
const LONG_PIECE = 256, SHORT_PIECE = 24;

const wholeAxis = (count: number) => ({ start: 0, step: 1, count });

/** Writes operands to places of a row-major array, and `fill` to all other places. */
export function join<D extends DType>(context: Context, { inputs, places, fill, y }: JoinOperands<D>): void {
  if (y.size <= SMALL) return joinByLoops({ inputs, places, fill, y });
  const parts: readonly Part[] = inputs.map(({ data, offset, stride }, k) => ({
    data,
    offset,
    stride,
    place: places[k]!,
  }))
    .filter(({ place }) => place.every(({ count }) => count > 0));
  const covered = isCovered(y.shape, places);
  const strides = rowMajorStrides(y.shape), walks = parts.map((part) => walkOf(part, strides));
  if (!walks.every(hasLongRuns)) return assembleArray(context, parts, covered ? undefined : fill, y);
  const to = y.data;
  if (!covered && !Object.is(fill, 0)) to.fill(fill, y.offset, y.offset + y.size);
  parts.forEach(({ data, offset }, k) => copyRuns(walks[k]!, data, offset, to, y.offset + walks[k]!.start));
}

/** The scratch memory in which a block is assembled, and the kernel that moves its elements. Positions count elements. */
type BlockMemory = {
  readonly heap: Elements;
  readonly source: number;
  readonly target: number;
  readonly dtype: DType;
  readonly move: Kernel;
};

/** Assembles an array from its parts. */
function assembleArray(
  { scratch, kernels }: Context,
  parts: readonly Part[],
  fill: number | undefined,
  y: Target,
): void {
  const { shape, dtype } = y, mark = scratch.mark(), bytes = BYTES_PER_ELEMENT[dtype], strides = rowMajorStrides(shape);
  const isWide = fits(scratch, (1 + WASTE) * BLOCK_BYTES + 2 * LARGE_ALIGNMENT);
  const most = Math.floor(
    Math.min(BLOCK_BYTES, isWide ? Infinity : (scratch.maximumBytes - mark) / (2 * WASTE)) / bytes,
  );
  try {
    const target = scratch.reserve(most * bytes + MARGIN) / bytes;
    const source = scratch.reserve(WASTE * most * bytes + MARGIN) / bytes;
    const memory: BlockMemory = {
      heap: scratch.data(dtype),
      source,
      target,
      dtype,
      move: kernels(COPY_KERNELS, dtype).move!,
    };
    const visit = (axis: number, size: number, start: number, own: readonly Part[]): void => {
      const length = shape[axis]!, each = size / length, rows = each > most ? 1 : Math.floor(most / each);
      for (let from = 0; from < length; from += rows) {
        const to = Math.min(length, from + rows), at = start + from * each;
        const within = own.flatMap((part) => partWithin(part, axis, from, to) ?? []);
        if (each > most) visit(axis + 1, each, at, within);
        else assembleBlock(memory, within, strides, fill, y, at, (to - from) * each);
      }
    };
    if (shape.length === 0) assembleBlock(memory, parts, strides, fill, y, 0, 1);
    else if (y.shape.every((length) => length > 0)) visit(0, sizeOf(shape), 0, parts);
  } finally {
    scratch.release(mark);
  }
}

/** Assembles `count` elements of the array, from position `start` on. */
function assembleBlock(
  memory: BlockMemory,
  parts: readonly Part[],
  strides: readonly number[],
  fill: number | undefined,
  { data, offset }: Target,
  start: number,
  count: number,
): void {
  const { heap, target } = memory, to = data;
  if (parts.length === 0) {
    if (!Object.is(fill, 0)) to.fill(fill!, offset + start, offset + start + count);
    return;
  }
  if (fill !== undefined) heap.fill(fill, target, target + count);
  for (const part of parts) place(memory, part, strides, target - start);
  copyRun(heap, target, to, offset + start, count);
}

/** Writes a part to its place in an array that begins at a position of scratch memory. */
function place(memory: BlockMemory, part: Part, strides: readonly number[], origin: number): void {
  const walk = walkOf(part, strides),
    { shape, strides: [from, to] } = walk,
    { heap } = memory,
    at = origin + walk.start;
  if (hasLongRuns(walk)) return copyRuns(walk, part.data, part.offset, heap, at);
  const staged = stage(part, walk, heap, memory.source);
  if (staged === undefined) {
    const x = unsafeView(part.data, shape, from!, part.offset);
    return copyByLoops({ x, y: unsafeView(heap, shape, to!, at) });
  }
  move(memory, shape, staged.origin, staged.steps, at, to!);
}

/** Moves elements within scratch memory. */
function move(
  { dtype, move: kernel }: BlockMemory,
  shape: readonly number[],
  source: number,
  from: readonly number[],
  target: number,
  to: readonly number[],
): void {
  const bytes = BYTES_PER_ELEMENT[dtype], order = orderOf(shape, from, to), inner = order.slice(-MOVE_AXES);
  const numbers = inner.flatMap((axis) => [shape[axis]!, from[axis]! * bytes, to[axis]! * bytes]);
  while (numbers.length < 3 * MOVE_AXES) numbers.unshift(1, 0, 0);
  const outer = order.slice(0, -MOVE_AXES),
    of = (steps: readonly number[]) => [...outer.map((axis) => steps[axis]!), 0];
  forEachRun({ shape: [...of(shape).slice(0, -1), 1], strides: [of(from), of(to)] }, [source, target], ([p, q]) => {
    kernel(p! * bytes, q! * bytes, ...numbers);
  });
}

/**
 * Returns the axes in the order in which a kernel walks along them: as in the target, except that the axis along which
 * the source is contiguous becomes the last but one, so that matrices are transposed, and that a short axis is not the
 * innermost one.
 */
function orderOf(shape: readonly number[], from: readonly number[], to: readonly number[]): readonly number[] {
  const axes = shape.map((_, axis) => axis), last = shape.length - 1;
  const across = from.findIndex((step, axis) => axis < last && step === 1 && shape[axis]! >= SHORT_AXIS);
  if (to[last] === 1 && from[last] !== 1 && across >= 0) {
    return [...axes.filter((axis) => axis !== across && axis !== last), across, last];
  }
  if (last < 1 || shape[last]! >= SHORT_AXIS) return axes;
  const inner = shape.findLastIndex((length) => length >= SHORT_AXIS);
  return inner < 0 ? axes : [...axes.filter((axis) => axis !== inner), inner];
}
