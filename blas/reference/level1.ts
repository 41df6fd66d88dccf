/**
 * Vector operations as plain loops.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import type { MutableView, View } from "../view.ts";
import { coalesce, forEachRun } from "../walk.ts";

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
  const walk = coalesce(x.shape, [x.stride, y.stride]);
  const last = walk.shape.length - 1, n = walk.shape[last]!;
  const sx = walk.strides[0]![last]!, sy = walk.strides[1]![last]!;
  const from = x.data as MutableView<D>["data"], to = y.data;
  forEachRun(walk, [x.offset, y.offset], ([p, q]) => {
    if (sx === 1 && sy === 1 && n > 16) to.set(from.subarray(p, p! + n), q);
    else for (let i = 0; i < n; i++) to[q! + i * sy] = from[p! + i * sx]!;
  });
}
