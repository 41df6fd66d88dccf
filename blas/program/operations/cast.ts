/**
 * Casts to another dtype.
 *
 * @module
 */
import { allocate } from "../../view.ts";
import { plainOperand } from "../operand.ts";
import type { Operand } from "../program.ts";
import { dense } from "./dense.ts";
import type { OperationKind, Operator } from "./operator.ts";
import { reshaped } from "./view.ts";

/** A cast to the result's dtype, which differs from the operand's. */
export type CastOperation = { readonly kind: "cast"; readonly operand: Operand };

/** The operator that converts to the dtype of the result. */
export const cast: Operator<"copy"> = {
  // `set` converts at memory speed, and no engine's function takes two dtypes.
  run: (engine, [x], { dtype, shape }) => {
    if (x!.dtype === dtype) return x!;
    const { data, offset, size } = dense(engine, x!), output = allocate(dtype, shape);
    output.data.set(
      data.length === size ? data : data.slice(offset, offset + size),
      output.offset,
    );
    return output;
  },
  place: (inputs, result) => {
    const { dtype, value, shape } = inputs[0]!;
    return dtype === result.dtype
      ? reshaped.place(inputs, result)
      : { kind: "cast", operand: plainOperand(value, shape) };
  },
};

/** The kind of casts. */
export const castKind: OperationKind<CastOperation> = {
  operands: ({ operand }) => [operand],
  withOperands: (_, [operand]) => ({ kind: "cast", operand: operand! }),
  compute: ({ operand }, { engine, results, view }) => [cast.run(engine, [view(operand)], results[0]!)],
  key: () => "",
  format: ({ operand }, write) => [`cast ${write.operand(operand)}`],
  flops: () => 0, // it moves numbers, and computes none
  work: (_, elements) => elements,
  withResults: () => undefined, // it has one result
  epilogueShape: () => undefined,
  anyShape: false,
};
