/**
 * Checks of indices.
 *
 * @module
 */
import { describe } from "../../describe.ts";
import { sizeOf } from "../../shape.ts";
import { allocate } from "../../view.ts";
import { plainOperand } from "../operand.ts";
import type { Operand } from "../program.ts";
import { dense } from "./dense.ts";
import type { OperationKind, Operator } from "./operator.ts";

/** The numbers that are valid indices. */
export type IndexRange = {
  /** The operation that uses the indices; errors name it. */
  readonly op: string;
  /** Indices must be whole numbers below this. */
  readonly count: number;
  /** Whether negative numbers down to `-count` are indices too, counted from the end. */
  readonly negative: boolean;
  /** A further number that is allowed, and left unchanged. */
  readonly exception?: number | undefined;
  /** What the numbers are for; errors say so. Default: indices. */
  readonly use?: "keys";
};

/**
 * Converts indices to the result's dtype, and negative ones to those counted from the start; throws if a number is not
 * an index.
 */
export type CheckIndicesOperation = {
  readonly kind: "checkIndices";
  readonly operand: Operand;
  readonly range: IndexRange;
};

/** Returns the index that a number stands for, or `undefined` if it is not an index. */
export function indexOf(value: number, { count, negative, exception }: IndexRange): number | undefined {
  if (value === exception) return value;
  if (!Number.isInteger(value) || value >= count || value < (negative ? -count : 0)) return undefined;
  return value < 0 ? value + count : value;
}

/** Writes which numbers are indices, for a listing. */
export const formatRange = ({ count, negative, exception }: IndexRange): string =>
  `${negative ? -count : 0} to ${count - 1}${exception === undefined ? "" : ` or ${exception}`}`;

/** Returns the error for a number that is not an index. */
export function indexError({ op, count, negative, use }: IndexRange, value: number, position: number): RangeError {
  if (use === "keys") return keyNumberError(value);
  const wanted = negative
    ? `indices must be whole numbers from ${-count} to ${count - 1}, negative ones counted from the end; correct the ` +
      "data, or the axis"
    : `${
      count === 0 ? "there are 0 classes to choose from" : `indices must be whole numbers from 0 to ${count - 1}`
    }; correct the data, or the number of classes`;
  return new RangeError(`Cannot apply ${op} to index ${describe(value)} at position ${position}: ${wanted}`);
}

/** The error that a number cannot be folded into a key. */
function keyNumberError(value: number): RangeError {
  return new RangeError(
    `Cannot fold ${describe(value)} into a key: the number must be a whole number between 0 and 2^32 - 1; ` +
      "use a counter, or fold in the parts of a larger number one after the other",
  );
}

/** Returns a number that can be folded into a key, or throws. */
export function checkKeyNumber(value: number): number {
  if (indexOf(value, KEY_NUMBERS) === undefined) throw keyNumberError(value);
  return value;
}

/** Numbers that can be folded into keys. */
export const KEY_NUMBERS: IndexRange = { op: "foldIn", count: 0x1_0000_0000, negative: false, use: "keys" };

/**
 * Converts indices to another dtype.
 *
 * @throws {RangeError} If a number is not an index; the message names the first such number and its position.
 */
export function checkIndicesOf(range: IndexRange): Operator<"copy"> {
  return {
    run: (engine, [x], { dtype, shape }) => {
      const { data, offset } = dense(engine, x!), y = allocate(dtype, shape), size = sizeOf(shape);
      for (let k = 0; k < size; k++) {
        const index = indexOf(data[offset + k]!, range);
        if (index === undefined) throw indexError(range, data[offset + k]!, k);
        y.data[y.offset + k] = index;
      }
      return y;
    },
    place: ([x]) => ({ kind: "checkIndices", range, operand: plainOperand(x!.value, x!.shape) }),
  };
}

/** The kind of index checks. */
export const checkIndicesKind: OperationKind<CheckIndicesOperation> = {
  operands: ({ operand }) => [operand],
  withOperands: (operation, [operand]) => ({ ...operation, operand: operand! }),
  compute: ({ range, operand }, { engine, results, view }) => [
    checkIndicesOf(range).run(engine, [view(operand)], {
      dtype: results[0]!.dtype,
      shape: operand.shape,
    }),
  ],
  key: ({ range: { op, count, negative, exception, use } }) => JSON.stringify([op, count, negative, exception, use]),
  format: ({ range, operand }, write) => [
    `check indices ${write.operand(operand)} of ${range.op}, ${formatRange(range)}`,
  ],
  flops: () => 0, // it moves numbers, and computes none
  work: (_, elements) => elements,
  withResults: () => undefined, // there is one
  epilogueShape: () => undefined,
  anyShape: true,
};
