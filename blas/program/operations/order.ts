/**
 * The order of elements along an axis.
 *
 * @module
 */
import { sizeOf } from "../../shape.ts";
import { argsort } from "../../sort.ts";
import { allocate } from "../../view.ts";
import { plainOperand } from "../operand.ts";
import type { Operand } from "../program.ts";
import type { OperationKind, Operator } from "./operator.ts";

/**
 * Writes the positions of elements along an axis in ascending or descending order, or the first of them. Equal elements
 * keep their order, and a NaN counts as larger than all numbers.
 */
export type OrderOperation = {
  readonly kind: "order";
  readonly axis: number;
  readonly descending: boolean;
  /** How many positions are wanted along the axis. */
  readonly count: number;
  readonly operand: Operand;
};

/** Returns the operator that writes positions in order; the result's shape says how many. */
export function orderOf(axis: number, descending: boolean): Operator {
  return {
    run: (_, [x], { dtype, shape }) => {
      const y = allocate(dtype, shape);
      argsort({ axis, descending, x: x!, y });
      return y;
    },
    place: ([x], { shape }) => ({
      kind: "order",
      axis,
      descending,
      count: shape[axis]!,
      operand: plainOperand(x!.value, x!.shape),
    }),
  };
}

/** The kind of orders. */
export const orderKind: OperationKind<OrderOperation> = {
  operands: ({ operand }) => [operand],
  withOperands: (operation, [operand]) => ({ ...operation, operand: operand! }),
  compute: ({ axis, descending, count, operand }, { engine, results: [type], view }) => [
    orderOf(axis, descending).run(engine, [view(operand)], {
      dtype: type!.dtype,
      shape: operand.shape.with(axis, count),
    }),
  ],
  key: ({ axis, descending, count }) => `${axis} ${descending} ${count}`,
  format: ({ axis, descending, count, operand }, write) => [
    `argsort ${write.operand(operand)} along axis ${axis}${descending ? ", descending" : ""}${
      count < operand.shape[axis]! ? `, the first ${count}` : ""
    }`,
  ],
  flops: ({ axis, operand: { shape } }) => sizeOf(shape) * Math.ceil(Math.log2(Math.max(2, shape[axis]!))), // comparisons
  work: ({ axis, operand: { shape } }, elements) =>
    elements + sizeOf(shape) * Math.ceil(Math.log2(Math.max(2, shape[axis]!))),
  withResults: () => undefined, // there is one
  epilogueShape: () => undefined,
  anyShape: true,
};
