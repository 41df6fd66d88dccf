/**
 * Rows whose settings are operands: what differs from shape to shape only by a number, such as one over the length of a row,
 * is the same computation.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import type { Rows } from "../rows.ts";
import { argument, type Scalar, subexpressionsOf, substitute } from "../scalar/scalar.ts";
import { allocate, type View } from "../view.ts";

/** Rows in which some constants are operands behind the others, and the numbers that those are. */
export type NumberedRows = {
  readonly rows: Rows;
  readonly numbers: readonly number[];
  /** The numbers as operands of a shape of so many axes. */
  readonly operands: <D extends DType>(dtype: D, rank: number) => readonly View<D>[];
};

/** What has been found so far, by the number of operands. */
const known = new WeakMap<Rows, Map<number, NumberedRows>>();

/**
 * Makes the constants of rows operands, except for those that code is chosen by: multiples of a quarter, and what is not finite.
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
      views.set(key, made as readonly View[]);
      return made;
    },
  };
}

/** A number as an operand that broadcasts to shapes of so many axes. */
function oneNumber<D extends DType>(dtype: D, value: number, rank: number): View<D> {
  const y = allocate<D>(dtype, new Array<number>(rank).fill(1));
  y.data[y.offset] = value;
  return y as View<D>;
}

const isSetting = (value: number): boolean => Number.isFinite(value) && !Number.isInteger(4 * value);
