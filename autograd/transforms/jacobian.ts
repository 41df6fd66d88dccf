/**
 * Matrices of derivatives: Jacobian and Hessian.
 *
 * @module
 */
import { sizeOf } from "../../blas/shape.ts";
import { checkFunction } from "../arguments.ts";
import { pullBack } from "../backward.ts";
import { zeros } from "../values/constructors.ts";
import { runTransformed } from "./nesting.ts";
import { stack } from "../ops/concat.ts";
import { oneHot } from "../ops/one_hot.ts";
import { reshape } from "../ops/reshape.ts";
import { mapTensors, type ParameterTree } from "../tree/parameter_tree.ts";
import type { Tensor } from "../tensor.ts";
import { detached, gradient, lift } from "./gradient.ts";
import { leaves, map, type MapTree } from "../tree/tree.ts";
import { checkOutput } from "./vjp.ts";

/**
 * Turns a function into the function of its Jacobian: the derivatives of every element of the result with respect to
 * every element of the first argument.
 *
 * The function runs once, and is pulled back once for each element of its result: right for results of few elements. What
 * comes back is detached from the graph, except inside another transform, where it can be differentiated again.
 *
 * @param f From parameters, a tree of tensors, and anything else, to a tensor or a tree of tensors of any shapes.
 * @returns A function of the same arguments. For a tensor of parameters of shape `p` and a result of shape `r`, it returns
 * one of shape `[...r, ...p]`; in place of a tree's tensors, trees: for each tensor of the result, a tree like the
 * parameters.
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
export function jacobian<P extends ParameterTree, R extends readonly unknown[], O extends ParameterTree>(
  f: (params: P, ...rest: R) => O,
): (params: P, ...rest: R) => MapTree<O, Tensor, P> {
  checkFunction("apply jacobian", "f", f);
  return (params, ...rest) => {
    const lifted = mapTensors(lift, params), output = runTransformed(() => f(lifted, ...rest));
    checkOutput("jacobian", output);
    const wanted = new Set(leaves<Tensor>(lifted as ParameterTree));
    return map<Tensor, P, O>((root) => rowsOf(root, lifted, wanted), output);
  };
}

/** The derivatives of one tensor, an axis for each of its own before those of the parameters. */
function rowsOf<P extends ParameterTree>(root: Tensor, params: P, wanted: ReadonlySet<Tensor>): P {
  const { shape, dtype } = root, count = sizeOf(shape);
  const rows = Array.from({ length: count }, (_, i) => {
    const one = reshape(oneHot(i, count, { dtype }), shape);
    return pullBack(new Map<Tensor, Tensor>([[root, one]]), wanted);
  });
  return mapTensors((leaf) => {
    const zero = zeros(leaf.shape, { dtype: leaf.dtype }), joined = [...shape, ...leaf.shape];
    if (count === 0) return zeros(joined, { dtype: leaf.dtype });
    return detached(reshape(stack(rows.map((row) => row.get(leaf) ?? zero)), joined));
  }, params);
}

/**
 * Turns a loss function into the function of its Hessian: all second derivatives with respect to the first argument.
 *
 * It is the Jacobian of the gradient. For one product with the Hessian, `jvp` of `gradient(f)` is far cheaper.
 *
 * @param f From parameters, a tree of tensors, and anything else, to a 0-d tensor.
 * @returns A function of the same arguments. For a tensor of parameters of shape `p` it returns one of shape
 * `[...p, ...p]`; for a tree, a tree of trees. It throws a `ShapeError` if the loss is not 0-d.
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
export function hessian<P extends ParameterTree, R extends readonly unknown[]>(
  f: (params: P, ...rest: R) => Tensor,
): (params: P, ...rest: R) => MapTree<P, Tensor, P> {
  checkFunction("apply hessian", "f", f);
  return jacobian(gradient(f));
}
