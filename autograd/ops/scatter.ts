/**
 * Functions that write values to positions given by indices.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkResultShape, normalizeAxis, type Shape, sizeOf, unwrap } from "../../blas/shape.ts";
import { scalarConstant } from "../elementwise.ts";
import { checkOperands } from "../primitive.ts";
import { constantOf, isTensor, type Tensor, type TensorLike } from "../tensor.ts";
import { checkPositions, indexTensor } from "../values/indices.ts";
import { type Numeric, parseNumeric } from "../values/numeric.ts";
import { add, scale } from "./arithmetic.ts";
import { gatherAlong } from "./gather.ts";
import { reshape } from "./reshape.ts";
import { scatterAlong, type ScatterMode } from "./scatter_primitives.ts";
import { partAlong } from "./slice.ts";
import { broadcastTo } from "./sum.ts";

export type { ScatterMode } from "./scatter_primitives.ts";

/** How a value is combined with the element at its position. */
export type ScatterNDOptions = {
  /** `"set"` if left out: the value replaces the element, and the last of several values wins. */
  readonly mode?: ScatterMode | undefined;
};

/** The axis, and how a value is combined with the element at its position. */
export type ScatterOptions = ScatterNDOptions & {
  /** The axis that indices point along, 0 if left out. */
  readonly axis?: number | undefined;
};

/**
 * Returns a tensor with values written to positions along an axis, or combined with the elements there. Indices point
 * at single elements, like those of `takeAlong`, or, if they have one axis, at whole slices, like those of `take`.
 *
 * The gradient goes to the numbers that are in the result: to values that were not overwritten and elements that were
 * not replaced; values and elements that attain a maximum or minimum together share it equally. Several values for one
 * position are combined in order.
 *
 * @param t At least one axis.
 * @param indices Integers as an array or a tensor of whole numbers; negative ones count from the end. Of single elements: as many
 * axes as `t`, all but `axis` as long as those of `t`, or 1, which is repeated. Of slices: one axis.
 * @param values The shape of `t` with the axis as long as that of `indices`, or a shape that broadcasts to it.
 * @param options `axis`, 0 by default; `mode`: `"set"` (default), `"add"`, `"max"`, `"min"` or `"multiply"`.
 * @returns The shape of `t`.
 * @throws {ShapeError} If the axis is out of range, or shapes do not fit.
 * @throws {RangeError} If an index is not a whole number or out of range, or the mode does not exist.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { scatter, tensor64, toArray, zeros } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const t = zeros([2, 3], { dtype: "float64" });
 * assertEquals(toArray(scatter(t, [[2], [0]], tensor64([[7], [8]]), { axis: 1 })), [[0, 0, 7], [8, 0, 0]]);
 * assertEquals(toArray(scatter(t, [1, 1], tensor64([[1, 2, 3], [4, 5, 6]]), { mode: "add" })), [[0, 0, 0], [5, 7, 9]]);
 * assertEquals(toArray(scatter(tensor64([1, 2, 3]), [0, 0], 9)), [9, 2, 3]);
 * ```
 */
export function scatter<D extends DType>(
  t: Tensor<D>,
  indices: Tensor | Numeric,
  values: TensorLike<NoInfer<D>>,
  options: ScatterOptions = {},
): Tensor<D> {
  checkOptions("apply scatter", options, { axis: true, mode: true });
  const { axis: given = 0, mode = "set" } = options, own = operandOf("scatter", t, values, mode);
  const axis = unwrap(normalizeAxis("scatter", t.shape, given)), rank = t.shape.length;
  const at = indexTensor("scatter", indices, t.shape[axis]!, t.dtype), isSlices = at.shape.length === 1;
  const spread = isSlices ? at.shape[0]! : at.shape[axis] ?? 0;
  const shape = t.shape.map((length, k) => k === axis ? spread : length);
  const column = isSlices ? reshape(at, shape.map((_, k) => k === axis ? spread : 1)) : at;
  if (column.shape.length !== rank || !column.shape.every((length, k) => length === shape[k] || length === 1)) {
    throw new ShapeError({
      op: "scatter",
      given: { t: t.shape, indices: at.shape, axis: describe(given) },
      problem: `indices must have one axis, or ${rank}, all but axis ${axis} as long as those of t, or 1`,
      remedy: "add axes with expandDims, or slice t",
    });
  }
  checkPositions("scatter", spread, t.dtype);
  checkBroadcast("scatter", t, own.shape, shape);
  return scatterAlong(t, broadcastTo(column, shape), broadcastTo(own, shape), axis, mode);
}

/**
 * Returns a tensor with values written to positions given by tuples of indices, or combined with the elements there. A
 * tuple points at an element or, if it is shorter than the shape of `t`, at a slice. Gradients are those of {@link
 * scatter}.
 *
 * @param t Any shape.
 * @param indices `[…, depth]`: tuples of integers along the last axis, one for each of the first axes of `t`; negative ones count
 * from the end.
 * @param values `[…, rest]`: the axes of `indices` without the last one, and those of `t` after the first `depth`; or a
 * shape that broadcasts to that.
 * @param options `mode`: `"set"` (default), `"add"`, `"max"`, `"min"` or `"multiply"`.
 * @returns The shape of `t`.
 * @throws {ShapeError} If shapes do not fit, or a tuple is longer than the shape of `t`.
 * @throws {RangeError} If an index is not a whole number or out of range, or the mode does not exist.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { scatterND, tensor64, toArray, zeros } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const t = zeros([2, 3], { dtype: "float64" });
 * assertEquals(toArray(scatterND(t, [[0, 2], [1, 0]], tensor64([7, 8]))), [[0, 0, 7], [8, 0, 0]]);
 * assertEquals(toArray(scatterND(t, [[1]], tensor64([[1, 2, 3]]))), [[0, 0, 0], [1, 2, 3]]);
 * ```
 */
