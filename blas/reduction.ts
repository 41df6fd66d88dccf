/**
 * The reductions: where each starts, and how precisely it joins numbers.
 *
 * @module
 */
import type { DType } from "./dtype.ts";

/** What numbers are joined by. */
export type Reduction = "sum" | "product" | "max" | "min";

/** Where each reduction starts: the number that changes nothing. */
export const IDENTITY: { readonly [R in Reduction]: number } = { sum: 0, product: 1, max: -Infinity, min: Infinity };

/** Additions in a lane, in the operands' precision, before its sum is carried over to the wider dtype. */
export const SUM_DEPTH = 16;

/** The dtypes that a dtype's sums and products are taken in. */
const WIDENED: { readonly [D in DType]: DType } = { float32: "float64", float64: "float64" };

/** The dtype that a reduction joins the numbers of a dtype in: a wider one where digits would be lost. */
export function accumulatorType(reduction: Reduction, dtype: DType): DType {
  return reduction === "sum" || reduction === "product" ? WIDENED[dtype] : dtype;
}
