/**
 * Vector operations as plain loops.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import type { MutableView, View } from "../view.ts";
import type { Shape } from "../shape.ts";
import { coalesce, forEachRun, type Walk } from "../walk.ts";

/** Returns the inner product, accumulated in float64. */
export function dot<D extends DType>(x: View<D>, y: View<D>): number {
  const n = x.shape[0]!, sx = x.stride[0]!, sy = y.stride[0]!;
  let sum = 0;
  for (let i = 0, p = x.offset, q = y.offset; i < n; i++, p += sx, q += sy) sum += x.data[p]! * y.data[q]!;
  return sum;
}

/** Computes `y = alpha * x + y`; if `alpha` is 0, `x` is not read. */
export function axpy<D extends DType>(
  { alpha, x, y }: { readonly alpha: number; readonly x: View<D>; readonly y: MutableView<D> },
): void {
  if (alpha === 0) return;
  const n = x.shape[0]!, sx = x.stride[0]!, sy = y.stride[0]!;
  for (let i = 0, p = x.offset, q = y.offset; i < n; i++, p += sx, q += sy) {
    y.data[q] = alpha * x.data[p]! + y.data[q]!;
  }
}

/** Computes `x = alpha * x`. */
export function scal<D extends DType>({ alpha, x }: { readonly alpha: number; readonly x: MutableView<D> }): void {
  const n = x.shape[0]!, step = x.stride[0]!;
  for (let i = 0, p = x.offset; i < n; i++, p += step) x.data[p] = alpha * x.data[p]!;
}

/** Returns the Euclidean norm: the largest absolute value times the norm of the vector divided by it. */
export function nrm2<D extends DType>(x: View<D>): number {
  const at = iamax(x);
  if (at < 0) return 0;
  const scale = Math.abs(element(x, at));
  if (scale === 0 || !Number.isFinite(scale)) return scale;
  const n = x.shape[0]!, step = x.stride[0]!;
  let sum = 0;
  for (let i = 0, p = x.offset; i < n; i++, p += step) {
    const ratio = x.data[p]! / scale;
    sum += ratio * ratio;
  }
  return scale * Math.sqrt(sum);
}

/** Returns the sum of the absolute values, accumulated in float64. */
export function asum<D extends DType>(x: View<D>): number {
  const n = x.shape[0]!, step = x.stride[0]!;
  let sum = 0;
  for (let i = 0, p = x.offset; i < n; i++, p += step) sum += Math.abs(x.data[p]!);
  return sum;
}

/** Returns the index of the first NaN, or else of the first element of largest absolute value; -1 if empty. */
export function iamax<D extends DType>(x: View<D>): number {
  const n = x.shape[0]!;
  let best = -1, largest = -1;
  for (let i = 0; i < n; i++) {
    const size = Math.abs(element(x, i));
    if (Number.isNaN(size)) return i;
    if (size > largest) {
      best = i;
      largest = size;
    }
  }
  return best;
}

const element = <D extends DType>(x: View<D>, i: number): number => x.data[x.offset + i * x.stride[0]!]!;

/** Copies views of any rank; runs without gaps on both sides are copied as one block. */
export function copy<D extends DType>({ x, y }: { readonly x: View<D>; readonly y: MutableView<D> }): void {
  const { shape, strides } = coalesce(x.shape, [x.stride, y.stride]), last = shape.length - 1;
  const from = x.data as MutableView["data"], to = y.data; // only read here
  const [fromSteps, toSteps] = strides as [readonly number[], readonly number[]]; // two operands
  // The two innermost axes at once: calls for many short runs would take longer than the runs themselves.
  const rows = last === 0 ? 1 : shape[last - 1]!, n = shape[last]!;
  const along = [n, fromSteps[last]!, toSteps[last]!] as const;
  const across = last === 0 ? [1, 0, 0] as const : [rows, fromSteps[last - 1]!, toSteps[last - 1]!] as const;
  const areRuns = along[1] === 1 && along[2] === 1 && n >= LONG_RUN;
  const [inner, outer] = n < SHORT_RUN && rows > n ? [across, along] : [along, across];
  forEachRun(planesOf(shape, strides), [x.offset, y.offset], ([p, q]) => {
    if (!areRuns) return copyPlane(from, to, p!, q!, outer, inner);
    for (let i = 0; i < rows; i++) {
      const start = p! + i * across[1];
      to.set(from.subarray(start, start + n), q! + i * across[2]);
    }
  });
}

/**
 * Runs of at least the first length are moved by one call; in runs of less than the second, the inner loop is along the
 * axis around them.
 */
const LONG_RUN = 32, SHORT_RUN = 8;

/** Returns the same walk with its two innermost axes as one, so that each plane is visited once. */
function planesOf(shape: Shape, strides: readonly (readonly number[])[]): Walk {
  const outer = Math.max(shape.length - 2, 0);
  return {
    shape: [...shape.slice(0, outer), shape.includes(0) ? 0 : 1],
    strides: strides.map((steps) => [...steps.slice(0, outer), 0]),
  };
}

/** Copies elements along two axes, each given by its length and its steps in both arrays. */
function copyPlane(
  from: MutableView["data"],
  to: MutableView["data"],
  p: number,
  q: number,
  [rows, fromRow, toRow]: readonly [number, number, number],
  [n, fromStep, toStep]: readonly [number, number, number],
): void {
  for (let i = 0; i < rows; i++) {
    let read = (p + Math.imul(i, fromRow)) | 0, write = (q + Math.imul(i, toRow)) | 0;
    for (let j = 0; j < n; j++) {
      to[write] = from[read]!;
      read = (read + fromStep) | 0;
      write = (write + toStep) | 0;
    }
  }
}
