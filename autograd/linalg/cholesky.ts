/**
 * Cholesky decomposition of positive definite matrices.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import { formatShape } from "../../blas/errors.ts";
import { decompositionsInUse } from "../../blas/parts/decompositions.ts";
import type { View } from "../../blas/view.ts";
import { batchWhole } from "../batch.ts";
import type { NoAttributes } from "../elementwise.ts";
import { add, mul, scale } from "../ops/arithmetic.ts";
import { matmul } from "../ops/matmul.ts";
import { apply, type Primitive } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { matrixOf, requireSquare, transposeLast } from "./matrices.ts";
import { solveTriangular } from "./solve_triangular.ts";

/** The symmetric part of the operand is factored: then the derivative is symmetric, too. */
const choleskyPrimitive: Primitive<NoAttributes> = {
  name: "cholesky",
  // Random matrices are not positive definite, except for these; the tests of the operation have others.
  samples: () => [[3, 1, 1], [1, 1], [0, 0]].map((shape) => ({ attributes: {}, inputs: [{ shape, min: 0.5 }] })),
  shape: ([a]) => either.right(a!),
  fill: ([a], _, [output]) => {
    const failure = decompositionsInUse().cholesky(a!, output);
    if (failure !== undefined) throw indefiniteError(a!, failure.index, failure.position);
  },
  batch: batchWhole,
  // Murray, Differentiation of the Cholesky decomposition, 2016, eq. 8: half of the diagonal and what is below it of
  // l^T cotangent, multiplied by the inverse of l from both sides, and made symmetric.
  vjp: (_, cotangent, { output: l }) => {
    const inner = matmul(transposeLast(l), cotangent);
    const half = mul(inner, matrixOf(inner, (i, j) => i > j ? 1 : i === j ? 0.5 : 0));
    const left = solveTriangular(transposeLast(l), half, { lower: false });
    const both = transposeLast(solveTriangular(transposeLast(l), transposeLast(left), { lower: false }));
    return scale(add(both, transposeLast(both)), 0.5);
  },
};

/** The primitives of this file, for the generic checks. */
export const choleskyPrimitives = [choleskyPrimitive];

function indefiniteError({ shape }: View, index: number, minor: number): RangeError {
  const count = shape.slice(0, -2).reduce((product, length) => product * length, 1);
  return new RangeError(
    `Cannot apply cholesky to ${formatShape(shape)}: ${count === 1 ? "the matrix" : `matrix ${index} of the stack`} ` +
      `must be positive definite, and is singular or indefinite: its leading minor of order ${minor} is not above 0; ` +
      "add a small multiple of eye, or use eigh, which takes any symmetric matrix",
  );
}

/**
 * Computes the lower triangular `l` with `l l^T = a` and a positive diagonal, for positive definite `a`.
 *
 * The symmetric part of `a`, `(a + a^T) / 2`, is factored, so that the gradient is symmetric, as in PyTorch.
 * Computed in float64 in JavaScript, whatever the dtype; a compiled program calls it outside of WebAssembly.
 *
 * @param a `[..., n, n]`, symmetric and positive definite.
 * @returns `[..., n, n]`, 0 above the diagonal.
 * @throws {ShapeError} If `a` is not square.
 * @throws {RangeError} If a matrix is not positive definite, up to rounding; the message says which.
 * @see Golub and Van Loan, Matrix Computations, 4th edition, section 4.2; the derivative: Murray, Differentiation of the
 * Cholesky decomposition, 2016.
 *
 * @example
 * ```ts
 * import { cholesky, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(cholesky(tensor64([[4, 2], [2, 10]]))), [[2, 0], [1, 3]]);
 * ```
 */
export function cholesky<D extends DType>(a: Tensor<D>): Tensor<D> {
  requireSquare("cholesky", a);
  return apply(choleskyPrimitive, {}, [a]);
}
