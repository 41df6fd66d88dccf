/**
 * Rows whose settings are operands: computations that differ from shape to shape only by a number, such as one over the
 * length of a row, share a kernel.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import type { Rows } from "../rows.ts";
import { argument, type Scalar, subexpressionsOf, substitute } from "../scalar/scalar.ts";
import { allocate, type View } from "../view.ts";

/** Rows in which some constants have become operands, after the other operands, and the values of those constants. */
export type NumberedRows = {
  readonly rows: Rows;
  readonly numbers: readonly number[];
  /** Returns the numbers as operands of rows of this rank. */
  readonly operands: <D extends DType>(dtype: D, rank: number) => readonly View<D>[];
};

/** The results so far, by computation and number of operands. */
const known = new WeakMap<Rows, Map<number, NumberedRows>>();

/**
 * Turns the constants of rows into operands, except those that decide which code is emitted: multiples of a quarter, and numbers that are not finite.
 *
 * @param operands The number of operands that the rows have.
 */
export function withoutNumbers(rows: Rows, operands: number): NumberedRows {
  const byCount = known.get(rows) ?? new Map<number, NumberedRows>(), found = byCount.get(operands);
  if (found !== undefined) return found;
  const made = replaceNumbers(rows, operands);
  known.set(rows, byCount.set(operands, made));
  return made;
}

function replaceNumbers({ axes, stages, outputs }: Rows, operands: number): NumberedRows {
  const all = subexpressionsOf([...stages, ...outputs].map(({ expression }) => expression));
  const numbers = all.flatMap((x) => x.kind === "constant" && isSetting(x.value) ? [x] : []);
  const places = new Map<Scalar, Scalar>(numbers.map((x, k) => [x, argument(operands + k)]));
  const replaced = <T extends { readonly expression: Scalar }>(one: T): T => ({
    ...one,
    expression: substitute(one.expression, (part) => places.get(part)),
  });
  const values = numbers.map(({ value }) => value), views = new Map<string, readonly View[]>();
  return {
    rows: { axes, stages: stages.map(replaced), outputs: outputs.map(replaced) },
    numbers: values,
    operands: <D extends DType>(dtype: D, rank: number) => {
      const key = `${dtype} ${rank}`, found = views.get(key);
      if (found !== undefined) return found as readonly View<D>[]; // made below, for this dtype
      const made = values.map((value) => oneNumber(dtype, value, rank));
      views.set(key, made);
      return made;
    },
  };
}

/** Returns a number as an operand that broadcasts to all shapes of a rank. */
function oneNumber<D extends DType>(dtype: D, value: number, rank: number): View<D> {
  const y = allocate<D>(dtype, new Array<number>(rank).fill(1));
  y.data[y.offset] = value;
  return y;
}

const isSetting = (value: number): boolean => Number.isFinite(value) && !Number.isInteger(4 * value);
