/**
 * Singular value decomposition.
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
import { add, div, mul, sub } from "../ops/arithmetic.ts";
import { matmul } from "../ops/matmul.ts";
import { square } from "../ops/power.ts";
import { expandDims } from "../ops/reshape.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { inverseDifferences } from "./eigh.ts";
import { leadingOf, requireMatrix, transposeLast } from "./matrices.ts";

/** The result of {@link svd}. */
export type SvdResult<D extends DType> = {
  /** Left singular vectors, as orthonormal columns. */
  readonly u: Tensor<D>;
  /** Singular values, descending. */
  readonly s: Tensor<D>;
  /** Right singular vectors, as orthonormal columns. */
  readonly v: Tensor<D>;
};

const sample = (shape: Shape) => ({ attributes: {}, inputs: [{ shape, min: 0.5, max: 2 }] });

/** Operand `[..., m, n]`; results `[..., m, k]`, `[..., k]` and `[..., n, k]`, where `k` is the smaller of `m` and `n`. */
const svdPrimitive: MultiPrimitive<NoAttributes> = {
  name: "svd",
  samples: () => [sample([3, 1]), sample([1, 2]), sample([2, 1, 1]), sample([2, 0])], // see solve.ts
  shapes: ([a]) => {
    // The operand is a matrix, as `svd` checked.
    const [m, n] = a!.slice(-2) as [number, number], k = Math.min(m, n), leading = leadingOf(a!);
    return either.right([[...leading, m, k], [...leading, k], [...leading, n, k]]);
  },
  fill: ([a], _, [u, s, v]) => decompositionsInUse().svd(a!, u, s, v),
  batch: batchWhole,
  vjps: ([ofU, ofS, ofV], { outputs: [u, s, v] }) => {
    const parts = [
      ...ofS === null ? [] : [matmul(mul(u!, asRow(ofS!)), transposeLast(v!))],
      ...ofU === null ? [] : [shareOfVectors(u!, s!, v!, ofU!)],
      ...ofV === null ? [] : [transposeLast(shareOfVectors(v!, s!, u!, ofV!))],
    ];
    return [parts.length === 0 ? null : parts.reduce((a, b) => add(a, b))];
  },
};

/** The primitives of this file, for the generic checks. */
export const svdPrimitives = [svdPrimitive];

/** Returns one number for each column, as rows. */
const asRow = (x: Tensor): Tensor => expandDims(x, -2);

/**
 * Returns the part of the operand's cotangent that comes from the left vectors; with left and right exchanged, the
 * transpose of the part that comes from the right ones.
 *
 * @see Townsend, Differentiating the singular value decomposition, 2016, eq. 31.
 */
function shareOfVectors(u: Tensor, s: Tensor, v: Tensor, ofU: Tensor): Tensor {
  const along = matmul(transposeLast(u), ofU), turned = sub(along, transposeLast(along));
  const mixture = mul(mul(inverseDifferences(square(s), along), turned), asRow(s));
  const within = matmul(matmul(u, mixture), transposeLast(v));
  const [rows, columns] = innerShape(u).slice(-2) as [number, number]; // a matrix: it has two axes
  if (rows === columns) return within;
  // The part outside the space that the vectors span.
  const beyond = sub(ofU, matmul(u, along));
  return add(within, matmul(div(beyond, asRow(s)), transposeLast(v)));
}

/**
 * Computes the thin singular value decomposition: `a = u * s @ transpose(v)`.
 *
 * Vectors are determined up to their signs: here, the first of the largest elements of each column of `u` is positive.
 * Where singular values coincide, or are 0, vectors have no derivative, and the gradient of results that depend on them
 * is not finite; the gradient of the values is right where they are not 0. Small values are as accurate as large ones,
 * relative to their column. Computed in float64 in JavaScript, whatever the dtype, which takes longer than the other
 * decompositions: a
 * matrix of 256 x 256 takes most of a second, one of 512 x 512 eight times that; a compiled program calls it outside of
 * WebAssembly.
 *
 * @param a `[..., m, n]`
 * @returns `{ u, s, v }`: `[..., m, k]`, `[..., k]`, descending, and `[..., n, k]`, where `k` is the smaller of `m` and
 * `n`. NaN where a matrix has a number that is not finite.
 * @throws {ShapeError} If `a` has fewer than two axes.
 * @see Hestenes, Inversion of Matrices by Biorthogonalization and Related Results, 1958; the derivative: Townsend,
 * Differentiating the singular value decomposition, 2016, eq. 31.
 *
 * @example
 * ```ts
 * import { matmul, mul, svd, tensor64, toList, transpose } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const a = tensor64([[3, 0], [4, 5]]), { u, s, v } = svd(a);
 * [Math.sqrt(45), Math.sqrt(5)].forEach((x, i) => assertAlmostEquals(toList(s)[i]!, x, 1e-14));
 * toList(matmul(mul(u, s), transpose(v))).forEach((x, i) => assertAlmostEquals(x, toList(a)[i]!, 1e-14));
 * ```
 */
export function svd<D extends DType>(a: Tensor<D>): SvdResult<D> {
  requireMatrix("svd", a);
  const [u, s, v] = applySeveral(svdPrimitive, {}, [a]);
  return { u: u!, s: s!, v: v! };
}
