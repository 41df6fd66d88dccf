/**
 * BLAS levels 1 to 3 over strided views, through the engine in use.
 *
 * These functions check their operands; the library's own operations call the engine directly. Each function writes to
 * one operand: `y` of axpy, gemv and copy, `x` of scal, `a` of ger, `c` of gemm.
 *
 * @module
 */
import { isView } from "./checked_views.ts";
import { describe } from "./describe.ts";
import type { DType } from "./dtype.ts";
import type { GemmOperands, GemvOperands } from "./engine.ts";
import { checkFit, checkMatrixVector, checkOuter, checkProduct, checkProducts, checkVectors } from "./fitting.ts";
import { copyPart } from "./parts/copy.ts";
import { productPart } from "./parts/product.ts";
import { vectorPart } from "./parts/vector.ts";
import { sameShape } from "./shape.ts";
import type { MutableView, View } from "./view.ts";

type Operands = { readonly [name: string]: View };

/** Operands as a caller passes them: views and numbers by name. */
type Given = { readonly [name: string]: unknown };

/** Throws unless these are views: callers without types can pass anything. */
function checkViews(op: string, views: Given): void {
  for (const name in views) {
    if (isView(views[name])) continue;
    throw new TypeError(
      `Cannot apply ${op} to ${describe(views[name])} as ${name}: it must be a view; make one with view(data, shape)`,
    );
  }
}

/** Throws unless the operands are a record with these views and these numbers. */
function checkRecord(op: string, operands: object, views: readonly string[], numbers: readonly string[] = []): void {
  if (typeof operands !== "object" || operands === null) {
    throw new TypeError(
      `Cannot apply ${op} to ${describe(operands)}: operands must be a record; pass { ${
        [...numbers, ...views].join(", ")
      } }`,
    );
  }
  const given = operands as Given; // checked: a record
  checkViews(op, Object.fromEntries(views.map((name) => [name, given[name]])));
  for (const name of numbers) {
    if (typeof given[name] === "number") continue;
    throw new TypeError(
      `Cannot apply ${op} with ${name} ${describe(given[name])}: it must be a number; 1 and 0 are usual`,
    );
  }
}

const vectors = (op: string, operands: Operands): void => {
  checkViews(op, operands);
  checkVectors(op, operands);
};

/**
 * Returns the inner product `sum(x * y)`.
 *
 * @param x `[n]`
 * @param y `[n]`
 * @throws {ShapeError} If they are not vectors of one length.
 * @throws {DTypeError} If their dtypes differ.
 */
export function dot<D extends DType>(x: View<D>, y: View<NoInfer<D>>): number {
  vectors("dot", { x, y });
  return vectorPart.inUse().dot(x, y);
}

/**
 * Computes `y = alpha * x + y`.
 *
 * @throws {ShapeError} If they are not vectors of one length.
 * @throws {DTypeError} If their dtypes differ.
 */
export function axpy<D extends DType>(
  operands: { readonly alpha: number; readonly x: View<D>; readonly y: MutableView<D> },
): void {
  checkRecord("axpy", operands, ["x", "y"], ["alpha"]);
  vectors("axpy", { x: operands.x, y: operands.y });
  vectorPart.inUse().axpy(operands);
}

/**
 * Computes `x = alpha * x`.
 *
 * @throws {ShapeError} If `x` is not a vector.
 */
export function scal<D extends DType>(operands: { readonly alpha: number; readonly x: MutableView<D> }): void {
  checkRecord("scal", operands, ["x"], ["alpha"]);
  vectors("scal", { x: operands.x });
  vectorPart.inUse().scal(operands);
}

/**
 * Returns the Euclidean norm of a vector, without overflow or underflow on the way.
 *
 * @throws {ShapeError} If `x` is not a vector.
 */
export function nrm2<D extends DType>(x: View<D>): number {
  vectors("nrm2", { x });
  return vectorPart.inUse().nrm2(x);
}

