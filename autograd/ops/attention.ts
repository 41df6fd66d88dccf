/**
 * Scaled dot-product attention.
 *
 * @module
 */
import { type DType, newData } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { broadcastShapes, checkResultShape, sameShape, type Shape } from "../../blas/shape.ts";
import { view } from "../../blas/view.ts";
import { checkOperands } from "../primitive.ts";
import { constantOf, type Tensor } from "../tensor.ts";
import { mul, scale } from "./arithmetic.ts";
import { where } from "./choice.ts";
import { matmul } from "./matmul.ts";
import { softmax } from "./softmax.ts";
import { transpose } from "./transpose.ts";

/** The options of {@link scaledDotProductAttention}. */
export type AttentionOptions<D extends DType> = {
  /** Whether query `i` sees only keys `0` to `i`; false if left out. */
  readonly causal?: boolean | undefined;
  /** Broadcasts to `[..., queries, keys]`: 0 where a query must not see a key, any other number where it may. */
  readonly mask?: Tensor<D> | undefined;
};

/**
 * Averages the values, for every query weighted by how well the keys match it: `softmax(q k^T / sqrt(features)) v`.
 *
 * @param q Queries `[..., queries, features]`; leading axes (batch, heads) broadcast.
 * @param k Keys `[..., keys, features]`
 * @param v Values `[..., keys, outputs]`
 * @param options `causal`: whether query `i` sees only keys `0` to `i`, false by default; `mask`: 0 where a query must
 * not see a key. A query that sees no key gets zeros, and no gradient.
 * @returns `[..., queries, outputs]`
 * @throws {ShapeError} If an operand has fewer than two axes, features or keys differ in number, or the leading axes or
 * the mask do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 * @see Vaswani et al., Attention Is All You Need, 2017, eq. 1.
 *
 * @example The first query sees only the first value
 * ```ts
 * import { scaledDotProductAttention, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const same = tensor64([[1, 0], [1, 0]]), values = tensor64([[2], [4]]);
 * assertEquals(toArray(scaledDotProductAttention(same, same, values, { causal: true })), [[2], [3]]);
 * ```
 */
export function scaledDotProductAttention<D extends DType>(
  q: Tensor<D>,
  k: Tensor<NoInfer<D>>,
  v: Tensor<NoInfer<D>>,
  options: AttentionOptions<NoInfer<D>> = {},
): Tensor<D> {
  checkOptions("apply scaledDotProductAttention", options, { causal: "flag", mask: true });
  const { causal = false, mask } = options;
  checkOperands("scaledDotProductAttention", mask === undefined ? [q, k, v] : [q, k, v, mask]);
  checkShapes(q.shape, k.shape, v.shape, mask?.shape);
  const swapped = k.shape.map((_, axis, { length }) => axis < length - 2 ? axis : 2 * length - 3 - axis);
  // The features of q are scaled, not the scores: there are fewer of them.
  const scores = matmul(scale(q, 1 / Math.sqrt(q.shape.at(-1)!)), transpose<D>(k, swapped));
  const past = causal ? lowerTriangle<D>(q.dtype, q.shape.at(-2)!, k.shape.at(-2)!) : undefined;
  const seen = mask !== undefined && past !== undefined ? mul(past, mask) : mask ?? past;
  if (seen === undefined) return matmul(softmax(scores), v);
  const weights = softmax(where(seen, scores, -Infinity));
  // Only a mask can hide all keys. The softmax is 0 / 0 there; this `where` drops it, and the one above drops its
  // gradient.
  return matmul(mask === undefined ? weights : where(seen, weights, 0), v);
}

/** Returns a matrix that is 1 up to the diagonal and 0 above it. */
function lowerTriangle<D extends DType>(dtype: D, rows: number, columns: number): Tensor<D> {
  const data = newData(dtype, rows * columns);
  for (let i = 0; i < rows; i++) data.fill(1, i * columns, i * columns + Math.min(i + 1, columns));
  return constantOf(view<D>(data, [rows, columns]));
}

function checkShapes(q: Shape, k: Shape, v: Shape, mask: Shape | undefined): void {
  const error = (problem: string, remedy: string): ShapeError =>
    new ShapeError({
      op: "scaledDotProductAttention",
      given: { q, k, v, ...mask === undefined ? {} : { mask } },
      problem,
      remedy,
    });
  if ([q, k, v].some((shape) => shape.length < 2)) {
    throw error(
      "each must have at least two axes",
      "pass [..., queries, features], [..., keys, features], [..., keys, outputs]",
    );
  }
  if (q.at(-1) !== k.at(-1)) {
    throw error(
      `q has ${q.at(-1)} features (the last axis) and k ${k.at(-1)}`,
      "project both to one number of features",
    );
  }
  if (k.at(-2) !== v.at(-2)) {
    throw error(`k has ${k.at(-2)} keys (the second to last axis) and v ${v.at(-2)}`, "pass one value for each key");
  }
  const leading = broadcastShapes("scaledDotProductAttention", [q.slice(0, -2), k.slice(0, -2), v.slice(0, -2)]);
  if (leading._tag === "Left") {
    throw error("the leading axes must be equal or 1 from the right", "insert axes with expandDims");
  }
  const scores = [...leading.right, q.at(-2)!, k.at(-2)!];
  const joined = broadcastShapes("scaledDotProductAttention", [scores, mask ?? []]);
  if (joined._tag === "Left" || !sameShape(joined.right, scores)) {
    throw error(`the mask must broadcast to [${scores.join(", ")}]`, "one row for each query, one column for each key");
  }
  checkResultShape("scaledDotProductAttention", scores);
}
