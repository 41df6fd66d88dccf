/**
 * Products over axes.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { resolveAxes } from "../../blas/shape.ts";
import { ones } from "../constructors.ts";
import type { Tensor } from "../tensor.ts";
import { mul } from "./arithmetic.ts";
import { flatten, reshape } from "./reshape.ts";
import { partAlong } from "./slice.ts";
import { droppedShape, keptShape, type ReductionOptions } from "./sum.ts";

/**
 * Multiplies elements over axes.
 *
 * The derivative with respect to an element is the product of the others, right where elements are 0 or negative too: the
 * product is taken in pairs, and no step divides.
 *
 * @param t Any shape.
 * @param options `axes`: one or several, all by default; `keepDims`: whether they stay with length 1, false by default.
 * @returns The shape without those axes; 0-d if all are multiplied. The product of nothing is 1.
 * @throws {ShapeError} If an axis is out of range or named twice.
 *
 * @example
 * ```ts
 * import { gradient, product, type Tensor, tensor64, toList, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const t = tensor64([2, 0, -3]);
 * assertEquals(toNumber(product(t)), 0);
 * assertEquals(toList(gradient((x: Tensor<"float64">) => product(x))(t)), [0, -6, 0]);
 * ```
 */
export function product<D extends DType>(
  t: Tensor<D>,
  { axes, keepDims = false }: ReductionOptions = {},
): Tensor<D> {
  const resolved = resolveAxes("product", t.shape, axes);
  const result = resolved.length === t.shape.length
    ? productAlong(flatten(t), 0)
    : resolved.reduce((partial: Tensor<D>, axis) => productAlong(partial, axis), t);
  return reshape(result, keepDims ? keptShape(t.shape, resolved) : droppedShape(t.shape, resolved));
}

/** Multiplies one half of the axis by the other until its length is 1. */
function productAlong<D extends DType>(t: Tensor<D>, axis: number): Tensor<D> {
  const length = t.shape[axis]!;
  if (length === 0) return ones<D>(keptShape(t.shape, [axis]), { dtype: t.dtype });
  if (length === 1) return t;
  const half = length >> 1;
  const halved = productAlong(mul(partAlong(t, axis, 0, half), partAlong(t, axis, half, half)), axis);
  return length % 2 === 0 ? halved : mul(halved, partAlong(t, axis, length - 1, 1));
}
