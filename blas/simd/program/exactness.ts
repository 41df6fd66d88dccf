/**
 * Which sums of float32 have every element added in float64, rather than groups of them.
 *
 * @module
 */
import { MOST_FEW_TERMS } from "../../reduction.ts";
import type { Scalar } from "../../scalar/scalar.ts";
import { sizeOf } from "../../shape.ts";
import type { PlannedStage, RowsPlan } from "./rows_plan.ts";

/** Up to this many elements in all are added in float64 one by one: that takes little beside what a call takes. */
const EXACT = 2048;

/** Tells whether a reduction of so many elements, to all of its results, is added in float64 throughout. */
export const isExact = (elements: number, results: number): boolean =>
  elements <= EXACT || elements <= MOST_FEW_TERMS * results;

/** The most rows of which all elements are added in float64. */
const EXACT_ROWS = 16;

/** What decides about a stage of rows. */
type Planned = Pick<RowsPlan, "lengths" | "kept" | "strides" | "argumentOf">;
type Stage = Pick<PlannedStage, "expression" | "divisor">;

/** Tells whether a stage of rows is added in float64 throughout. */
export function isExactStage(plan: Planned, stage: Stage): boolean {
  const elements = sizeOf(plan.lengths), rows = sizeOf(plan.lengths.slice(0, plan.kept));
  return (elements <= EXACT && rows <= EXACT_ROWS) || elements <= exactTerms(plan, stage) * rows;
}

/**
 * The most elements of rows of which means are exact, since what follows magnifies their errors; variances; and sums of
 * exponentials, which are never small beside their terms.
 */
const OF_MEANS = 8, OF_VARIANCES = 16, OF_EXPONENTIALS = 8;

/** Returns up to how many elements of a row are added in float64, however many rows there are. */
export function exactTerms(plan: Planned, { expression, divisor }: Stage): number {
  if (expression.kind === "unary" && NEVER_BELOW_0.has(expression.name)) return OF_EXPONENTIALS;
  if (divisor === undefined) return MOST_FEW_TERMS;
  if (expression.kind !== "binary") return OF_MEANS;
  const { name, inputs: [x, y] } = expression;
  if (name === "mul" && x === y) return OF_VARIANCES;
  // How far numbers are from one of the row on average: what is lost to that is small beside their variance.
  return name === "sub" && isPerRow(plan, y) ? 0 : OF_MEANS;
}

const NEVER_BELOW_0: ReadonlySet<string> = /* @__PURE__ */ new Set(["abs", "exp", "exp2", "sigmoid", "sqrt"]);

/** Tells whether an expression is one number for each row. */
function isPerRow({ kept, strides, argumentOf }: Planned, x: Scalar): boolean {
  if (x.kind !== "argument") return false;
  const read = argumentOf(x.index);
  return "stage" in read || strides[read.source]!.slice(kept).every((step) => step === 0);
}
