/**
 * Systems of linear equations, and inverses.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { Failure } from "../../blas/decompositions/decompositions.ts";
import type { DType } from "../../blas/dtype.ts";
import { decompositionsInUse } from "../../blas/parts/decompositions.ts";
import type { Shape } from "../../blas/shape.ts";
import type { View } from "../../blas/view.ts";
import { batchWhole } from "../batch.ts";
import type { NoAttributes } from "../elementwise.ts";
import { applySeveral, type MultiPrimitive } from "../multi_primitive.ts";
import { neg } from "../ops/arithmetic.ts";
import { matmul } from "../ops/matmul.ts";
import { apply, type Primitive } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { alignRightSides, requireSquare, singularError, transposeLast } from "./matrices.ts";

// Stacks of 1 x 1 matrices: the generic checks also repeat one element everywhere, which makes larger matrices
// singular. The tests of the operations have larger ones.
const sample = (a: Shape, ...others: readonly Shape[]) => ({
  attributes: {},
  inputs: [{ shape: a, min: 0.5, max: 2 }, ...others.map((shape) => ({ shape }))],
});

/** Operands `[..., n, n]` and `[..., n, k]` with the same leading axes. */
const solvePrimitive: MultiPrimitive<NoAttributes> = {
  name: "solve",
  samples: () => [sample([3, 1, 1], [3, 1, 2]), sample([1, 1], [1, 1]), sample([0, 0], [0, 2])],
  shapes: ([_, b]) => either.right([b!]),
  fill: ([a, b], _, [output]) => {
    const failure = decompositionsInUse().solve(a!, b!, output!); // its only result is wanted
    if (failure !== undefined) throw dependentError("solve", a!, failure);
  },
  batch: batchWhole,
  // Giles, An extended collection of matrix derivative results, 2008, section 2.3.1.
  vjps: ([cotangent], { inputs: [a], outputs: [x] }) => {
    const right = solveAligned(transposeLast(a!), cotangent!);
    return [neg(matmul(right, transposeLast(x!))), right];
  },
};

/** Operand `[..., n, n]`. */
const inversePrimitive: Primitive<NoAttributes> = {
  name: "inverse",
  samples: () => [sample([3, 1, 1]), sample([1, 1]), sample([0, 0])],
  shape: ([a]) => either.right(a!),
  fill: ([a], _, [output]) => {
    const failure = decompositionsInUse().solve(a!, undefined, output);
    if (failure !== undefined) throw dependentError("inverse", a!, failure);
  },
  batch: batchWhole,
  // Giles 2008, section 2.2.3.
  vjp: (_, cotangent, { output }) => neg(matmul(matmul(transposeLast(output), cotangent), transposeLast(output))),
};

/** The primitives of this file, for the generic checks. */
export const solvePrimitives = [inversePrimitive];

/** The primitives of several operands that are differentiated together. */
export const multiSolvePrimitives = [solvePrimitive];

/** Returns the error for a matrix of a stack that is singular. */
export const dependentError = (op: string, a: View, { index, position }: Failure): RangeError =>
  singularError(
    op,
    a,
    index,
    `columns must be independent, and column ${position} depends on those before it, up to rounding`,
    "add a small multiple of eye, or use svd, which takes any matrix",
  );

const solveAligned = <D extends DType>(a: Tensor<D>, b: Tensor<D>): Tensor<D> =>
  applySeveral(solvePrimitive, {}, [a, b])[0]!;

/**
 * Solves `a x = b` for square `a`.
 *
 * A matrix that is broadcast to several right-hand sides is factored once. The gradient factors the transposed matrix
 * again. Computed in float64 in JavaScript, whatever the dtype; a compiled program calls it outside of WebAssembly.
 *
 * @param a `[..., n, n]`
 * @param b `[..., n, k]`, a column for each right-hand side; or vectors, `[n]`, or `[..., n]` with the leading axes of `a`, as
 * in PyTorch. Leading axes broadcast.
 * @returns The shape of `b`, with the leading axes that it broadcasts to.
 * @throws {ShapeError} If `a` is not square, `b` has another number of rows, or the leading axes do not broadcast.
 * @throws {RangeError} If a matrix is singular, up to rounding; the message says which.
 * @throws {DTypeError} If the dtypes differ.
 * @see Golub and Van Loan, Matrix Computations, 4th edition, section 3.4; the derivative: Giles, An extended collection
 * of matrix derivative results for forward and reverse mode algorithmic differentiation, 2008, section 2.3.1.
 *
 * @example
 * ```ts
 * import { solve, tensor64, toArray, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const a = tensor64([[0, 2], [4, 0]]);
 * assertEquals(toList(solve(a, tensor64([6, 4]))), [1, 3]);
 * assertEquals(toArray(solve(a, tensor64([[6, 2], [4, 8]]))), [[1, 2], [3, 1]]);
 * ```
 */
export function solve<D extends DType>(a: Tensor<D>, b: Tensor<NoInfer<D>>): Tensor<D> {
  requireSquare("solve", a);
  const aligned = alignRightSides<D>("solve", a, b);
  return aligned.restore(solveAligned(aligned.a, aligned.b));
}

/**
 * Computes the inverse of square matrices. To multiply by an inverse, use {@link solve}, which is faster and more accurate.
 *
 * Computed in float64 in JavaScript, whatever the dtype; a compiled program calls it outside of WebAssembly.
 *
 * @param a `[..., n, n]`
 * @returns The shape of `a`.
 * @throws {ShapeError} If `a` is not square.
 * @throws {RangeError} If a matrix is singular, up to rounding; the message says which.
 * @see Giles, An extended collection of matrix derivative results for forward and reverse mode algorithmic
 * differentiation, 2008, section 2.2.3, for the derivative.
 *
 * @example
 * ```ts
 * import { inverse, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(inverse(tensor64([[0, 2], [4, 0]]))), [[0, 0.25], [0.5, 0]]);
 * ```
 */
export function inverse<D extends DType>(a: Tensor<D>): Tensor<D> {
  requireSquare("inverse", a);
  return apply(inversePrimitive, {}, [a]);
}
