/**
 * Systems of equations with triangular matrices.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import { checkOptions, type Complete } from "../../blas/options.ts";
import { decompositionsInUse } from "../../blas/parts/decompositions.ts";
import type { Shape } from "../../blas/shape.ts";
import type { View } from "../../blas/view.ts";
import { batchWhole } from "../batch.ts";
import { applySeveral, type MultiPrimitive } from "../multi_primitive.ts";
import { neg } from "../ops/arithmetic.ts";
import { matmul } from "../ops/matmul.ts";
import type { Tensor } from "../tensor.ts";
import { alignRightSides, requireSquare, singularError, transposeLast, triangleOf } from "./matrices.ts";

/** The settings of {@link solveTriangular}. */
export type SolveTriangularOptions = {
  /** Whether the lower triangle is read, or the upper one; `true` if left out. */
  readonly lower?: boolean | undefined;
};

type TriangularAttributes = Complete<SolveTriangularOptions>;

const sample = (a: Shape, b: Shape, lower: boolean) => ({
  attributes: { lower },
  inputs: [{ shape: a, min: 0.5, max: 1.5 }, { shape: b }],
});

/** Operands `[..., n, n]` and `[..., n, k]` with the same leading axes. */
const solveTriangularPrimitive: MultiPrimitive<TriangularAttributes> = {
  name: "solveTriangular",
  samples: () => [
    sample([3, 3], [3, 2], true),
    sample([3, 3], [3, 1], false),
    sample([2, 2, 2], [2, 2, 3], true),
    sample([1, 0, 0], [1, 0, 2], false),
  ],
  shapes: ([_, b]) => either.right([b!]),
  fill: ([a, b], { lower }, [output]) => {
    const failure = decompositionsInUse().solveTriangular(a!, b!, lower, output!); // its only result is wanted
    if (failure !== undefined) throw zeroError(a!, failure.index, failure.position);
  },
  batch: batchWhole,
  // Giles, An extended collection of matrix derivative results, 2008, section 2.3.1, on the triangle that is read.
  vjps: ([cotangent], { attributes: { lower }, inputs: [a], outputs: [x] }) => {
    const right = solveAligned(transposeLast(a!), cotangent!, !lower);
    return [triangleOf(neg(matmul(right, transposeLast(x!))), { lower, diagonal: true }), right];
  },
};

/** The primitives of this file, for the generic checks. */
export const solveTriangularPrimitives = [solveTriangularPrimitive];

const solveAligned = <D extends DType>(a: Tensor<D>, b: Tensor<D>, lower: boolean): Tensor<D> =>
  applySeveral(solveTriangularPrimitive, { lower }, [a, b])[0]!;

const zeroError = (a: View, index: number, position: number): RangeError =>
  singularError(
    "solveTriangular",
    a,
    index,
    `its diagonal must not have zeros, and has one at ${position}`,
    "the factor that it comes from is singular, too: use svd, or add a small multiple of eye before factoring",
  );

/**
 * Solves `a x = b`, where `a` is triangular: only its lower triangle is read, or only the upper one.
 *
 * Computed in float64, whatever the dtype, by kernels of its own, which compiled programs call.
 *
 * @param a `[..., n, n]`
 * @param b `[..., n, k]`, a column for each right-hand side; or vectors, `[n]`, or `[..., n]` with the leading axes of `a`.
 * Leading axes broadcast.
 * @param options `lower`: `true`, the default, for the lower triangle.
 * @returns The shape of `b`, with the leading axes that it broadcasts to.
 * @throws {ShapeError} If `a` is not square, `b` has another number of rows, or the leading axes do not broadcast.
 * @throws {RangeError} If the diagonal has a zero: the matrix is singular.
 * @throws {DTypeError} If the dtypes differ.
 * @see Giles, An extended collection of matrix derivative results for forward and reverse mode algorithmic
 * differentiation, 2008, section 2.3.1.
 *
 * @example
 * ```ts
 * import { solveTriangular, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const a = tensor64([[2, 4], [1, 5]]), b = tensor64([2, 11]);
 * assertEquals(toList(solveTriangular(a, b)), [1, 2]);
 * assertEquals(toList(solveTriangular(a, tensor64([14, 15]), { lower: false })), [1, 3]);
 * ```
 */
export function solveTriangular<D extends DType>(
  a: Tensor<D>,
  b: Tensor<NoInfer<D>>,
  options: SolveTriangularOptions = {},
): Tensor<D> {
  checkOptions("apply solveTriangular", options, { lower: "flag" });
  const { lower = true } = options;
  requireSquare("solveTriangular", a);
  const aligned = alignRightSides<D>("solveTriangular", a, b);
  return aligned.restore(solveAligned(aligned.a, aligned.b, lower));
}
