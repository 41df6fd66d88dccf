/**
 * Matrix products.
 *
 * @module
 */
import { either } from "../../deps.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { gemm } from "../../blas/program/operations/gemm.ts";
import { broadcastShapes, type Shape, type ShapeResult, sizeOf } from "../../blas/shape.ts";
import type { NoAttributes } from "../elementwise.ts";
import { applyChecked, checkOperands, type Primitive } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { reshape } from "./reshape.ts";
import { transpose } from "./transpose.ts";

const sample = (a: Shape, b: Shape) => ({ attributes: {}, inputs: [{ shape: a }, { shape: b }] });

/** Operands of two axes or more: the last two are those of matrices; the others are batch axes and broadcast. */
const matmulPrimitive: Primitive<NoAttributes> = {
  name: "matmul",
  samples: [
    sample([2, 3], [3, 4]),
    sample([1, 1], [1, 1]),
    sample([2, 2, 3], [2, 3, 2]),
    sample([2, 1, 2, 3], [3, 3, 2]),
    sample([0, 3], [3, 2]),
    sample([2, 0], [0, 2]),
  ],
  shape: ([a, b]): ShapeResult => {
    const joined = broadcastShapes("matmul", [a!.slice(0, -2), b!.slice(0, -2)]);
    if (joined._tag === "Left") return either.left(mismatch(a!, b!, "batch axes must be equal or 1 from the right"));
    return a!.at(-1) === b!.at(-2)
      ? either.right([...joined.right, a!.at(-2)!, b!.at(-1)!])
      : either.left(mismatch(a!, b!, `columns of a (${a!.at(-1)}) must equal rows of b (${b!.at(-2)})`));
  },
  operator: () => gemm,
  vjp: (index, cotangent, { inputs: [a, b] }) =>
    index === 0 ? multiply(cotangent, swapLast(b!)) : multiply(swapLast(a!), cotangent),
};

/** The primitives of this file, for the generic checks. */
export const matmulPrimitives = [matmulPrimitive];

function mismatch(a: Shape, b: Shape, problem: string): ShapeError {
  const transposable = b.length > 1 && a.at(-1) === b.at(-1);
  return new ShapeError({
    op: "matmul",
    given: { a, b },
    problem,
    remedy: transposable
      ? "if b holds one row per output, pass transpose(b)"
      : "transpose or reshape one of them so that they meet",
  });
}

const swapLast = (t: Tensor): Tensor =>
  transpose(t, t.shape.map((_, axis) => axis < t.shape.length - 2 ? axis : 2 * t.shape.length - 3 - axis));

/** Multiplies operands of two axes or more; a stack of matrices times one matrix becomes one tall product. */
function multiply<D extends DType>(a: Tensor<D>, b: Tensor<D>): Tensor<D> {
  if (a.shape.length <= 2 || b.shape.length !== 2 || a.shape.at(-1) !== b.shape[0]) {
    return applyChecked(matmulPrimitive, {}, [a, b]);
  }
  const rows = reshape(a, [sizeOf(a.shape.slice(0, -1)), b.shape[0]!]);
  return reshape(applyChecked(matmulPrimitive, {}, [rows, b]), [...a.shape.slice(0, -1), b.shape[1]!]);
}

/**
 * Multiplies matrices and vectors.
 *
 * Two vectors give their inner product; a matrix and a vector give a vector. Axes before the last two are batch axes
 * and broadcast. Transposed operands cost nothing: they are multiplied through their strides.
 *
 * @param a `[..., m, k]`, or a vector `[k]`.
 * @param b `[..., k, n]`, or a vector `[k]`.
 * @returns `[..., m, n]`, without the axis that a vector lacks.
 * @throws {ShapeError} If an operand is 0-d, the `k`s differ, or the batch axes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { matmul, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const a = tensor64([[1, 2], [3, 4]]);
 * assertEquals(toArray(matmul(a, tensor64([[1, 0], [1, 1]]))), [[3, 2], [7, 4]]);
 * assertEquals(toArray(matmul(a, tensor64([1, 1]))), [3, 7]);
 * ```
 */
export function matmul<D extends DType>(a: Tensor<D>, b: Tensor<NoInfer<D>>): Tensor<D> {
  checkOperands("matmul", [a, b]);
  const rowVector = a.shape.length === 1, columnVector = b.shape.length === 1;
  if (a.shape.length === 0 || b.shape.length === 0) throw mismatch(a.shape, b.shape, "a 0-d tensor is not a matrix");
  if (rowVector && a.shape[0] !== b.shape.at(columnVector ? -1 : -2)) {
    throw mismatch(
      a.shape,
      b.shape,
      `the length of a (${a.shape[0]}) must equal rows of b (${b.shape.at(columnVector ? -1 : -2)})`,
    );
  }
  if (columnVector && a.shape.at(-1) !== b.shape[0]) {
    throw mismatch(a.shape, b.shape, `columns of a (${a.shape.at(-1)}) must equal the length of b (${b.shape[0]})`);
  }
  const product = multiply(
    rowVector ? reshape(a, [1, a.shape[0]!]) : a,
    columnVector ? reshape(b, [b.shape[0]!, 1]) : b,
  );
  if (!rowVector && !columnVector) return product;
  const { shape } = product, rank = shape.length;
  return reshape(
    product,
    shape.filter((_, axis) => !(rowVector && axis === rank - 2) && !(columnVector && axis === rank - 1)),
  );
}

/**
 * Computes the inner product of two vectors.
 *
 * @example
 * ```ts
 * import { dot, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toNumber(dot(tensor64([1, 2]), tensor64([3, 4]))), 11);
 * ```
 *
 * @param a `[n]`
 * @param b `[n]`
 * @returns A 0-d tensor.
 * @throws {ShapeError} If they are not vectors of the same length.
 * @throws {DTypeError} If the dtypes differ.
 */
export function dot<D extends DType>(a: Tensor<D>, b: Tensor<NoInfer<D>>): Tensor<D> {
  requireVectors("dot", a, b);
  if (a.shape[0] !== b.shape[0]) throw vectorError("dot", a, b, "the lengths must be equal");
  return matmul(a, b);
}

/**
 * Computes the outer product of two vectors: every element of one times every element of the other.
 *
 * @example
 * ```ts
 * import { outer, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(outer(tensor64([1, 2]), tensor64([3, 4]))), [[3, 4], [6, 8]]);
 * ```
 *
 * @param a `[m]`
 * @param b `[n]`
 * @returns `[m, n]`
 * @throws {ShapeError} If either is not a vector.
 * @throws {DTypeError} If the dtypes differ.
 */
export function outer<D extends DType>(a: Tensor<D>, b: Tensor<NoInfer<D>>): Tensor<D> {
  requireVectors("outer", a, b);
  return matmul(reshape(a, [a.shape[0]!, 1]), reshape<D>(b, [1, b.shape[0]!]));
}

function requireVectors(op: string, a: Tensor, b: Tensor): void {
  checkOperands(op, [a, b]);
  if (a.shape.length !== 1 || b.shape.length !== 1) throw vectorError(op, a, b, "both must be vectors, with one axis");
}

const vectorError = (op: string, a: Tensor, b: Tensor, problem: string): ShapeError =>
  new ShapeError({ op, given: { a: a.shape, b: b.shape }, problem, remedy: "reshape them, or use matmul" });
