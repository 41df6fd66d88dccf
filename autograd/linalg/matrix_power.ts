/**
 * Powers of square matrices.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { matmul } from "../ops/matmul.ts";
import { broadcastTo } from "../ops/sum.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { matrixOf, requireSquare } from "./matrices.ts";
import { inverse } from "./solve.ts";

/**
 * Multiplies a square matrix by itself, in as many products as the exponent has binary digits, or twice that.
 *
 * @param a `[..., n, n]`
 * @param exponent A whole number: 0 gives the identity, a negative one powers of the inverse.
 * @returns The shape of `a`.
 * @throws {ShapeError} If `a` is not square.
 * @throws {RangeError} If the exponent is not a whole number of at most 2^31 in size, or is negative and a matrix is
 * singular.
 *
 * @example The tenth and the eleventh number of Fibonacci
 * ```ts
 * import { matrixPower, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(matrixPower(tensor64([[1, 1], [1, 0]]), 10)), [[89, 55], [55, 34]]);
 * ```
 */
export function matrixPower<D extends DType>(a: Tensor<D>, exponent: number): Tensor<D> {
  requireSquare("matrixPower", a);
  if (!Number.isInteger(exponent) || Math.abs(exponent) > 2 ** 31) {
    throw new RangeError(
      `Cannot apply matrixPower with ${
        describe(exponent)
      } for exponent: it must be a whole number of at most 2^31 in ` +
        "size; for other powers of symmetric matrices, raise the values of eigh",
    );
  }
  if (exponent === 0) return broadcastTo(matrixOf(a, (i, j) => i === j ? 1 : 0), innerShape(a));
  return power(exponent < 0 ? inverse(a) : a, Math.abs(exponent));
}

/** Computes a power by repeated squaring; `count` is at least 1. */
function power<D extends DType>(a: Tensor<D>, count: number): Tensor<D> {
  if (count === 1) return a;
  const half = power(a, Math.floor(count / 2)), squared = matmul(half, half);
  return count % 2 === 0 ? squared : matmul(squared, a);
}
