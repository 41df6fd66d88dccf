/**
 * Linear least squares.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { matmul } from "../ops/matmul.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { alignRightSides, requireMatrix, transposeLast } from "./matrices.ts";
import { tallQr } from "./qr.ts";
import { solveTriangular } from "./solve_triangular.ts";

/**
 * Finds the `x` for which `a x` is nearest to `b`: that with the smallest sum of squares of `a x - b`. If there are
 * many, because `a` has more columns than rows, it finds the shortest.
 *
 * A QR decomposition of `a`, or of its transpose, solves it. Computed in float64, whatever the dtype, by
 * kernels of its own, which compiled programs call.
 *
 * @param a `[..., m, n]`, whose columns are independent, or whose rows if they are fewer.
 * @param b `[..., m, k]`, a column for each right-hand side; or vectors, `[m]`, or `[..., m]` with the leading axes of `a`, as
 * in {@link solve}. Leading axes broadcast.
 * @returns `[..., n, k]`, or `[..., n]` for vectors.
 * @throws {ShapeError} If `a` has fewer than two axes, `b` has another number of rows, or the leading axes do not
 * broadcast.
 * @throws {RangeError} If the columns, or the rows if they are fewer, are not independent, up to rounding.
 * @throws {DTypeError} If the dtypes differ.
 * @see Golub and Van Loan, Matrix Computations, 4th edition, sections 5.3.2 and 5.6.2.
 *
 * @example A line through three points
 * ```ts
 * import { leastSquares, tensor64, toList } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const slopeAndOffset = leastSquares(tensor64([[0, 1], [1, 1], [2, 1]]), tensor64([1, 3, 5]));
 * [2, 1].forEach((x, i) => assertAlmostEquals(toList(slopeAndOffset)[i]!, x, 1e-14));
 * ```
 */
export function leastSquares<D extends DType>(a: Tensor<D>, b: Tensor<NoInfer<D>>): Tensor<D> {
  requireMatrix("leastSquares", a);
  const aligned = alignRightSides<D>("leastSquares", a, b);
  const [m, n] = innerShape(a).slice(-2) as [number, number]; // a matrix: it has two axes
  if (m >= n) {
    const { q, r } = tallQr(aligned.a, "leastSquares");
    return aligned.restore(solveTriangular(r, matmul(transposeLast(q), aligned.b), { lower: false }));
  }
  const { q, r } = tallQr(transposeLast(aligned.a), "leastSquares");
  return aligned.restore(matmul(q, solveTriangular(transposeLast(r), aligned.b)));
}
