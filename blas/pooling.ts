/**
 * The position of the largest element of every window.
 *
 * It only compares, so plain loops are enough for every engine.
 *
 * @module
 */
import type { DType } from "./dtype.ts";
import type { MutableView, View } from "./view.ts";

/** Where the windows of a pooling lie on an image of two axes. */
export type PoolingGeometry = {
  /** Elements in a window, down and across, 1 or more. */
  readonly size: readonly [height: number, width: number];
  /** Steps from one window to the next, 1 or more. */
  readonly stride: readonly [height: number, width: number];
  /** How far windows reach beyond the image, 0 or more, less than their size. */
  readonly padding: readonly [top: number, left: number, bottom: number, right: number];
};

/**
 * Finds the first largest element of every window; padding is never chosen, and NaN is larger than all numbers.
 *
 * @param geometry Every window must reach the image.
 * @param counts The number of rows of windows, and of windows in a row.
 * @param x `[batch, channels, height, width]`, any strides.
 * @param y Row-major, one element for each channel and window: receives positions in `[0, height * width)`.
 */
export function maxPositions<D extends DType>(
  { size, stride, padding }: PoolingGeometry,
  [rows, columns]: readonly [rows: number, columns: number],
  x: View<D>,
  y: MutableView<D>,
): void {
  const [batch, channels, height, width] = x.shape as readonly [number, number, number, number];
  const [batchStep, channelStep, rowStep, columnStep] = x.stride as readonly [number, number, number, number];
  const from = x.data as MutableView<D>["data"], to = y.data;
  let q = y.offset;
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < channels; c++) {
      const plane = x.offset + n * batchStep + c * channelStep;
      for (let i = 0; i < rows; i++) {
        const top = i * stride[0] - padding[0], rowStart = Math.max(top, 0), rowEnd = Math.min(top + size[0], height);
        for (let j = 0; j < columns; j++) {
          const left = j * stride[1] - padding[1], start = Math.max(left, 0), end = Math.min(left + size[1], width);
          let best = -Infinity, position = rowStart * width + start;
          search: for (let row = rowStart; row < rowEnd; row++) {
            for (let column = start, p = plane + row * rowStep + start * columnStep; column < end; column++) {
              const value = from[p]!;
              p += columnStep;
              if (value <= best) continue;
              best = value;
              position = row * width + column;
              if (value !== value) break search; // NaN: nothing is larger
            }
          }
          to[q++] = position;
        }
      }
    }
  }
}
