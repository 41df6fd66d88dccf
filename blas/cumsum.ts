/**
 * Running sums along an axis.
 *
 * @module
 */
import type { DType } from "./dtype.ts";
import { coalesce, forEachRun } from "./walk.ts";
import type { MutableView, View } from "./view.ts";

/**
 * `y[…, j, …] = x[…, 0, …] + … + x[…, j, …]` along an axis, accumulated in float64.
 *
 * @param operands `x` of any strides, `y` of its shape, and the axis.
 */
export function cumulativeSum<D extends DType>(
  { axis, x, y }: { readonly axis: number; readonly x: View<D>; readonly y: MutableView<D> },
): void {
  const rest = x.shape.map((_, k) => k).filter((k) => k !== axis);
  const across = coalesce(
    rest.map((k) => x.shape[k]!),
    [x, y].map(({ stride }) => rest.map((k) => stride[k]!)),
  );
  const last = across.shape.length - 1, n = across.shape[last]!, count = x.shape[axis]!;
  const [xStep, yStep] = across.strides.map((strides) => strides[last]!) as [number, number];
  const sums = new Float64Array(n), xAlong = x.stride[axis]!, yAlong = y.stride[axis]!;
  forEachRun(across, [x.offset, y.offset], ([p, q]) => {
    sums.fill(0);
    for (let j = 0; j < count; j++) {
      for (let i = 0, from = p! + j * xAlong, to = q! + j * yAlong; i < n; i++, from += xStep, to += yStep) {
        y.data[to] = sums[i]! += x.data[from]!;
      }
    }
  });
}