/**
 * Returns the sum of the absolute values of a vector.
 *
 * @throws {ShapeError} If `x` is not a vector.
 */
export function asum<D extends DType>(x: View<D>): number {
  vectors("asum", { x });
  return vectorPart.inUse().asum(x);
}

/**
 * Returns the index of the first NaN, or else of the first element of largest absolute value; -1 if empty.
 *
 * @throws {ShapeError} If `x` is not a vector.
 */
export function iamax<D extends DType>(x: View<D>): number {
  vectors("iamax", { x });
  return vectorPart.inUse().iamax(x);
}

/**
 * Copies `x` to `y`.
 *
 * @throws {ShapeError} If their shapes, of any rank, differ.
 * @throws {DTypeError} If their dtypes differ.
 */
export function copy<D extends DType>(operands: { readonly x: View<D>; readonly y: MutableView<D> }): void {
  checkRecord("copy", operands, ["x", "y"]);
  const { x, y } = operands;
  checkFit("copy", { x, y }, sameShape(x.shape, y.shape), "two views of one shape");
  copyPart.inUse().copy(operands);
}

/**
 * Computes `a = alpha * x * transpose(y) + a`.
 *
 * @throws {ShapeError} Unless `x` is `[m]`, `y` is `[n]` and `a` is `[m, n]`.
 * @throws {DTypeError} If their dtypes differ.
 */
export function ger<D extends DType>(
  operands: { readonly alpha: number; readonly x: View<D>; readonly y: View<D>; readonly a: MutableView<D> },
): void {
  checkRecord("ger", operands, ["x", "y", "a"], ["alpha"]);
  checkOuter(operands);
  vectorPart.inUse().ger(operands);
}

/**
 * Computes `y = alpha * a * x + beta * y`; if `beta` is 0, `y` is not read.
 *
 * @throws {ShapeError} Unless `a` is `[m, n]`, `x` is `[n]` and `y` is `[m]`.
 * @throws {DTypeError} If their dtypes differ.
 */
export function gemv<D extends DType>(operands: GemvOperands<D>): void {
  checkRecord("gemv", operands, ["a", "x", "y"], ["alpha", "beta"]);
  checkMatrixVector(operands);
  vectorPart.inUse().gemv(operands);
}

/**
 * Computes `c = alpha * a * b + beta * c`; if `beta` is 0, `c` is not read.
 *
 * @throws {ShapeError} Unless `a` is `[m, k]`, `b` is `[k, n]` and `c` is `[m, n]`.
 * @throws {DTypeError} If their dtypes differ.
 *
 * @example The product with a transposed matrix, without copying it
 * ```ts
 * import { allocate, gemm, transposeView, view } from "@nanograd/nanograd/blas";
 * import { assertEquals } from "@std/assert";
 *
 * const a = view(new Float64Array([1, 2, 3, 4]), [2, 2]);
 * const c = allocate("float64", [2, 2]);
 * gemm({ alpha: 1, a, b: transposeView(a), beta: 0, c });
 * assertEquals([c.get(0, 0), c.get(0, 1), c.get(1, 1)], [5, 11, 25]);
 * ```
 */
export function gemm<D extends DType>(operands: GemmOperands<D>): void {
  checkRecord("gemm", operands, ["a", "b", "c"], ["alpha", "beta"]);
  checkProduct(operands);
  productPart.inUse().gemm(operands);
}

/**
 * Computes {@link gemm} for each index of a leading axis.
 *
 * @throws {ShapeError} Unless `a` is `[batch, m, k]`, `b` is `[batch, k, n]` and `c` is `[batch, m, n]`.
 * @throws {DTypeError} If their dtypes differ.
 */
export function gemmBatched<D extends DType>(operands: GemmOperands<D>): void {
  checkRecord("gemmBatched", operands, ["a", "b", "c"], ["alpha", "beta"]);
  checkProducts(operands);
  productPart.inUse().gemmBatched(operands);
}
