/**
 * Running results along an axis, other than sums: products, linear recurrences, extrema and their positions, logarithms
 * of sums.
 *
 * @module
 */
import { linearRecurrence, runningExtremum, runningLogSumExp, runningProduct, runningSearch } from "../../running.ts";
import { sizeOf } from "../../shape.ts";
import { allocate, type MutableView, type View } from "../../view.ts";
import { plainOperand } from "../operand.ts";
import type { Operand } from "../program.ts";
import type { OperationKind, Operator } from "./operator.ts";

/**
 * What is computed along an axis, from its start or in reverse: `product`, the largest or smallest element so far
 * (`max`, `min`) and its position (`argmax`, `argmin`, the last of equal ones), `logSumExp`; `recurrence`, of factors
 * and terms,
 * is `y[j] = a[j] * y[j - 1] + b[j]`.
 */
export type RunningForm = "product" | "recurrence" | "max" | "min" | "argmax" | "argmin" | "logSumExp";

/** Running results along an axis. Products, recurrences and sums are computed in float64. */
export type RunningOperation = {
  readonly kind: "running";
  readonly form: RunningForm;
  readonly axis: number;
  /** Whether it starts at the end of the axis; for recurrences. */
  readonly reverse: boolean;
  /** Factors and terms for a recurrence, one operand for the others; all of one shape. */
  readonly operands: readonly Operand[];
};

type Given = { readonly axis: number; readonly x: View; readonly y: MutableView };

const COMPUTE: { readonly [F in Exclude<RunningForm, "recurrence">]: (given: Given) => void } = {
  product: runningProduct,
  max: (given) => runningExtremum({ ...given, extremum: "max" }),
  min: (given) => runningExtremum({ ...given, extremum: "min" }),
  argmax: (given) => runningSearch({ ...given, extremum: "max" }),
  argmin: (given) => runningSearch({ ...given, extremum: "min" }),
  logSumExp: runningLogSumExp,
};

/**
 * Returns the operator that computes running results along an axis.
 *
 * @param reverse Whether it starts at the end of the axis; for recurrences.
 */
export function runningOf(form: RunningForm, axis: number, reverse = false): Operator {
  return {
    run: (_, [x, b], { dtype, shape }) => {
      const y = allocate(dtype, shape);
      if (form === "recurrence") linearRecurrence({ axis, reverse, a: x!, b: b!, y });
      else COMPUTE[form]({ axis, x: x!, y });
      return y;
    },
    place: (inputs) => ({
      kind: "running",
      form,
      axis,
      reverse,
      operands: inputs.map(({ value, shape }) => plainOperand(value, shape)),
    }),
  };
}

/** The kind of running results. */
export const runningKind: OperationKind<RunningOperation> = {
  operands: ({ operands }) => operands,
  withOperands: (operation, operands) => ({ ...operation, operands }),
  compute: ({ form, axis, reverse, operands }, { engine, results: [type], view }) => [
    runningOf(form, axis, reverse).run(engine, operands.map(view), { dtype: type!.dtype, shape: operands[0]!.shape }),
  ],
  key: ({ form, axis, reverse }) => `${form} ${axis} ${reverse}`,
  format: ({ form, axis, reverse, operands }, write) => [
    `running ${form} ${operands.map(write.operand).join(" ")} along axis ${axis}${reverse ? ", from the end" : ""}`,
  ],
  flops: ({ form }, [result]) => (form === "recurrence" ? 2 : 1) * sizeOf(result!.shape),
  work: (_, elements) => elements,
  withResults: () => undefined, // there is one
  epilogueShape: () => undefined,
  anyShape: true,
};
