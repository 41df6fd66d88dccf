/**
 * Which sums of float32 have every element added in float64, rather than groups of them.
 *
 * @module
 */
import { MOST_FEW_TERMS } from "../../reduction.ts";
import type { Scalar } from "../../scalar/scalar.ts";
import type { PlannedStage } from "./rows_plan.ts";

/** Up to this many elements in all are added in float64 one by one: that takes little beside what a call takes. */
const EXACT = 2048;

/** Tells whether a reduction of so many elements, to all of its results, is added in float64 throughout. */
export const isExact = (elements: number, results: number): boolean =>
  elements <= EXACT || elements <= MOST_FEW_TERMS * results;

/** The most rows of which all elements are added in float64. */
const EXACT_ROWS = 16;

/** Tells whether a stage of rows, in so many of them, is added in float64 throughout. */
export const isExactStage = (
  elements: number,
  rows: number,
  { expression, divisor }: Pick<PlannedStage, "expression" | "divisor">,
): boolean => (elements <= EXACT && rows <= EXACT_ROWS) || elements <= exactTerms(expression, divisor) * rows;

/**
 * The most elements of rows whose means and variances are exact, since what follows magnifies their errors; and of those whose
 * sums of exponentials are, which are never small beside their terms.
 */
const OF_MEANS = 16, OF_EXPONENTIALS = 8;

/** Returns up to how many elements of a row are added in float64, however many rows there are. */
export function exactTerms(expression: Scalar, divisor: number | undefined): number {
  if (expression.kind === "unary" && NEVER_BELOW_0.has(expression.name)) return OF_EXPONENTIALS;
  return divisor === undefined ? MOST_FEW_TERMS : OF_MEANS;
}

const NEVER_BELOW_0: ReadonlySet<string> = /* @__PURE__ */ new Set(["abs", "exp", "exp2", "sigmoid", "sqrt"]);
