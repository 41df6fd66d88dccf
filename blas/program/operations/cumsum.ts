/**
 * Running sums along an axis.
 *
 * @module
 */
import { cumulativeSum } from "../../cumsum.ts";
import { sizeOf } from "../../shape.ts";
import { allocate } from "../../view.ts";
import { plainOperand } from "../operand.ts";
import type { Operand } from "../program.ts";
import type { OperationKind, Operator } from "./operator.ts";

/**
 * Computes for each element the sum of it and all elements before it along the axis, or after it; sums start from 0, in
 * float64.
 */
export type CumsumOperation = {
  readonly kind: "cumsum";
  readonly axis: number;
  /** Whether sums start at the end of the axis. */
  readonly reverse: boolean;
  readonly operand: Operand;
};

/** Returns the operator that computes running sums along an axis, from its start or, in reverse, from its end. */
export function cumsumOf(axis: number, reverse: boolean): Operator {
  return {
    run: (_, [x], { dtype, shape }) => {
      const y = allocate(dtype, shape);
      cumulativeSum({ axis, reverse, x: x!, y });
      return y;
    },
    place: ([x]) => ({ kind: "cumsum", axis, reverse, operand: plainOperand(x!.value, x!.shape) }),
  };
}

/** The kind of running sums. */
export const cumsumKind: OperationKind<CumsumOperation> = {
  operands: ({ operand }) => [operand],
  withOperands: (operation, [operand]) => ({ ...operation, operand: operand! }),
  compute: ({ axis, reverse, operand }, { engine, results: [type], view }) => [
    cumsumOf(axis, reverse).run(engine, [view(operand)], { dtype: type!.dtype, shape: operand.shape }),
  ],
  key: ({ axis, reverse }) => `${axis} ${reverse}`,
  format: ({ axis, reverse, operand }, write) => [
    `cumsum ${write.operand(operand)} along axis ${axis}${reverse ? ", from the end" : ""}`,
  ],
  flops: (_, [result]) => sizeOf(result!.shape),
  work: (_, elements) => elements,
  withResults: () => undefined, // there is one
  epilogueShape: () => undefined,
  anyShape: true,
};
