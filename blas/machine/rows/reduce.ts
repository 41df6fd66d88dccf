/**
 * Reductions of programs in machine code: rows of one stage, and of what follows for each row.
 *
 * @module
 */
import { EPILOGUE_INPUT, FIRST_STAGE_INPUT, type Loop, type Operand } from "../../program/program.ts";
import type { ReduceOperation } from "../../program/operations/reduce.ts";
import type { RowsOperation } from "../../program/operations/rows.ts";
import { isWhole } from "../../program/operands.ts";
import { argument, type Scalar, substitute } from "../../scalar/scalar.ts";
import { reducedShape, sameShape, sizeOf } from "../../shape.ts";
import type { MachineLowering } from "../program/lowering.ts";
import { loweredRows } from "./rows.ts";

/** Prepares a reduction. */
export const lowerReduce: MachineLowering<ReduceOperation> = (operation, results, bits) => {
  // A sum is rounded before what follows reads it: beyond the range of its dtype it is infinite, as in plain calls.
  const rows = asRows(operation), lowered = rows && loweredRows(rows, results[0]!.dtype, bits, true);
  // What follows reads its operands at the indices of its results, after all of the row has been read.
  return lowered && { ...lowered, inPlace: operation.epilogue !== undefined };
};

/** Returns a reduction as rows; `undefined` if what follows it has another shape. */
function asRows({ reduction, axes, loop, epilogue }: ReduceOperation): RowsOperation | undefined {
  const { shape, operands } = loop, stage = operands.length;
  const stageOperand: Operand = { value: FIRST_STAGE_INPUT, shape, stride: shape.map(() => 0), offset: 0 };
  const rest = epilogue === undefined ? { operands: [], expressions: [argument(stage)] } : perRow(epilogue);
  if (rest === undefined) return undefined;
  return {
    kind: "rows",
    axes,
    reductions: [reduction],
    perRow: rest.expressions.map(() => true),
    loop: {
      shape,
      operands: [...operands, stageOperand, ...rest.operands],
      expressions: [loop.expressions[0]!, ...rest.expressions],
    },
  };

  function perRow(after: Loop): Pick<Loop, "operands" | "expressions"> | undefined {
    const reduced = reducedShape(shape, axes), size = sizeOf(reduced);
    const isInput = ({ value }: Operand) => value === EPILOGUE_INPUT;
    if (!sameShape(after.shape, reduced)) return undefined;
    if (after.operands.some((operand) => isInput(operand) && !isWhole(operand, size))) return undefined;
    const place = (part: Scalar): Scalar | undefined => {
      if (part.kind !== "argument") return undefined;
      return argument(isInput(after.operands[part.index]!) ? stage : stage + 1 + part.index);
    };
    return {
      // The same number for all of a row.
      operands: after.operands.map((operand) =>
        isInput(operand) ? stageOperand : {
          ...operand,
          shape,
          stride: operand.stride.map((step, axis) => axes.includes(axis) ? 0 : step),
        }
      ),
      expressions: after.expressions.map((expression) => substitute(expression, place)),
    };
  }
}
