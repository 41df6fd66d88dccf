/**
 * Convolution and its adjoints for filters that see a single channel each: direct loops, as matrix products would be
 * tiny.
 *
 * @module
 */
import {
  type ConvolutionGeometry,
  type ConvolutionInputOperands,
  type ConvolutionOperands,
  type ConvolutionWeightOperands,
  sizesOf,
} from "../convolution.ts";
import type { DType, ReadonlyDataOf } from "../dtype.ts";
import { allocate, unsafeView, type View } from "../view.ts";
import { copy } from "./level1.ts";
import { forEachWindowRun } from "./unfold.ts";

/** A run of windows: an element of `w`, the positions of the windows in `y`, and the elements of `x` that they see. */
type Run = {
  readonly w: number;
  readonly y: number;
  readonly yStep: number;
  readonly x: number;
  readonly xStep: number;
  readonly count: number;
};

/** Computes `y = conv(x, w)`. */
export function conv2dDepthwise<D extends DType>(operands: ConvolutionOperands<D>): void {
  const { y } = operands, w: ReadonlyDataOf<D> = operands.w.data, seen = withPadding(operands);
  const x: ReadonlyDataOf<D> = seen.x.data, sums = new Float64Array(y.size);
  forEachRun({ ...operands, ...seen, y }, (run) => {
    const factor = w[run.w]!;
    for (let n = 0, p = run.x, q = run.y - y.offset; n < run.count; n++, p += run.xStep, q += run.yStep) {
      sums[q]! += factor * x[p]!;
    }
  });
  y.data.set(sums, y.offset);
}

/** Computes the adjoint in `x`. */
export function conv2dInputDepthwise<D extends DType>(operands: ConvolutionInputOperands<D>): void {
  const { x } = operands, y: ReadonlyDataOf<D> = operands.y.data, w: ReadonlyDataOf<D> = operands.w.data;
  const sums = new Float64Array(x.size);
  forEachRun({ ...operands, x }, (run) => {
    const factor = w[run.w]!;
    for (let n = 0, p = run.x - x.offset, q = run.y; n < run.count; n++, p += run.xStep, q += run.yStep) {
      sums[p]! += factor * y[q]!;
    }
  });
  x.data.set(sums, x.offset);
}

/** Computes the adjoint in `w`. */
export function conv2dWeightDepthwise<D extends DType>(operands: ConvolutionWeightOperands<D>): void {
  const { w } = operands, y: ReadonlyDataOf<D> = operands.y.data, seen = withPadding(operands);
  const x: ReadonlyDataOf<D> = seen.x.data, sums = new Float64Array(w.size);
  forEachRun({ ...operands, ...seen, w }, (run) => {
    let sum = 0;
    for (let n = 0, p = run.x, q = run.y; n < run.count; n++, p += run.xStep, q += run.yStep) sum += x[p]! * y[q]!;
    sums[run.w - w.offset]! += sum;
  });
  w.data.set(sums, w.offset);
}

/** Copies images with their padding: it is multiplied like any other element, which matters for infinite factors. */
function withPadding<D extends DType>(
  { geometry, x }: { readonly geometry: ConvolutionGeometry; readonly x: View<D> },
): { readonly geometry: ConvolutionGeometry; readonly x: View<D> } {
  const { padding: [top, left, bottom, right] } = geometry, [batch, channels, height, width] = x.shape;
  if ([top, left, bottom, right].every((count) => count <= 0)) return { geometry, x };
  const [above, before, below, behind] = [top, left, bottom, right].map((count) => Math.max(0, count));
  const y = allocate(x.dtype, [batch!, channels!, above! + height! + below!, before! + width! + behind!]);
  const [batchStep, channelStep, rowStep] = y.stride as readonly [number, number, number, number]; // four axes
  copy({
    x,
    y: unsafeView(
      y.data,
      x.shape,
      [batchStep, channelStep, rowStep, 1],
      y.offset + above! * rowStep + before!,
    ),
  });
  const padding = [top - above!, left - before!, bottom - below!, right - behind!] as const;
  return { geometry: { ...geometry, padding }, x: y };
}

/** Visits all runs of windows of all filters in all images. */
function forEachRun<D extends DType>(
  operands: Omit<ConvolutionOperands<D>, "y"> & { readonly y: View<D> },
  visit: (run: Run) => void,
): void {
  const { geometry, x, w, y } = operands, sizes = sizesOf(operands), { batch, filters, groups, outputHeight } = sizes;
  const at = ({ offset, stride }: View, ...index: readonly number[]): number =>
    index.reduce((sum, i, axis) => sum + i * stride[axis]!, offset);
  const yStep = y.stride[3]!, xStep = x.stride[3]! * geometry.stride[1];
  for (let image = 0; image < batch; image++) {
    for (let filter = 0; filter < filters * groups; filter++) {
      const channel = Math.floor(filter / filters);
      forEachWindowRun(sizes, geometry, { first: 0, end: outputHeight }, (u, v, i, j, count, row, column) =>
        visit({
          w: at(w, filter, 0, u, v),
          y: at(y, image, filter, i, j),
          yStep,
          x: at(x, image, channel, row, column),
          xStep,
          count,
        }));
    }
  }
}
