/**
 * Rows that are picked from tables, and rows that are added up in tables.
 *
 * @module
 */
import { argument } from "../../scalar/scalar.ts";
import { type Shape, sizeOf } from "../../shape.ts";
import { isWhole } from "../operands.ts";
import type { GatherOperation, ScatterOperation } from "../operations/gather.ts";
import type { Operand, Operation, ValueType } from "../program.ts";

/** Indices that pick rows of a table. */
export type Picks = {
  /** The value that holds them, the position of the first, and the step from one to the next. */
  readonly value: number;
  readonly offset: number;
  readonly step: number;
  /** The number of picked rows. */
  readonly rows: number;
  /** Whether they are known to be rows of the table. */
  readonly checked: boolean;
};

/** Returns the indices of an operation that moves whole rows, `[rows, width]`. */
export function picksOf({ axis, indices, checked = false }: GatherOperation | ScatterOperation): Picks | undefined {
  const { value, shape, stride, offset } = indices;
  if (axis !== 0 || shape.length !== 2 || (stride[1] !== 0 && shape[1] !== 1)) return undefined;
  return { value, offset, step: stride[0]!, rows: shape[0]!, checked };
}

const indicesOf = ({ value, offset, step, rows }: Picks, width: number): Operand => {
  return { value, shape: [rows, width], stride: [step, 0], offset };
};

/** Picks rows of a table, `[count, width]`. */
export function picking(picks: Picks, table: Operand): Operation {
  return {
    kind: "gather",
    axis: 0,
    operand: table,
    indices: indicesOf(picks, table.shape[1]!),
    checked: picks.checked,
  };
}

/** Adds rows up in a table of `count` rows. */
export function addingUp(picks: Picks, rows: Operand, count: number): Operation {
  const width = rows.shape[1]!;
  const indices = indicesOf(picks, width);
  return { kind: "scatter", axis: 0, shape: [count, width], operand: rows, indices, checked: picks.checked };
}

/** Tells whether an operand shows a whole matrix of this shape. */
export function isMatrix(operand: Operand, [rows, columns]: Shape): boolean {
  const { shape } = operand;
  return shape.length === 2 && shape[0] === rows && shape[1] === columns && isWhole(operand, rows! * columns!);
}

/** Returns the operand that an operation only copies, if it is a loop that does nothing else. */
export function copiedOperand(operation: Operation): Operand | undefined {
  if (operation.kind !== "map" || operation.loop.expressions.length !== 1) return undefined;
  const [expression] = operation.loop.expressions;
  return expression!.kind === "argument" ? operation.loop.operands[expression!.index] : undefined;
}

/** Returns the instruction that copies indices in another order. */
export function reorderedPicks(
  picks: Picks,
  { shape, stride, offset }: Pick<Operand, "shape" | "stride" | "offset">,
  type: ValueType,
): { readonly operation: Operation; readonly results: readonly ValueType[] } {
  const operand: Operand = {
    value: picks.value,
    shape,
    stride: stride.map((step) => step * picks.step),
    offset: picks.offset + offset * picks.step,
  };
  return {
    operation: { kind: "map", loop: { shape, operands: [operand], expressions: [argument(0)] } },
    results: [{ dtype: type.dtype, shape: [sizeOf(shape)] }],
  };
}
