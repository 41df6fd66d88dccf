/**
 * Determinants and their logarithms.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import { decompositionsInUse } from "../../blas/parts/decompositions.ts";
import type { Shape } from "../../blas/shape.ts";
import { batchWhole } from "../batch.ts";
import type { NoAttributes } from "../elementwise.ts";
import { mul } from "../ops/arithmetic.ts";
import { reshape } from "../ops/reshape.ts";
import { apply, type Primitive } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { leadingOf, requireSquare, transposeLast } from "./matrices.ts";
import { dependentError, inverse } from "./solve.ts";

const sample = (shape: Shape) => ({ attributes: {}, inputs: [{ shape, min: 0.5, max: 2 }] });
const samples = () => [sample([3, 1, 1]), sample([1, 1]), sample([2, 0, 0])]; // see solve.ts

/** Operand `[..., n, n]`, result `[...]`. */
const determinantPrimitive: Primitive<NoAttributes> = {
  name: "determinant",
  samples,
  shape: ([a]) => either.right(leadingOf(a!)),
  fill: ([a], _, [output]) => decompositionsInUse().determinant(a!, output),
  batch: batchWhole,
  // Giles 2008, section 2.2.4.
  vjp: (_, cotangent, { inputs: [a], output }) => mul(column(mul(cotangent, output)), transposeLast(inverse(a!))),
};

/** Operand `[..., n, n]`, result `[...]`. */
const logDeterminantPrimitive: Primitive<NoAttributes> = {
  name: "logDeterminant",
  samples,
  shape: ([a]) => either.right(leadingOf(a!)),
  fill: ([a], _, [output]) => {
    const failure = decompositionsInUse().logDeterminant(a!, output);
    if (failure !== undefined) throw dependentError("logDeterminant", a!, failure);
  },
  batch: batchWhole,
  vjp: (_, cotangent, { inputs: [a] }) => mul(column(cotangent), transposeLast(inverse(a!))),
};

/** The primitives of this file, for the generic checks. */
export const determinantPrimitives = [determinantPrimitive, logDeterminantPrimitive];

/** Returns a number for each matrix as matrices of one element. */
const column = (t: Tensor): Tensor => reshape(t, [...innerShape(t), 1, 1]);

/**
 * Computes the determinant of square matrices.
 *
 * The determinant of a singular matrix is 0, up to rounding; its gradient throws there, since it is computed from the inverse.
 * Computed in float64 in JavaScript, whatever the dtype; a compiled program calls it outside of WebAssembly.
 *
 * @param a `[..., n, n]`
 * @returns `[...]`, a number for each matrix; 1 if `n` is 0.
 * @throws {ShapeError} If `a` is not square.
 * @see Golub and Van Loan, Matrix Computations, 4th edition, section 3.4; the derivative: Giles, An extended collection
 * of matrix derivative results for forward and reverse mode algorithmic differentiation, 2008, section 2.2.4.
 *
 * @example
 * ```ts
 * import { determinant, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toNumber(determinant(tensor64([[1, 2], [4, 3]]))), -5);
 * ```
 */
export function determinant<D extends DType>(a: Tensor<D>): Tensor<D> {
  requireSquare("determinant", a);
  return apply(determinantPrimitive, {}, [a]);
}

/**
 * Computes the logarithm of the absolute value of the determinant, which neither overflows nor vanishes for large
 * matrices.
 *
 * Computed in float64 in JavaScript, whatever the dtype; a compiled program calls it outside of WebAssembly.
 *
 * @param a `[..., n, n]`
 * @returns `[...]`, a number for each matrix; 0 if `n` is 0.
 * @throws {ShapeError} If `a` is not square.
 * @throws {RangeError} If a matrix is singular, up to rounding; the message says which.
 * @see Giles, An extended collection of matrix derivative results for forward and reverse mode algorithmic
 * differentiation, 2008, section 2.2.4, for the derivative.
 *
 * @example
 * ```ts
 * import { logDeterminant, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(logDeterminant(tensor64([[1, 2], [4, 3]]))), Math.log(5), 1e-15);
 * ```
 */
export function logDeterminant<D extends DType>(a: Tensor<D>): Tensor<D> {
  requireSquare("logDeterminant", a);
  return apply(logDeterminantPrimitive, {}, [a]);
}
