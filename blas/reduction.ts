/**
 * The reductions: their identities, and the precision in which they accumulate.
 *
 * @module
 */
import type { DType } from "./dtype.ts";

/** The name of a reduction. */
export type Reduction = "sum" | "product" | "max" | "min";

/** The identity of each reduction: the number that it starts with. */
export const IDENTITY: { readonly [R in Reduction]: number } = { sum: 0, product: 1, max: -Infinity, min: Infinity };

/** The dtype in which sums and products of each dtype are accumulated. */
const WIDENED: { readonly [D in DType]: DType } = { float32: "float64", float64: "float64" };

/** Returns the dtype in which a reduction accumulates: a wider one where digits would otherwise be lost. */
export function accumulatorType(reduction: Reduction, dtype: DType): DType {
  return reduction === "sum" || reduction === "product" ? WIDENED[dtype] : dtype;
}
