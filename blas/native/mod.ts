/**
 * The native engine: CBLAS for levels 1 to 3, another engine for the rest. The other engine compiles programs, with
 * products computed by CBLAS. Operands are checked here too, since CBLAS reads and writes whatever it is told to.
 *
 * @module
 */
import { gemmBatchedBy } from "../batches.ts";
import type { DType } from "../dtype.ts";
import type { Engine, GemmOperands, GemvOperands } from "../engine.ts";
import { checkMatrixVector, checkOuter, checkProduct, checkProducts, checkVectors } from "../fitting.ts";
import { lineOf } from "../reference/gemm.ts";
import { type MutableView, transposeView, type View } from "../view.ts";
import { copied, type Matrix, matrixOf, type Vector, vectorOf } from "./layout.ts";
import { type Cblas, openCblas } from "./library.ts";

/** The elements of a matrix whose product with a vector takes the time of more than a few calls. */
const LARGE = 131_072;

/** CBLAS's numbers for row-major order, for a matrix, and for its transpose. */
const ROW_MAJOR = 101, PLAIN = 111, TRANSPOSED = 112;

/**
 * Makes an engine that calls a CBLAS library.
 *
 * @param rest The engine that computes everything except BLAS levels 1 to 3.
 * @param path The library's file; by default the usual names are tried: OpenBLAS on Linux, Accelerate on macOS.
 * @throws {Error} If no library with the CBLAS functions can be opened; the message says what was tried and what to do.
 */
export function nativeEngineOver(rest: Engine, path?: string): Engine {
  const { cblas, name } = openCblas(path);
  const vector = (x: View): Vector => vectorOf(x) ?? vectorOf(copied(rest, x))!;
  const matrix = (a: View): Matrix => matrixOf(a) ?? matrixOf(copied(rest, a))!;
  const gemv = <D extends DType>(operands: GemvOperands<D>): void => {
    const { alpha, a, x, beta, y } = operands, [m, n] = a.shape as readonly [number, number]; // a matrix
    if (m === 0 || n === 0) return rest.gemv(operands);
    const p = matrix(a), v = vector(x), w = vectorOf(y)!;
    const f = cblas[a.dtype].gemv;
    const [rows, columns] = p.transposed ? [n, m] : [m, n], order = p.transposed ? TRANSPOSED : PLAIN;
    f(ROW_MAJOR, order, rows, columns, alpha, p.elements, p.leading, v.elements, v.step, beta, w.elements, w.step);
  };
  const gemm = gemmOver(cblas, rest, matrix, gemv), gemmBatched = gemmBatchedBy(gemm);
  return {
    ...rest,
    name: `native (${name})`,
    dot: (x, y) => {
      checkVectors("dot", { x, y });
      const p = vector(x), q = vector(y), f = cblas[x.dtype].dot;
      return f(x.size, p.elements, p.step, q.elements, q.step);
    },
    axpy: ({ alpha, x, y }) => {
      checkVectors("axpy", { x, y });
      const p = vector(x), q = vectorOf(y)!, f = cblas[x.dtype].axpy;
      f(x.size, alpha, p.elements, p.step, q.elements, q.step);
    },
    // The other engine handles a factor of 0, since libraries disagree on whether it clears NaN, and negative strides,
    // for which CBLAS does nothing. The same holds below.
    scal: ({ alpha, x }) => {
      checkVectors("scal", { x });
      if (alpha === 0 || x.stride[0]! < 0) return rest.scal({ alpha, x });
      const p = vectorOf(x)!, f = cblas[x.dtype].scal;
      f(x.size, alpha, p.elements, p.step);
    },
    nrm2: (x) => {
      checkVectors("nrm2", { x });
      const p = vector(x), f = cblas[x.dtype].nrm2;
      return f(x.size, p.elements, Math.abs(p.step));
    },
    asum: (x) => {
      checkVectors("asum", { x });
      const p = vector(x), f = cblas[x.dtype].asum;
      return f(x.size, p.elements, Math.abs(p.step));
    },
    ger: <D extends DType>(operands: {
      readonly alpha: number;
      readonly x: View<D>;
      readonly y: View<D>;
      readonly a: MutableView<D>;
    }) => {
      checkOuter(operands);
      const { alpha, x, y, a } = operands, [m, n] = a.shape as readonly [number, number], c = matrixOf(a); // a matrix
      if (c === undefined) return rest.ger(operands);
      const [p, q] = c.transposed ? [vector(y), vector(x)] : [vector(x), vector(y)];
      const [rows, columns] = c.transposed ? [n, m] : [m, n];
      const f = cblas[x.dtype].ger;
      f(ROW_MAJOR, rows, columns, alpha, p.elements, p.step, q.elements, q.step, c.elements, c.leading);
    },
    gemv: <D extends DType>(operands: GemvOperands<D>) => {
      checkMatrixVector(operands);
      gemv(operands);
    },
    gemm,
    gemmBatched: <D extends DType>(operands: GemmOperands<D>) => {
      checkProducts(operands);
      gemmBatched(operands);
    },
  };
}

function gemmOver(cblas: Cblas, rest: Engine, matrix: (a: View) => Matrix, gemv: Engine["gemv"]): Engine["gemm"] {
  return <D extends DType>(operands: GemmOperands<D>): void => {
    checkProduct(operands);
    // A matrix.
    const { alpha, a, b, beta, c } = operands, [m, n] = c.shape as readonly [number, number], k = a.shape[1]!;
    if (m === 0 || n === 0 || k === 0) return rest.gemm(operands);
    // OpenBLAS takes up to four times as long for such products of matrices, and loses more digits. Smaller ones are not worth
    // the threads that gemv wakes, which then take time from the runtime's.
    if (n === 1 && a.size > LARGE) return gemv({ alpha, a, x: lineOf(b, 0), beta, y: lineOf(c, 0) });
    if (m === 1 && b.size > LARGE) return gemv({ alpha, a: transposeView(b), x: lineOf(a, 1), beta, y: lineOf(c, 1) });
    const to = matrixOf(c);
    if (to === undefined) return rest.gemm(operands);
    const p = matrix(a),
      q = matrix(b),
      order = (x: Matrix, flipped: boolean) => x.transposed !== flipped ? TRANSPOSED : PLAIN;
    const f = cblas[a.dtype].gemm;
    // If c is column-major, its transpose is row-major, and equals transpose(b) * transpose(a).
    if (to.transposed) {
      f(
        ROW_MAJOR,
        order(q, true),
        order(p, true),
        n,
        m,
        k,
        alpha,
        q.elements,
        q.leading,
        p.elements,
        p.leading,
        beta,
        to.elements,
        to.leading,
      );
    } else {
      f(
        ROW_MAJOR,
        order(p, false),
        order(q, false),
        m,
        n,
        k,
        alpha,
        p.elements,
        p.leading,
        q.elements,
        q.leading,
        beta,
        to.elements,
        to.leading,
      );
    }
  };
}
