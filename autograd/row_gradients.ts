/**
 * Gradients of tables of which only some rows were used: those rows, besides the tensor that contains all rows.
 *
 * @module
 */
import { hasOwner, keepArray } from "../blas/recycling.ts";
import { shared } from "../blas/shared.ts";
import type { View } from "../blas/view.ts";
import type { Tensor } from "./tensor.ts";
import { innerView } from "./tensor_record.ts";

/** The rows that a gradient consists of; everywhere else it is 0. */
export type RowGradient = {
  /** `[n, …]`: where each row belongs in the table, the same number for all elements of a row. */
  readonly indices: Tensor;
  /** `[n, …]`: the rows; those of equal indices add up. */
  readonly rows: Tensor;
};

/** The rows by the view of the gradient, which the gradient shares with its constant; the same for all copies of the library. */
const known = /* @__PURE__ */ shared("rows of gradients", () => new WeakMap<View, RowGradient>());

/** Remembers the rows that a gradient consists of; a backward pass that has made them must not use their memory again. */
export function rememberRows(gradient: Tensor, rows: RowGradient): void {
  if (hasOwner()) Object.values(rows).forEach((t) => keepArray(innerView(t).data));
  known.set(innerView(gradient), rows);
}

/**
 * Returns the rows that a gradient consists of, or `undefined`: where `take` along axis 0 was all that read the table.
 * In a compiled program, nothing adds them up in a table unless something else asks for it.
 */
export function rowsOf(gradient: Tensor): RowGradient | undefined {
  return known.get(innerView(gradient));
}
