/**
 * Matrices of derivatives: Jacobian and Hessian.
 *
 * @module
 */
import { checkResultShape, sizeOf } from "../../blas/shape.ts";
import { checkFunction } from "../arguments.ts";
import { pullBack } from "../backward.ts";
import { zeros } from "../values/constructors.ts";
import { runTransformed } from "./nesting.ts";
import { concat } from "../ops/concat.ts";
import { oneHot } from "../ops/one_hot.ts";
import { reshape } from "../ops/reshape.ts";
import { mapTensors, type TensorTree } from "../tree/parameter_tree.ts";
import type { Tensor } from "../tensor.ts";
import { detached, gradient, lift } from "./gradient.ts";
import { leaves, map, type MapTree } from "../tree/tree.ts";
import { batchesOf, mapBatches, repeated } from "./batching.ts";
import { checkOutput } from "./vjp.ts";

/** The number of rows that are computed at once: more would need more memory, and be hardly faster. */
const BLOCK = 128;

/**
 * Turns a function into one that returns its Jacobian: the derivatives of every element of the result with respect to
 * every element of the first argument.
 *
 * The function runs once, and so does its pullback, mapped by `vmap` over the elements of the result, up to 128 of them at a
 * time. Each row still costs about as much as a gradient, so it suits results of few elements. The Jacobian is detached
 * from the graph; inside another transform it is not, and can be differentiated again.
 *
 * @param f A function from parameters, a tree of tensors, and any other arguments to a tensor or a tree of tensors of
 * any shapes.
 * @returns A function of the same arguments. For a tensor of parameters of shape `p` and a result of shape `r`, it
 * returns a tensor of shape `[...r, ...p]`. For trees it returns, for each tensor of the result, a tree like the
 * parameters. It throws a `ShapeError` if a matrix would have more than 2^31 - 1 elements.
 *
 * @example
 * ```ts
 * import { jacobian, product, stack, sum, type Tensor, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const f = (x: Tensor<"float64">) => stack([sum(x), product(x)]);
 * assertEquals(toArray(jacobian(f)(tensor64([2, 3, 4]))), [[1, 1, 1], [12, 8, 6]]);
 * ```
 */
export function jacobian<P extends TensorTree<P>, R extends readonly unknown[], O extends TensorTree<O>>(
  f: (params: P, ...rest: R) => O,
): (params: P, ...rest: R) => MapTree<O, Tensor, P> {
  checkFunction("apply jacobian", "f", f);
  return rowByRow("jacobian", f);
}

/** Returns the function that {@link jacobian} returns; `op` is the name for error messages. */
function rowByRow<P extends TensorTree<P>, R extends readonly unknown[], O extends TensorTree<O>>(
  op: string,
  f: (params: P, ...rest: R) => O,
): (params: P, ...rest: R) => MapTree<O, Tensor, P> {
  return (params, ...rest) => {
    const lifted = mapTensors(lift, params), output = runTransformed(() => f(lifted, ...rest));
    checkOutput(op, output);
    const wanted = new Set(leaves<Tensor>(lifted));
    for (const root of leaves<Tensor>(output)) {
      // In vmap, there is such a matrix for each example.
      for (const leaf of wanted) checkResultShape(op, [...batchesOf(root), ...root.shape, ...leaf.shape]);
    }
    return map<Tensor, P, O>((root) => rowsOf(root, lifted, wanted), output);
  };
}

/** Returns the derivatives of one tensor, with its own axes before those of the parameters. */
function rowsOf<P>(root: Tensor, params: P, wanted: ReadonlySet<Tensor>): P {
  const { shape, dtype } = root, count = sizeOf(shape), all = [...wanted];
  const blocks: (readonly Tensor[])[] = [];
  for (let start = 0; start < count; start += BLOCK) {
    const size = Math.min(BLOCK, count - start);
    const ones = reshape(oneHot(Array.from({ length: size }, (_, i) => start + i), count, { dtype }), [size, ...shape]);
    const rows = mapBatches(size, [{ tensor: ones, isBatched: true }], ([one]) => {
      const pulled = pullBack(new Map<Tensor, Tensor>([[root, one!]]), wanted);
      return all.map((leaf) => pulled.get(leaf) ?? zeros(leaf.shape, { dtype: leaf.dtype }));
    });
    blocks.push(rows.map((row) => repeated(row, size)));
  }
  return mapTensors((leaf) => {
    const k = all.indexOf(leaf), joined = [...shape, ...leaf.shape];
    if (count === 0) return zeros(joined, { dtype: leaf.dtype });
    const rows = blocks.length === 1 ? blocks[0]![k]! : concat(blocks.map((block) => block[k]!));
    return detached(reshape(rows, joined));
  }, params);
}

/**
 * Turns a loss function into one that returns its Hessian: all second derivatives with respect to the first argument.
 *
 * The Hessian is the Jacobian of the gradient. For a single product with it, `jvp` of `gradient(f)` is far cheaper.
 *
 * @param f A function from parameters, a tree of tensors, and any other arguments to a 0-d tensor.
 * @returns A function of the same arguments. For a tensor of parameters of shape `p` it returns one of shape
 * `[...p, ...p]`; for a tree, a tree of trees. It throws a `ShapeError` if the loss is not 0-d, or a
 * matrix would have more than 2^31 - 1 elements.
 *
 * @example
 * ```ts
 * import { hessian, mul, slice, square, sum, type Tensor, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const f = (x: Tensor<"float64">) => sum(mul(square(slice(x, 0, 1)), slice(x, 1, 1))); // x0^2 x1
 * assertEquals(toArray(hessian(f)(tensor64([3, 5]))), [[10, 6], [6, 0]]);
 * ```
 */
export function hessian<P extends TensorTree<P>, R extends readonly unknown[]>(
  f: (params: P, ...rest: R) => Tensor,
): (params: P, ...rest: R) => MapTree<P, Tensor, P> {
  checkFunction("apply hessian", "f", f);
  return rowByRow("hessian", gradient(f));
}
