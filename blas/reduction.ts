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

/**
 * Sums of up to this many float32 are added in float64 one by one, by kernels and compiled programs. In longer ones, groups of
 * them are added in float32 before, whose roundings hide one another, by the square root of their number. Measured: sums of a
 * million numbers that are all added in float64 take 1.6 times as long.
 */
export const MOST_FEW_TERMS = 32;
