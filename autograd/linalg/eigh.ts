/**
 * Eigenvalues and eigenvectors of symmetric matrices.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import { decompositionsInUse } from "../../blas/parts/decompositions.ts";
import type { Shape } from "../../blas/shape.ts";
import { batchWhole } from "../batch.ts";
import type { NoAttributes } from "../elementwise.ts";
import { applySeveral, type MultiPrimitive } from "../multi_primitive.ts";
import { add, mul, scale, sub } from "../ops/arithmetic.ts";
import { where } from "../ops/choice.ts";
import { matmul } from "../ops/matmul.ts";
import { reciprocal } from "../ops/power.ts";
import { expandDims } from "../ops/reshape.ts";
import type { Tensor } from "../tensor.ts";
import { matrixOf, requireSquare, transposeLast } from "./matrices.ts";

/** The result of {@link eigh}. */
export type EighResult<D extends DType> = {
  /** Eigenvalues, ascending. */
  readonly values: Tensor<D>;
  /** Orthonormal eigenvectors, as columns. */
  readonly vectors: Tensor<D>;
};

const sample = (shape: Shape) => ({ attributes: {}, inputs: [{ shape }] });

/** Operand `[..., n, n]`, of which the symmetric part is used; results `[..., n]` and `[..., n, n]`. */
const eighPrimitive: MultiPrimitive<NoAttributes> = {
  name: "eigh",
  samples: () => [sample([2, 1, 1]), sample([1, 1]), sample([0, 0])], // see solve.ts
  shapes: ([a]) => either.right([a!.slice(0, -1), a!]),
  fill: ([a], _, [values, vectors]) => decompositionsInUse().eigh(a!, values, vectors),
  batch: batchWhole,
  // Giles 2008, section 3.1, made symmetric.
  vjps: ([ofValues, ofVectors], { outputs: [values, vectors] }) => {
    const parts = [
      ...ofValues === null ? [] : [mul(expandDims(ofValues!, -1), matrixOf(vectors!, (i, j) => i === j ? 1 : 0))],
      ...ofVectors === null
        ? []
        : [mul(inverseDifferences(values!, vectors!), matmul(transposeLast(vectors!), ofVectors!))],
    ];
    if (parts.length === 0) return [null];
    const inner = parts.length === 2 ? add(parts[0]!, parts[1]!) : parts[0]!;
    const whole = matmul(matmul(vectors!, inner), transposeLast(vectors!));
    return [scale(add(whole, transposeLast(whole)), 0.5)];
  },
};

/** The primitives of this file, for the generic checks. */
export const eighPrimitives = [eighPrimitive];

/**
 * Returns `1 / (x[j] - x[i])` at row `i` and column `j`, and 0 on the diagonal.
 *
 * @param x `[..., n]`
 * @param like A stack of `n x n` matrices.
 */
export function inverseDifferences(x: Tensor, like: Tensor): Tensor {
  const beside = matrixOf(like, (i, j) => i === j ? 0 : 1);
  const differences = sub(expandDims(x, -2), expandDims(x, -1));
  return where(beside, reciprocal(where(beside, differences, 1)), 0);
}

/**
 * Computes eigenvalues and eigenvectors of symmetric matrices: `a = vectors * values @ transpose(vectors)`.
 *
 * The symmetric part of `a`, `(a + a^T) / 2`, is used, so that the gradient is symmetric, as in PyTorch. Vectors are
 * determined up to their signs: here, the first of the largest elements of each is positive. Where eigenvalues
 * coincide, vectors have no derivative, and the gradient of results that depend on them is not finite; the gradient of
 * the values is right. Computed in float64 in JavaScript, whatever the dtype: a matrix of 256 x 256 takes a tenth of a
 * second; a
 * compiled program calls it outside of WebAssembly.
 *
 * @param a `[..., n, n]`, symmetric.
 * @returns `{ values, vectors }`: `[..., n]`, ascending, and `[..., n, n]`, a column for each. NaN where a matrix has a
 * number that is not finite.
 * @throws {ShapeError} If `a` is not square.
 * @see Golub and Van Loan, Matrix Computations, 4th edition, section 8.3; the derivative: Giles, An extended collection of
 * matrix derivative results for forward and reverse mode algorithmic differentiation, 2008, section 3.1.
 *
 * @example
 * ```ts
 * import { eigh, tensor64, toList } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { values, vectors } = eigh(tensor64([[2, 1], [1, 2]]));
 * [1, 3].forEach((x, i) => assertAlmostEquals(toList(values)[i]!, x, 1e-14));
 * [1, 1, -1, 1].forEach((x, i) => assertAlmostEquals(toList(vectors)[i]!, x * Math.SQRT1_2, 1e-14));
 * ```
 */
export function eigh<D extends DType>(a: Tensor<D>): EighResult<D> {
  requireSquare("eigh", a);
  const [values, vectors] = applySeveral(eighPrimitive, {}, [a]);
  return { values: values!, vectors: vectors! };
}
