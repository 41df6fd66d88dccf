/**
 * Matrix products.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { productPart } from "../../blas/parts/product.ts";
import { gemm } from "../../blas/program/operations/gemm.ts";
import {
  allAxes,
  broadcastShapes,
  checkResultShape,
  droppedShape,
  lengthsBetween,
  type Shape,
  type ShapeResult,
  sizeOf,
} from "../../blas/shape.ts";
import { NO_ATTRIBUTES, type NoAttributes } from "../elementwise.ts";
import { applyChecked, checkOperands, type Primitive } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { mul } from "./arithmetic.ts";
import { reshape } from "./reshape.ts";
import { transpose } from "./transpose.ts";

const sample = (a: Shape, b: Shape) => ({ attributes: {}, inputs: [{ shape: a }, { shape: b }] });

/** Matrices of up to this many columns are worth copying so that all are multiplied at once. */
const NARROW = 8;

/** Operands of two axes or more: the last two are those of matrices; the others are batch axes and broadcast. */
const matmulPrimitive: Primitive<NoAttributes> = {
  name: "matmul",
  samples: () => [
    sample([2, 3], [3, 4]),
    sample([1, 1], [1, 1]),
    sample([2, 2, 3], [2, 3, 2]),
    sample([2, 1, 2, 3], [3, 3, 2]),
    sample([0, 3], [3, 2]),
    sample([2, 0], [0, 2]),
  ],
  shape: (shapes): ShapeResult => {
    const a = shapes[0]!, b = shapes[1]!, m = a[a.length - 2]!, k = a[a.length - 1]!;
    const rows = b[b.length - 2]!, n = b[b.length - 1]!;
    if (a.length === 2 && b.length === 2 && k === rows) return either.right([m, n]); // without lists of no batch axes, which take 100 ns
    const batches = broadcastShapes("matmul", [lengthsBetween(a, 0, -2), lengthsBetween(b, 0, -2)]);
    if (batches._tag === "Left") return either.left(mismatch(a, b, "batch axes must be equal or 1 from the right"));
    return k === rows
      ? either.right([...batches.right, m, n])
      : either.left(mismatch(a, b, `columns of a (${k}) must equal rows of b (${rows})`));
  },
  operator: () => gemm,
  part: productPart,
  batch: ([a, b], { attributes, again }) => {
    const rank = Math.max(a!.shape.length, b!.shape.length);
    // A stack of matrices that are all multiplied by the same one is a single product.
    if (!b!.isBatched && b!.shape.length === 2) return multiply(a!.tensor, b!.tensor);
    if (!a!.isBatched && a!.shape.length === 2 && b!.shape.at(-1)! <= NARROW) {
      return swapLast(multiply(swapLast(b!.tensor), swapLast(a!.tensor)));
    }
    // An outer product has no sums.
    const isOuter = a!.isBatched && b!.isBatched && a!.shape.at(-1) === 1 && b!.shape.at(-2) === 1;
    const operands = [a!.aligned(rank), b!.aligned(rank)] as const;
    return isOuter ? mul(...operands) : again(attributes, operands);
  },
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
  transpose(
    t,
    allAxes(innerShape(t).length).map((axis, _, all) => axis < all.length - 2 ? axis : 2 * all.length - 3 - axis),
  );

/** Multiplies operands of two axes or more; a stack of matrices times one matrix becomes one tall product. */
function multiply<D extends DType>(a: Tensor<D>, b: Tensor<D>): Tensor<D> {
  const tall = innerShape(a), [k, n] = innerShape(b);
  if (tall.length <= 2 || innerShape(b).length !== 2 || tall.at(-1) !== k) {
    return applyChecked(matmulPrimitive, NO_ATTRIBUTES, [a, b]);
  }
  const outer = lengthsBetween(tall, 0, -1);
  return reshape(applyChecked(matmulPrimitive, NO_ATTRIBUTES, [reshape(a, [sizeOf(outer), k!]), b]), [...outer, n!]);
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
  const left = innerShape(a), right = innerShape(b), rowVector = left.length === 1, columnVector = right.length === 1;
  if (left.length === 0 || right.length === 0) throw mismatch(left, right, "a 0-d tensor is not a matrix");
  if (rowVector || columnVector) {
    const k = left.at(-1)!, rows = right.at(columnVector ? -1 : -2)!;
    if (rowVector && k !== rows) throw mismatch(left, right, `the length of a (${k}) must equal rows of b (${rows})`);
    if (columnVector && k !== rows) {
      throw mismatch(left, right, `columns of a (${k}) must equal the length of b (${rows})`);
    }
  }
  const product = multiply(
    rowVector ? reshape(a, [1, left[0]!]) : a,
    columnVector ? reshape(b, [right[0]!, 1]) : b,
  );
  if (!rowVector && !columnVector) return product;
  const shape = innerShape(product), rank = shape.length;
  return reshape(product, droppedShape(shape, [...rowVector ? [rank - 2] : [], ...columnVector ? [rank - 1] : []]));
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
  if (innerShape(a)[0] !== innerShape(b)[0]) throw vectorError("dot", a, b, "the lengths must be equal");
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
  checkResultShape("outer", [innerShape(a)[0]!, innerShape(b)[0]!]);
  // This is not a product of matrices, since sums in its derivative keep digits that a matrix times a vector loses.
  return mul(reshape(a, [innerShape(a)[0]!, 1]), reshape<D>(b, [1, innerShape(b)[0]!]));
}

function requireVectors(op: string, a: Tensor, b: Tensor): void {
  checkOperands(op, [a, b]);
  if (innerShape(a).length !== 1 || innerShape(b).length !== 1) {
    throw vectorError(op, a, b, "both must be vectors, with one axis");
  }
}

const vectorError = (op: string, a: Tensor, b: Tensor, problem: string): ShapeError =>
  new ShapeError({ op, given: { a: a.shape, b: b.shape }, problem, remedy: "reshape them, or use matmul" });
