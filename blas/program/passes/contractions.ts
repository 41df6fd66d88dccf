/**
 * Finding products of matrices in sums of products.
 *
 * @module
 */
import { type Shape, sizeOf } from "../../shape.ts";
import type { ReduceOperation } from "../operations/reduce.ts";

/** The least length of each side of a product of matrices that pays. */
const LEAST_SIDE = 4;
/** The least number of multiplications of each of several matrices that pays. */
const LEAST_OF_STACK = 4096;
/** The most factors that are distributed over two matrices: there are two to this power ways. */
const MOST_FACTORS = 6;

/** A way to compute a sum of products, or a part of it, by a product of matrices, or of stacks of them. */
export type Contraction = {
  /** The numbers of the arguments that the first matrix is the product of. */
  readonly left: readonly number[];
  /** The same for the second one. */
  readonly right: readonly number[];
  /** Axes of the loop along which both change and that are not summed. */
  readonly stack: readonly number[];
  /** Axes along which only the first one changes. */
  readonly rows: readonly number[];
  /** Axes along which only the second one changes. */
  readonly columns: readonly number[];
  /** The axes that are summed by the product. */
  readonly summed: readonly number[];
};

/**
 * Finds the way that makes the fewest numbers: over all reduced axes if there is one, otherwise over all but one of them, where
 * the factors that do not change along those come afterwards.
 *
 * @param reduce A sum.
 * @param factors The arguments that its expression multiplies.
 */
export function contractionOf(
  { axes, loop: { shape, operands } }: ReduceOperation,
  factors: readonly number[],
): Contraction | undefined {
  const long = axes.filter((axis) => shape[axis] !== 1);
  const changing = factors.map((index): Changing => ({
    index,
    axes: shape.flatMap((length, axis) => length !== 1 && operands[index]!.stride[axis] !== 0 ? [axis] : []),
  }));
  const over = (summed: readonly number[]): Contraction | undefined => {
    if (summed.length === 0) return undefined;
    const isSummed = ({ axes }: Changing): boolean => axes.some((axis) => summed.includes(axis));
    // What stays the same along all summed axes is multiplied afterwards where that is a step of its own, and otherwise goes
    // to the smaller matrix.
    const isWhole = summed.length === long.length;
    return best(isWhole ? changing : changing.filter(isSummed), summed, shape);
  };
  return over(long) ??
    long.map((axis) => over(long.filter((other) => other !== axis))).find((found) => found !== undefined);
}

/** An argument, and the axes along which it changes. */
type Changing = { readonly index: number; readonly axes: readonly number[] };

/** Tries all ways to distribute factors over two matrices. */
function best(factors: readonly Changing[], summed: readonly number[], shape: Shape): Contraction | undefined {
  if (factors.length < 2 || factors.length > MOST_FACTORS) return undefined;
  let found: { readonly made: number; readonly contraction: Contraction } | undefined;
  // The first factor is on the left in all of them.
  for (let code = 0; code < 2 ** (factors.length - 1) - 1; code++) {
    const isLeft = (k: number): boolean => k === 0 || (code >> (k - 1)) % 2 === 1;
    const one = contraction(factors.filter((_, k) => isLeft(k)), factors.filter((_, k) => !isLeft(k)), summed, shape);
    if (one !== undefined && (found === undefined || one.made < found.made)) found = one;
  }
  return found?.contraction;
}

function contraction(left: readonly Changing[], right: readonly Changing[], summed: readonly number[], shape: Shape) {
  const size = (axes: readonly number[]): number => sizeOf(axes.map((axis) => shape[axis]!));
  const changes = (side: readonly Changing[], axis: number): boolean => side.some(({ axes }) => axes.includes(axis));
  if (!summed.every((axis) => changes(left, axis) && changes(right, axis))) return undefined;
  const kept = shape.flatMap((_, axis) => summed.includes(axis) ? [] : [axis]);
  const stack = kept.filter((axis) => changes(left, axis) && changes(right, axis));
  const only = (one: readonly Changing[], other: readonly Changing[]): readonly number[] =>
    kept.filter((axis) => changes(one, axis) && !changes(other, axis));
  const rows = only(left, right), columns = only(right, left);
  if (Math.min(size(rows), size(columns), size(summed)) < LEAST_SIDE) return undefined;
  if (stack.length > 0 && size([...rows, ...columns, ...summed]) < LEAST_OF_STACK) return undefined;
  // Sides of several factors have to be computed.
  const computed = (side: readonly Changing[], own: readonly number[]): number =>
    side.length === 1 ? 0 : size([...stack, ...own, ...summed]);
  const made = computed(left, rows) + computed(right, columns);
  const numbers = (side: readonly Changing[]): readonly number[] => side.map(({ index }) => index);
  const inOrder = rows[0]! < columns[0]!;
  return {
    made,
    contraction: {
      left: numbers(inOrder ? left : right),
      right: numbers(inOrder ? right : left),
      stack,
      rows: inOrder ? rows : columns,
      columns: inOrder ? columns : rows,
      summed,
    },
  };
}
