/**
 * Running sums along an axis.
 *
 * @module
 */
import { cumulativeSum } from "../../cumsum.ts";
import { allocate } from "../../view.ts";
import { plainOperand } from "../operand.ts";
import type { Operand } from "../program.ts";
import type { OperationKind, Operator } from "./operator.ts";

/** For each element the sum of it and all before it along the axis, or all behind it; added up in float64, from 0 on. */
export type CumsumOperation = {
  readonly kind: "cumsum";
  readonly axis: number;
  /** Whether sums begin at the end. */
  readonly reverse: boolean;
  readonly operand: Operand;
};

/** Adds up along an axis, from its start or, in reverse, from its end. */
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

/** The kind. */
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
  work: (_, elements) => elements,
  withResults: () => undefined, // there is one
  epilogueShape: () => undefined,
  anyShape: true,
};
