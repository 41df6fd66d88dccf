/**
 * Sums over windows, which may have gaps between their elements, and may reach beyond the padding.
 *
 * @module
 */
import { add, pad, sliceAxes } from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import { constant } from "../../../autograd/values/constructors.ts";
import type { Shape } from "../../../blas/shape.ts";
import type { Windows } from "./windows.ts";

/** The windows along one axis. */
type Along = { readonly size: number; readonly stride: number; readonly dilation: number; readonly before: number };

/**
 * Sums over windows, one axis after the other.
 *
 * @param x A batch, channels, and the axes that the windows slide along.
 * @param ceilMode Whether a last window may reach beyond the padding.
 * @returns The sums, and for each axis the number of elements of each window, with padding and without.
 */
export function windowSums(x: Tensor, { kernel, strides, dilations, pads }: Windows, ceilMode: boolean) {
  const inside: Tensor[] = [], padded: Tensor[] = [], rank = kernel.length;
  let sums = x;
  for (const [k, size] of kernel.entries()) {
    const axis = k + 2, length = innerShape(x)[axis]!, before = pads[k]!, after = pads[rank + k]!;
    const along = { size, stride: strides[k]!, dilation: dilations[k]!, before };
    const count = windowCount(length, after, along, ceilMode),
      shape = innerShape(x).map((_, k) => k === axis ? count : 1);
    const counted = (from: number, to: number): Tensor => {
      const counts = Float64Array.from({ length: count }, (_, window) => elementsWithin(window, along, from, to));
      return constant(counts, { dtype: x.dtype, shape });
    };
    inside.push(counted(0, length));
    padded.push(counted(-before, length + after));
    sums = sumsAlong(sums, axis, along, count);
  }
  return { sums, inside, padded };
}

function windowCount(
  length: number,
  after: number,
  { size, stride, dilation, before }: Along,
  ceilMode: boolean,
): number {
  const steps = (length + before + after - (size - 1) * dilation - 1) / stride;
  const count = Math.max(0, (ceilMode ? Math.ceil(steps) : Math.floor(steps)) + 1);
  // The last window must begin in the input, or in the padding before it.
  return ceilMode && (count - 1) * stride >= length + before ? count - 1 : count;
}

function elementsWithin(window: number, { size, stride, dilation, before }: Along, from: number, to: number): number {
  const start = window * stride - before;
  const first = Math.max(0, Math.ceil((from - start) / dilation)),
    end = Math.min(size, Math.ceil((to - start) / dilation));
  return Math.max(0, end - first);
}

function sumsAlong(x: Tensor, axis: number, { size, stride, dilation, before }: Along, count: number): Tensor {
  const shape: Shape = innerShape(x), needed = Math.max(0, count - 1) * stride + (size - 1) * dilation + 1;
  const widths = shape.map((length, k) =>
    k === axis ? [before, Math.max(0, needed - before - length)] as const : [0, 0] as const
  );
  const wide = pad(x, widths);
  const element = (k: number): Tensor =>
    sliceAxes(
      wide,
      shape.map((_, own) =>
        own === axis ? [k * dilation, k * dilation + Math.max(0, count - 1) * stride + Math.min(1, count), stride] : []
      ),
    );
  return Array.from({ length: size - 1 }, (_, k) => element(k + 1)).reduce((sum, next) => add(sum, next), element(0));
}
