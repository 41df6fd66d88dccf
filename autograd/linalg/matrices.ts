/**
 * Functions that the operations of linear algebra share: checks of operands, batch axes, triangles, errors for singular matrices.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { formatShape, ShapeError } from "../../blas/errors.ts";
import { allAxes, broadcastShapes, checkResultShape, sameShape, type Shape, sizeOf, unwrap } from "../../blas/shape.ts";
import type { View } from "../../blas/view.ts";
import { where } from "../ops/choice.ts";
import { reshape } from "../ops/reshape.ts";
import { broadcastTo } from "../ops/sum.ts";
import { transpose } from "../ops/transpose.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { constant } from "../values/constructors.ts";

/**
 * Checks that an operand is a matrix, or a stack of them.
 *
 * @throws {ShapeError} If it has fewer than two axes.
 */
export function requireMatrix(op: string, a: Tensor): void {
  checkOperands(op, [a]);
  const shape = innerShape(a);
  if (shape.length >= 2) return;
  throw new ShapeError({
    op,
    given: { a: shape },
    problem: `a must be [..., rows, columns], and has ${shape.length === 1 ? "one axis" : "no axes"}`,
    remedy: "reshape it",
  });
}

/**
 * Checks that an operand is a square matrix, or a stack of them.
 *
 * @throws {ShapeError} If it has fewer than two axes, or the last two differ.
 */
export function requireSquare(op: string, a: Tensor): void {
  requireMatrix(op, a);
  const shape = innerShape(a), rows = shape.at(-2)!, columns = shape.at(-1)!;
  if (rows === columns) return;
  throw new ShapeError({
    op,
    given: { a: shape },
    problem: `a must have as many rows as columns, and has ${rows} and ${columns}`,
    remedy: "leastSquares, qr and svd take matrices of any shape",
  });
}

/** Exchanges the last two axes. */
export function transposeLast<D extends DType>(t: Tensor<D>): Tensor<D> {
  const rank = innerShape(t).length;
  return transpose(t, [...allAxes(rank - 2), rank - 1, rank - 2]);
}

/** Right-hand sides as a stack of matrices, and the function that gives a stack of solutions the shape of the result. */
export type RightSides<D extends DType> = {
  readonly a: Tensor<D>;
  readonly b: Tensor<D>;
  readonly restore: (x: Tensor<D>) => Tensor<D>;
};

/**
 * Makes the leading axes of a matrix and of right-hand sides equal, and turns a vector into a matrix with one column.
 *
 * @param a `[..., m, n]`, checked.
 * @param b `[..., m, k]`; or `[m]`, or vectors, `[..., m]`, with exactly the leading axes of `a`.
 * @throws {ShapeError} If the rows differ in number, or the leading axes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 */
export function alignRightSides<D extends DType>(op: string, a: Tensor<D>, b: Tensor<D>): RightSides<D> {
  checkOperands(op, [a, b]);
  const matrix = innerShape(a), given = innerShape(b), rows = matrix.at(-2)!;
  const isVector = given.length === 1 || sameShape(given, matrix.slice(0, -1));
  const right = isVector ? [...given, 1] : given;
  const refuse = (problem: string, remedy: string): never => {
    throw new ShapeError({ op, given: { a: matrix, b: given }, problem, remedy });
  };
  if (right.length < 2) refuse("b must have at least one axis", "pass a vector, or a matrix with a column for each");
  if (right.at(-2) !== rows) {
    refuse(
      `b must have as many rows as a (${rows}), and has ${right.at(-2)}`,
      "b is [..., rows, columns], or a vector [rows]",
    );
  }
  const leading = broadcastShapes(op, [matrix.slice(0, -2), right.slice(0, -2)]);
  if (leading._tag === "Left") {
    return refuse("the leading axes must be equal or 1 from the right", "expandDims adds an axis of length 1");
  }
  const matrices = [...leading.right, ...matrix.slice(-2)], sides = [...leading.right, ...right.slice(-2)];
  checkResultShape(op, matrices);
  checkResultShape(op, sides);
  return {
    a: broadcastTo(a, matrices),
    b: broadcastTo(reshape(b, right), sides),
    restore: (x) => isVector ? reshape(x, innerShape(x).slice(0, -1)) : x,
  };
}

/** Which elements of a matrix stay: those below the diagonal if `lower`, otherwise those above; and the diagonal itself if `diagonal`. */
export type Triangle = { readonly lower: boolean; readonly diagonal: boolean };

/** Replaces the elements outside of a triangle by 0. */
export function triangleOf<D extends DType>(t: Tensor<D>, { lower, diagonal }: Triangle): Tensor<D> {
  const stays = (i: number, j: number): boolean => i === j ? diagonal : lower === i > j;
  return where(matrixOf(t, (i, j) => stays(i, j) ? 1 : 0), t, 0);
}

/** Makes a constant of the size of a tensor's matrices and of its dtype. */
export function matrixOf<D extends DType>(
  t: Tensor<D>,
  element: (row: number, column: number) => number,
): Tensor<D> {
  const [rows, columns] = innerShape(t).slice(-2) as [number, number]; // a matrix: it has two axes
  const data = new Float64Array(rows * columns);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < columns; j++) data[at++] = element(i, j);
  return constant<D>(data, { dtype: t.dtype, shape: [rows, columns] });
}

/** Returns the error for a matrix whose columns, or rows, are not independent, though the operation needs that. */
export function singularError(op: string, { shape }: View, index: number, problem: string, remedy: string): RangeError {
  const count = sizeOf(shape.slice(0, -2));
  const which = count === 1 ? "a singular matrix" : `a stack of ${count} matrices of which number ${index} is singular`;
  return new RangeError(`Cannot apply ${op} to ${which}, ${formatShape(shape.slice(-2))}: ${problem}; ${remedy}`);
}

/** Returns the leading axes, without those of the matrices. */
export const leadingOf = (shape: Shape): Shape => shape.slice(0, -2);

/** Returns the shape that leading axes broadcast to. */
export const commonShape = (op: string, shapes: readonly Shape[]): Shape => unwrap(broadcastShapes(op, shapes));
