/**
 * Whether operands of BLAS functions fit together: public functions ask it, and engines whose code could otherwise reach
 * beyond an array.
 *
 * @module
 */
import type { GemmOperands, GemvOperands } from "./engine.ts";
import type { DType } from "./dtype.ts";
import { DTypeError, ShapeError } from "./errors.ts";
import { sameShape, type Shape } from "./shape.ts";
import type { View } from "./view.ts";

type Operands = { readonly [name: string]: View };

/** Throws unless all operands have one dtype and `fits` is true. */
export function checkFit(op: string, operands: Operands, fits: boolean, wanted: string): void {
  let dtype: DType | undefined, isOne = true;
  for (const name in operands) {
    dtype ??= operands[name]!.dtype;
    isOne &&= operands[name]!.dtype === dtype;
  }
  if (isOne && fits) return;
  const views = Object.values(operands);
  if (!isOne) {
    throw new DTypeError({
      op,
      given: views.map(({ dtype }) => dtype),
      problem: "all operands must have one dtype",
      remedy: "convert one of them",
    });
  }
  const given = Object.fromEntries(
    Object.entries(operands).map(([name, { shape }]): [string, Shape] => [name, shape]),
  );
  throw new ShapeError({ op, given, problem: `wanted ${wanted}`, remedy: "correct the operand that does not fit" });
}

/** Throws unless all operands are vectors of one length. */
export function checkVectors(op: string, operands: Operands): void {
  let length: number | undefined, fits = true;
  for (const name in operands) {
    const { shape } = operands[name]!;
    length ??= shape[0];
    fits &&= shape.length === 1 && shape[0] === length;
  }
  checkFit(op, operands, fits, "vectors of one length");
}

/** Throws unless `x` is `[m]`, `y` is `[n]` and `a` is `[m, n]`. */
export function checkOuter({ x, y, a }: { readonly x: View; readonly y: View; readonly a: View }): void {
  const fits = x.shape.length === 1 && y.shape.length === 1 && isMatrix(a.shape, x.shape[0]!, y.shape[0]!);
  checkFit("ger", { x, y, a }, fits, "x [m], y [n] and a [m, n]");
}

/** Throws unless `a` is `[m, n]`, `x` is `[n]` and `y` is `[m]`. */
export function checkMatrixVector<D extends DType>({ a, x, y }: GemvOperands<D>): void {
  const fits = x.shape.length === 1 && y.shape.length === 1 && isMatrix(a.shape, y.shape[0]!, x.shape[0]!);
  checkFit("gemv", { a, x, y }, fits, "a [m, n], x [n] and y [m]");
}

/** Throws unless `a` is `[m, k]`, `b` is `[k, n]` and `c` is `[m, n]`. */
export function checkProduct<D extends DType>({ a, b, c }: GemmOperands<D>): void {
  const [m, k] = a.shape as readonly [number, number], n = b.shape[1]!; // matrices, or they do not fit
  const fits = isMatrix(a.shape, m, k) && isMatrix(b.shape, k, n) && isMatrix(c.shape, m, n);
  checkFit("gemm", { a, b, c }, fits, "a [m, k], b [k, n] and c [m, n]");
}

/** Throws unless `a` is `[batch, m, k]`, `b` is `[batch, k, n]` and `c` is `[batch, m, n]`. */
export function checkProducts<D extends DType>({ a, b, c }: GemmOperands<D>): void {
  const [batch, m, n] = c.shape as readonly [number, number, number], k = a.shape[2]!; // three axes, or they do not fit
  const fits = c.shape.length === 3 && sameShape(a.shape, [batch, m, k]) && sameShape(b.shape, [batch, k, n]);
  checkFit("gemmBatched", { a, b, c }, fits, "a [batch, m, k], b [batch, k, n] and c [batch, m, n]");
}

const isMatrix = (shape: Shape, rows: number, columns: number): boolean =>
  shape.length === 2 && shape[0] === rows && shape[1] === columns;
