/**
 * QR decomposition.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import { decompositionsInUse } from "../../blas/parts/decompositions.ts";
import type { Shape } from "../../blas/shape.ts";
import type { View } from "../../blas/view.ts";
import { batchWhole } from "../batch.ts";
import { applySeveral, type MultiPrimitive } from "../multi_primitive.ts";
import { add, neg } from "../ops/arithmetic.ts";
import { concat } from "../ops/concat.ts";
import { matmul } from "../ops/matmul.ts";
import { partAlong } from "../ops/slice.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { leadingOf, requireMatrix, singularError, transposeLast, triangleOf } from "./matrices.ts";
import { solveTriangular } from "./solve_triangular.ts";

/** The factors of {@link qr}. */
export type QrResult<D extends DType> = {
  /** Orthonormal columns. */
  readonly q: Tensor<D>;
  /** Upper triangular. */
  readonly r: Tensor<D>;
};

/** The operation that needs independent columns, which errors name; `undefined` if any will do. */
type QrAttributes = { readonly regularFor: string | undefined };

const sample = (shape: Shape) => ({ attributes: { regularFor: undefined }, inputs: [{ shape, min: 0.5, max: 2 }] });

/** Operand `[..., m, n]` with at least as many rows as columns; results `[..., m, n]` and `[..., n, n]`. */
const qrPrimitive: MultiPrimitive<QrAttributes> = {
  name: "qr",
  // Single columns: see solve.ts.
  samples: () => [sample([3, 1]), sample([2, 1, 1]), sample([2, 0])],
  shapes: ([a]) => either.right([a!, [...leadingOf(a!), a!.at(-1)!, a!.at(-1)!]]),
  fill: ([a], { regularFor }, [q, r]) => {
    const failure = decompositionsInUse().qr(a!, q, r, regularFor !== undefined);
    if (failure !== undefined) throw dependentError(regularFor!, a!, failure.index, failure.position); // only then
  },
  batch: batchWhole,
  // Walter and Lehmann, Algorithmic differentiation of linear algebra functions, 2012, section 2.4.
  vjps: ([ofQ, ofR], { outputs: [q, r] }) => {
    const parts = [
      ...ofR === null ? [] : [matmul(r!, transposeLast(ofR!))],
      ...ofQ === null ? [] : [neg(matmul(transposeLast(ofQ!), q!))],
    ];
    if (parts.length === 0) return [null];
    const mixed = parts.length === 2 ? add(parts[0]!, parts[1]!) : parts[0]!;
    const below = triangleOf(mixed, { lower: true, diagonal: false });
    const symmetric = add(triangleOf(mixed, { lower: true, diagonal: true }), transposeLast(below));
    const inner = matmul(q!, symmetric), whole = ofQ === null ? inner : add(ofQ!, inner);
    return [transposeLast(solveTriangular(r!, transposeLast(whole), { lower: false }))];
  },
};

/** The primitives of this file, for the generic checks. */
export const qrPrimitives = [qrPrimitive];

const dependentError = (op: string, a: View, index: number, column: number): RangeError =>
  singularError(
    op,
    a,
    index,
    `the shorter of its sides must be independent vectors, and vector ${column} depends on those before it, up to rounding`,
    "leave out what depends on the rest, or use svd, which takes any matrix",
  );

/**
 * {@link qr} of a checked matrix with at least as many rows as columns.
 *
 * @param regularFor The operation that needs independent columns, which errors name.
 */
export function tallQr<D extends DType>(a: Tensor<D>, regularFor?: string): QrResult<D> {
  const [q, r] = applySeveral(qrPrimitive, { regularFor }, [a]);
  return { q: q!, r: r! };
}

/**
 * Factors matrices into orthonormal columns and an upper triangular matrix: `a = q r`, thin.
 *
 * The signs are LAPACK's, so elements on the diagonal of `r` may be negative. The gradient needs independent columns
 * or, if there are fewer rows than columns, independence of the first `m`: otherwise it throws, or is huge. Computed in
 * float64 in JavaScript, whatever the dtype, at some 10^9 operations a
 * second; a compiled program calls it outside of WebAssembly.
 *
 * @param a `[..., m, n]`
 * @returns `{ q, r }`: `[..., m, k]` and `[..., k, n]`, where `k` is the smaller of `m` and `n`.
 * @throws {ShapeError} If `a` has fewer than two axes.
 * @see Golub and Van Loan, Matrix Computations, 4th edition, section 5.2; the derivative: Walter and Lehmann, Algorithmic
 * differentiation of linear algebra functions with application in optimum experimental design, 2012, section 2.4.
 *
 * @example
 * ```ts
 * import { matmul, qr, tensor64, toList } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { q, r } = qr(tensor64([[3, 1], [4, 2]]));
 * [-0.6, -0.8, -0.8, 0.6].forEach((x, i) => assertAlmostEquals(toList(q)[i]!, x, 1e-15));
 * [3, 1, 4, 2].forEach((x, i) => assertAlmostEquals(toList(matmul(q, r))[i]!, x, 1e-14));
 * ```
 */
export function qr<D extends DType>(a: Tensor<D>): QrResult<D> {
  requireMatrix("qr", a);
  const shape = innerShape(a), [m, n] = shape.slice(-2) as [number, number]; // a matrix: it has two axes
  if (m >= n) return tallQr(a);
  // The first columns determine q; the others are expressed in its coordinates.
  const last = shape.length - 1, { q, r } = tallQr(partAlong(a, last, 0, m));
  return { q, r: concat([r, matmul(transposeLast(q), partAlong(a, last, m, n - m))], last) };
}
