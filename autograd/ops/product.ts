/**
 * Products over axes.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { reducePart } from "../../blas/parts/reduce.ts";
import { reduceOf } from "../../blas/program/operations/reduce.ts";
import { droppedShape, reducedShape, resolveAxes } from "../../blas/shape.ts";
import { batchRows } from "../batch.ts";
import { ones } from "../values/constructors.ts";
import { applyChecked, checkOperands, type Primitive } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { mul } from "./arithmetic.ts";
import { cast } from "./cast.ts";
import { concat } from "./concat.ts";
import { reshape } from "./reshape.ts";
import { partAlong } from "./slice.ts";
import { type AxesAttributes, REDUCTION_SAMPLES, type ReductionOptions } from "./sum.ts";
import { transpose } from "./transpose.ts";

const productPrimitive: Primitive<AxesAttributes> = {
  name: "product",
  samples: () => [
    ...REDUCTION_SAMPLES,
    { attributes: { axes: [0] }, inputs: [{ shape: [0, 3] }] },
    { attributes: { axes: [0] }, inputs: [{ shape: [7] }] },
  ],
  shape: ([shape], { axes }) => either.right(reducedShape(shape!, axes)),
  operator: ({ axes }) => reduceOf("product", axes),
  part: reducePart,
  batch: batchRows,
  vjp: (_, cotangent, { attributes: { axes }, inputs: [x] }) => mul(cotangent, productsOfOthers(x!, axes)),
};

/** The primitives of this file, for the generic checks. */
export const productPrimitives = [productPrimitive];

/**
 * Multiplies elements over axes.
 *
 * The derivative with respect to an element is the product of the others. It is computed without division, so that it
 * is also right for elements that are 0 or negative.
 *
 * @param t Any shape.
 * @param options `axes`: one or several, all by default; `keepDims`: whether they stay with length 1, false by default.
 * @returns The shape without those axes; 0-d if all are multiplied. The product of no elements is 1.
 * @throws {ShapeError} If an axis is out of range or named twice.
 *
 * @example
 * ```ts
 * import { gradient, product, type Tensor, tensor64, toList, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const t = tensor64([2, 0, 3]);
 * assertEquals(toNumber(product(t)), 0);
 * assertEquals(toList(gradient((x: Tensor<"float64">) => product(x))(t)), [0, 6, 0]);
 * ```
 */
export function product<D extends DType>(
  t: Tensor<D>,
  options: ReductionOptions = {},
): Tensor<D> {
  checkOptions("apply product", options, { axes: true, keepDims: "flag" });
  const { axes, keepDims = false } = options;
  checkOperands("product", [t]);
  const resolved = resolveAxes("product", t.shape, axes);
  const kept = applyChecked(productPrimitive, { axes: resolved }, [t]);
  return keepDims ? kept : reshape(kept, droppedShape(t.shape, resolved));
}

/** Returns, for every element, the product of the others over the axes. */
function productsOfOthers(t: Tensor, axes: readonly number[]): Tensor {
  const order = [...t.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis)), ...axes];
  const moved = transpose(t, order), outer = moved.shape.slice(0, t.shape.length - axes.length);
  const count = axes.reduce((product, axis) => product * t.shape[axis]!, 1);
  // The error of a product grows with every factor: those of float32 are multiplied in float64, as forward.
  const others = cast(othersAlong(cast(reshape(moved, [...outer, count]), "float64"), outer.length), t.dtype);
  return transpose(reshape(others, moved.shape), order.map((_, axis) => order.indexOf(axis)));
}

/** Works on pairs `a b`: the elements other than `a` are `b` and the elements of all other pairs. */
function othersAlong(t: Tensor, axis: number): Tensor {
  const length = t.shape[axis]!;
  if (length < 2) return ones(t.shape, { dtype: t.dtype });
  const half = length >> 1, odd = length % 2;
  const a = partAlong(t, axis, 0, half), b = partAlong(t, axis, half, half), last = partAlong(t, axis, 2 * half, odd);
  const others = othersAlong(concat([mul(a, b), last], axis), axis), ofPairs = partAlong(others, axis, 0, half);
  return concat([mul(ofPairs, b), mul(ofPairs, a), partAlong(others, axis, half, odd)], axis);
}