export function scatterND<D extends DType>(
  t: Tensor<D>,
  indices: Tensor | Numeric,
  values: TensorLike<NoInfer<D>>,
  options: ScatterNDOptions = {},
): Tensor<D> {
  checkOptions("apply scatterND", options, { mode: true });
  const { mode = "set" } = options, own = operandOf("scatterND", t, values, mode);
  const { at, count, rows, rest, outer } = rowsOf("scatterND", t, indices), inner = sizeOf(rest);
  checkPositions("scatterND", count, t.dtype);
  checkBroadcast("scatterND", t, own.shape, [...outer, ...rest]);
  const places = broadcastTo(reshape(at, [count, 1]), [count, inner]);
  const spread = reshape(broadcastTo(own, [...outer, ...rest]), [count, inner]);
  return reshape(scatterAlong(reshape(t, [rows, inner]), places, spread, 0, mode), t.shape);
}

/**
 * Picks the elements, or slices, at which tuples of indices point. The gradient of an element that is picked several
 * times is the sum of its gradients.
 *
 * @param t Any shape.
 * @param indices `[…, depth]`: tuples of integers along the last axis, one for each of the first axes of `t`; negative ones count
 * from the end.
 * @returns `[…, rest]`: the axes of `indices` without the last one, and those of `t` after the first `depth`.
 * @throws {ShapeError} If `indices` are 0-d, or a tuple is longer than the shape of `t`.
 * @throws {RangeError} If an index is not a whole number or out of range.
 *
 * @example
 * ```ts
 * import { gatherND, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const t = tensor64([[1, 2, 3], [4, 5, 6]]);
 * assertEquals(toArray(gatherND(t, [[0, 2], [1, -3]])), [3, 4]);
 * assertEquals(toArray(gatherND(t, [[1], [0]])), [[4, 5, 6], [1, 2, 3]]);
 * ```
 */
export function gatherND<D extends DType>(t: Tensor<D>, indices: Tensor | Numeric): Tensor<D> {
  checkOperands("gatherND", [t]);
  const { at, count, rows, rest, outer } = rowsOf("gatherND", t, indices), inner = sizeOf(rest);
  checkResultShape("gatherND", [...outer, ...rest]);
  const places = broadcastTo(reshape(at, [count, 1]), [count, inner]);
  return reshape(gatherAlong(reshape(t, [rows, inner]), places, 0), [...outer, ...rest]);
}

/** Tuples of indices as row numbers: all axes that they index are joined into one. */
type Rows<D extends DType> = {
  readonly at: Tensor<D>;
  /** The number of tuples. */
  readonly count: number;
  /** The number of rows. */
  readonly rows: number;
  /** The axes that the tuples do not index. */
  readonly rest: Shape;
  /** The axes of the tuples. */
  readonly outer: Shape;
};

function rowsOf<D extends DType>(op: string, t: Tensor<D>, indices: Tensor | Numeric): Rows<D> {
  const tuples: Tensor = isTensor(indices) ? indices : constantOf(parseNumeric(op, indices, "float64"));
  const depth = tuples.shape.at(-1), outer = tuples.shape.slice(0, -1), last = outer.length;
  if (depth === undefined || depth > t.shape.length) {
    throw new ShapeError({
      op,
      given: { t: t.shape, indices: tuples.shape },
      problem: `the last axis of indices must hold tuples of at most ${t.shape.length} numbers, one for each axis of t`,
      remedy: "pass [[0, 1], [2, 3]] for two elements of a matrix",
    });
  }
  const named = t.shape.slice(0, depth), rows = sizeOf(named);
  checkPositions(op, rows, t.dtype);
  const parts = named.map((length, axis) => {
    const index = indexTensor(op, partAlong(tuples, last, axis, 1), length, t.dtype);
    return scale(index, sizeOf(named.slice(axis + 1)));
  });
  const at = parts.reduce(
    (sum: Tensor<D>, part) => add(sum, part),
    broadcastTo(scalarConstant(0, t.dtype), [...outer, 1]),
  );
  return { at, count: sizeOf(outer), rows, rest: t.shape.slice(depth), outer };
}

const MODES: readonly string[] = ["set", "add", "max", "min", "multiply"];

/** Returns the values as a tensor of the dtype. */
function operandOf<D extends DType>(op: string, t: Tensor<D>, values: TensorLike<D>, mode: ScatterMode): Tensor<D> {
  checkOperands(op, [t]);
  const own = typeof values === "number" ? scalarConstant(values, t.dtype) : values;
  checkOperands(op, [t, own]);
  if (MODES.includes(mode)) return own;
  throw new RangeError(
    `Cannot apply ${op} with mode ${describe(mode)}: it must be ${
      MODES.map((name) => `"${name}"`).join(", ")
    }; pass one of them`,
  );
}

function checkBroadcast(op: string, t: Tensor, values: Shape, shape: Shape): void {
  const offset = shape.length - values.length;
  if (offset >= 0 && values.every((length, k) => length === 1 || length === shape[offset + k])) return;
  throw new ShapeError({
    op,
    given: { t: t.shape, values },
    problem: `values must broadcast to [${shape.join(", ")}], one for each place`,
    remedy: "pass as many as indices name, or one number",
  });
}
