/**
 * Diagonals of matrices.
 *
 * @module
 */
import { describe, describeSetting } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkResultShape, normalizeAxis, unwrap } from "../../blas/shape.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { reshape } from "./reshape.ts";
import { joinTensors, sliceAxes } from "./slice.ts";
import { sum } from "./sum.ts";
import { transpose } from "./transpose.ts";

/** Which diagonal. */
export type DiagonalOptions = {
  /** 0, the main diagonal, if left out; 1 is the one above it, -1 the one below. */
  readonly offset?: number | undefined;
  /** The axes of rows and columns, the first two if left out. */
  readonly axes?: readonly [rows: number, columns: number] | undefined;
};

/**
 * Returns a diagonal of matrices, without copying if the rows lie one after another.
 *
 * @param t Two axes or more.
 * @param options `offset`, 0 by default; `axes`, those of rows and columns, `[0, 1]` by default, as in NumPy.
 * @returns The other axes of `t`, and the diagonal as the last one.
 * @throws {ShapeError} If there are fewer than two axes, the two are the same or out of range, or the offset is not a whole number.
 *
 * @example
 * ```ts
 * import { diagonal, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const t = tensor64([[1, 2, 3], [4, 5, 6]]);
 * assertEquals(toArray(diagonal(t)), [1, 5]);
 * assertEquals(toArray(diagonal(t, { offset: 1 })), [2, 6]);
 * ```
 */
export function diagonal<D extends DType>(t: Tensor<D>, options: DiagonalOptions = {}): Tensor<D> {
  return diagonalOf("diagonal", t, options);
}

/**
 * Sums a diagonal of matrices.
 *
 * @param t Two axes or more.
 * @param options `offset`, 0 by default; `axes`, those of rows and columns, `[0, 1]` by default, as in NumPy.
 * @returns The other axes of `t`.
 * @throws {ShapeError} If there are fewer than two axes, the two are the same or out of range, or the offset is not a whole number.
 *
 * @example
 * ```ts
 * import { tensor64, toNumber, trace } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toNumber(trace(tensor64([[1, 2], [3, 4]]))), 5);
 * ```
 */
export function trace<D extends DType>(t: Tensor<D>, options: DiagonalOptions = {}): Tensor<D> {
  return sum(diagonalOf("trace", t, options), { axes: -1 });
}

/**
 * Makes a matrix with these numbers in a diagonal and zeros elsewhere; given a matrix, returns its diagonal.
 *
 * @param t `[length]`, or `[rows, columns]`.
 * @param offset Which diagonal: 0, the main one, if left out; 1 is the one above it, -1 the one below.
 * @returns `[length + |offset|, length + |offset|]`, or the elements of the diagonal.
 * @throws {ShapeError} If `t` has another number of axes, or the offset is not a whole number.
 *
 * @example
 * ```ts
 * import { diag, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(diag(tensor64([1, 2]))), [[1, 0], [0, 2]]);
 * assertEquals(toArray(diag(tensor64([[1, 2], [3, 4]]))), [1, 4]);
 * ```
 */
export function diag<D extends DType>(t: Tensor<D>, offset = 0): Tensor<D> {
  checkOperands("diag", [t]);
  if (t.shape.length === 2) return diagonalOf("diag", t, { offset });
  if (t.shape.length !== 1 || !Number.isInteger(offset)) {
    throw new ShapeError({
      op: "diag",
      given: { t: t.shape, offset: describe(offset) },
      problem: t.shape.length === 1 ? "offset must be a whole number" : "t must have one axis or two",
      remedy: t.shape.length === 1 ? "0 is the main diagonal" : "diagonal takes any number of axes from two on",
    });
  }
  const [count] = t.shape as [number], size = count + Math.abs(offset); // one axis
  checkResultShape("diag", [size, size]);
  const start = count === 0 ? 0 : offset >= 0 ? offset : -offset * size;
  return reshape(joinTensors([t], [[{ start, step: size + 1, count }]], [size * size]), [size, size]);
}

function diagonalOf<D extends DType>(op: string, t: Tensor<D>, options: DiagonalOptions): Tensor<D> {
  checkOperands(op, [t]);
  checkOptions(`apply ${op}`, options, { offset: true, axes: true });
  const { offset = 0, axes = [0, 1] } = options, isPair = Array.isArray(axes) && axes.length === 2;
  const problem = t.shape.length < 2
    ? "t must have two axes or more"
    : !isPair
    ? "axes must be two: those of rows and columns"
    : !Number.isInteger(offset)
    ? "offset must be a whole number"
    : undefined;
  const refuse = (problem: string): ShapeError =>
    new ShapeError({
      op,
      given: { t: t.shape, offset: describe(offset), axes: describeSetting(axes) },
      problem,
      remedy: "pass matrices; offset 0 is the main diagonal, and axes are [rows, columns]",
    });
  if (problem !== undefined) throw refuse(problem);
  const [down, across] = axes.map((axis) => unwrap(normalizeAxis(op, t.shape, axis))) as [number, number]; // two
  if (down === across) throw refuse("rows and columns must be two axes");
  const rest = t.shape.flatMap((_, axis) => axis === down || axis === across ? [] : [axis]);
  const rows = t.shape[down]!, columns = t.shape[across]!, outer = rest.map((axis) => t.shape[axis]!);
  const count = Math.max(0, offset >= 0 ? Math.min(rows, columns - offset) : Math.min(rows + offset, columns));
  const start = count === 0 ? 0 : offset >= 0 ? offset : -offset * columns, step = columns + 1;
  const lines = reshape(transpose(t, [...rest, down, across]), [...outer, rows * columns]);
  const range = [start, count === 0 ? start : start + (count - 1) * step + 1, step] as const;
  return sliceAxes(lines, [...outer.map((): readonly [] => []), range]);
}
