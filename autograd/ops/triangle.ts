/**
 * Triangles of matrices.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { allocate } from "../../blas/view.ts";
import { checkOperands } from "../primitive.ts";
import { constantOf, type Tensor } from "../tensor.ts";
import { where } from "./choice.ts";

/**
 * Returns the lower triangles of matrices, with zeros above.
 *
 * @param t `[…, rows, columns]`.
 * @param diagonal The last diagonal that is kept: 0, the main one, if left out; 1 is the one above it, -1 the one below.
 * @returns The shape of `t`.
 * @throws {ShapeError} If `t` has fewer than two axes, or `diagonal` is not a whole number.
 *
 * @example
 * ```ts
 * import { ones, toArray, tril } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(tril(ones([3, 3]))), [[1, 0, 0], [1, 1, 0], [1, 1, 1]]);
 * assertEquals(toArray(tril(ones([2, 3]), 1)), [[1, 1, 0], [1, 1, 1]]);
 * ```
 */
export function tril<D extends DType>(t: Tensor<D>, diagonal = 0): Tensor<D> {
  return triangle("tril", t, diagonal, (distance) => distance <= diagonal);
}

/**
 * Returns the upper triangles of matrices, with zeros below.
 *
 * @param t `[…, rows, columns]`.
 * @param diagonal The first diagonal that is kept: 0, the main one, if left out; 1 is the one above it, -1 the one below.
 * @returns The shape of `t`.
 * @throws {ShapeError} If `t` has fewer than two axes, or `diagonal` is not a whole number.
 *
 * @example
 * ```ts
 * import { ones, toArray, triu } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(triu(ones([3, 3]))), [[1, 1, 1], [0, 1, 1], [0, 0, 1]]);
 * assertEquals(toArray(triu(ones([2, 3]), 1)), [[0, 1, 1], [0, 0, 1]]);
 * ```
 */
export function triu<D extends DType>(t: Tensor<D>, diagonal = 0): Tensor<D> {
  return triangle("triu", t, diagonal, (distance) => distance >= diagonal);
}

/** Keeps the elements whose column is at a given distance from their row. */
function triangle<D extends DType>(
  op: string,
  t: Tensor<D>,
  diagonal: number,
  keeps: (distance: number) => boolean,
): Tensor<D> {
  checkOperands(op, [t]);
  if (t.shape.length < 2 || !Number.isInteger(diagonal)) {
    throw new ShapeError({
      op,
      given: { t: t.shape, diagonal: describe(diagonal) },
      problem: t.shape.length < 2 ? "t must have two axes or more" : "diagonal must be a whole number",
      remedy: t.shape.length < 2 ? "reshape it to matrices" : "0 is the main diagonal",
    });
  }
  const [rows, columns] = t.shape.slice(-2) as [number, number]; // at least two axes
  const mask = allocate(t.dtype, [rows, columns]);
  for (let row = 0, at = mask.offset; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) mask.data[at] = keeps(column - row) ? 1 : 0;
  }
  return where<D>(constantOf<D>(mask), t, 0);
}
