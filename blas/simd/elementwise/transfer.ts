/**
 * Copying strided elements into scratch memory and out of it.
 *
 * @module
 */
import type { DType, ReadonlyDataOf } from "../../dtype.ts";
import type { Shape } from "../../shape.ts";

/** Elements of either dtype; both sides of a copy have the same one. */
export type Elements = Float32Array | Float64Array;

/** Elements that are only read. */
export type ReadonlyElements = ReadonlyDataOf<DType>;

/** For fewer elements than this, a loop takes less time than making a `subarray`. */
const SHORT = 40;

/** Copies contiguous elements. */
export function copyRun(from: ReadonlyElements, start: number, to: Elements, at: number, count: number): void {
  if (count > SHORT) to.set(count === from.length ? from : part(from, start, start + count), at);
  else for (let i = 0; i < count; i++) to[at + i] = from[start + i]!;
}

/** Returns some elements without a copy. */
const part = (from: ReadonlyElements, start: number, end: number): ReadonlyElements =>
  (from as Elements).subarray(start, end); // the result is read-only again

/** A rectangle of elements: the position of the first one, and the steps between rows and between columns. */
export type Rectangle = { readonly start: number; readonly rowStep: number; readonly columnStep: number };

/** Copies `rows` times `columns` elements from one rectangle to another. */
export function copyRectangle(
  from: ReadonlyElements,
  source: Rectangle,
  to: Elements,
  target: Rectangle,
  rows: number,
  columns: number,
): void {
  const { columnStep: s, rowStep: S } = source, { columnStep: t, rowStep: T } = target;
  if (s === 1 && t === 1 && columns > SHORT) {
    for (let r = 0, p = source.start, q = target.start; r < rows; r++, p += S, q += T) {
      to.set(part(from, p, p + columns), q);
    }
  } else if (Math.abs(S) < Math.abs(s) && rows > 1) {
    // The inner loop follows memory: a tile of columns uses as many cache lines on the other side.
    for (let c0 = 0; c0 < columns; c0 += TILE) {
      const count = Math.min(TILE, columns - c0);
      for (let r = 0; r < rows; r++) {
        let p = source.start + r * S + c0 * s, q = target.start + r * T + c0 * t;
        for (let c = 0; c < count; c++, p += s, q += t) to[q] = from[p]!;
      }
    }
  } else {
    for (let r = 0; r < rows; r++) {
      let p = source.start + r * S, q = target.start + r * T;
      for (let c = 0; c < columns; c++, p += s, q += t) to[q] = from[p]!;
    }
  }
}

/** The number of columns in a tile if rows, not columns, are adjacent in memory. */
const TILE = 64;

/** The elements of one operand in row-major order, starting at some element. */
export type Sequence = {
  readonly shape: Shape;
  readonly stride: readonly number[];
  /** The position of the element whose indices are all 0. */
  readonly offset: number;
  /** The number of elements to skip. */
  readonly start: number;
  readonly count: number;
};

/** Copies elements of any strides to contiguous elements. */
export function gather(from: ReadonlyElements, sequence: Sequence, to: Elements, at: number): void {
  const step = sequence.stride.at(-1)!;
  forEachRunOf(sequence, (first, length) => {
    if (step === 1) copyRun(from, first, to, at, length);
    else for (let i = 0, p = first; i < length; i++, p += step) to[at + i] = from[p]!;
    at += length;
  });
}

/** Copies contiguous elements to elements of any strides. */
export function scatter(from: Elements, at: number, to: Elements, sequence: Sequence): void {
  const step = sequence.stride.at(-1)!;
  forEachRunOf(sequence, (first, length) => {
    if (step === 1) copyRun(from, at, to, first, length);
    else for (let i = 0, p = first; i < length; i++, p += step) to[p] = from[at + i]!;
    at += length;
  });
}

/** Visits the runs along the innermost axis, with the start and the length of each. */
function forEachRunOf(
  { shape, stride, offset, start, count }: Sequence,
  visit: (first: number, length: number) => void,
): void {
  const last = shape.length - 1, run = shape[last]!, index = new Array<number>(last).fill(0);
  let outer = Math.floor(start / run), within = start - outer * run, p = offset;
  for (let axis = last - 1; axis >= 0; axis--) {
    const length = shape[axis]!, above = Math.floor(outer / length);
    index[axis] = outer - above * length;
    p += index[axis]! * stride[axis]!;
    outer = above;
  }
  for (let left = count; left > 0;) {
    const length = Math.min(run - within, left);
    visit(p + within * stride[last]!, length);
    left -= length;
    within = 0;
    for (let axis = last - 1; axis >= 0; axis--) {
      p += stride[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      p -= shape[axis]! * stride[axis]!;
      index[axis] = 0;
    }
  }
}

/**
 * Copies a few elements of any strides, in row-major order, to contiguous elements.
 *
 * @param axis The axis to begin with, 0; the shape must have at least one axis.
 * @returns The position after the last element.
 */
export function gatherSmall(
  from: ReadonlyElements,
  shape: Shape,
  stride: readonly number[],
  axis: number,
  start: number,
  to: Elements,
  at: number,
): number {
  const count = shape[axis]!, step = stride[axis]!;
  if (axis === shape.length - 1) {
    for (let i = 0; i < count; i++) to[at + i] = from[start + i * step]!;
    return at + count;
  }
  for (let i = 0; i < count; i++) at = gatherSmall(from, shape, stride, axis + 1, start + i * step, to, at);
  return at;
}

/** Copies contiguous elements to a few elements of any strides, in row-major order. */
export function scatterSmall(
  from: Elements,
  at: number,
  to: Elements,
  shape: Shape,
  stride: readonly number[],
  axis: number,
  start: number,
): number {
  const count = shape[axis]!, step = stride[axis]!;
  if (axis === shape.length - 1) {
    for (let i = 0; i < count; i++) to[start + i * step] = from[at + i]!;
    return at + count;
  }
  for (let i = 0; i < count; i++) at = scatterSmall(from, at, to, shape, stride, axis + 1, start + i * step);
  return at;
}
