/**
 * Function transforms: from a function of parameters to the function that computes its gradient.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import { describe } from "../../blas/describe.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { plainCopyPart } from "../../blas/parts/plain_copy.ts";
import { reshaped } from "../../blas/program/operations/view.ts";
import { isAbstract } from "../abstract_view.ts";
import { batchAligned } from "../batch.ts";
import { checkFunction } from "../arguments.ts";
import { cotangentsOf } from "../backward.ts";
import { ones, zeros } from "../values/constructors.ts";
import { insideTransform, runTransformed } from "./nesting.ts";
import { mapTensors, type TensorTree } from "../tree/parameter_tree.ts";
import { apply, type Primitive } from "../primitive.ts";
import { stopGradient } from "../stop_gradient.ts";
import { isTensor, type Tensor, variableOf } from "../tensor.ts";
import { innerView } from "../tensor_record.ts";
import { leaves, map, type Tree } from "../tree/tree.ts";

/** A tensor of an outer transform's graph, which an inner transform sees as a leaf. */
export const aliasPrimitive: Primitive<Readonly<Record<never, never>>> = {
  name: "alias",
  samples: () => [{ attributes: {}, inputs: [{ shape: [2] }] }],
  shape: ([shape]) => either.right(shape!),
  operator: () => reshaped,
  part: plainCopyPart,
  batch: batchAligned,
  vjp: (_, cotangent) => cotangent,
};

/** The primitives of this file, for the generic checks. */
export const transformPrimitives = [aliasPrimitive];

/** The result of {@link valueAndGradient}. */
export type ValueAndGradient<P> = {
  /** The loss, 0-d. */
  readonly value: Tensor;
  /** A tree of the structure of the parameters. */
  readonly gradients: P;
};

/**
 * Turns a loss function into one that returns its value and its gradient.
 *
 * Only the first argument is differentiated. The results are detached from the graph, so nothing is kept alive between
 * training steps; inside another transform they are not, and can be differentiated again. `f` must not be asynchronous.
 *
 * @param f A function from parameters, a tree of tensors, and any other arguments to a 0-d tensor. With `hasAux` it
 * returns `[loss, aux]`, and the result has a field `aux` for whatever else is needed, such as predictions or new
 * statistics; its tensors are detached too.
 * @returns A function of the same arguments. It throws a `ShapeError` if the loss is not 0-d.
 *
 * @example
 * ```ts
 * import { square, sub, sum, tensor64, toList, toNumber, valueAndGradient } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const loss = (params: { x: ReturnType<typeof tensor64> }, target: number) => sum(square(sub(params.x, target)));
 * const { value, gradients } = valueAndGradient(loss)({ x: tensor64([1, 2]) }, 3);
 * assertEquals([toNumber(value), toList(gradients.x)], [5, [-4, -2]]);
 * ```
 */
export function valueAndGradient<P extends TensorTree<P>, R extends readonly unknown[], A>(
  f: (params: P, ...rest: R) => readonly [Tensor, A],
  options: { readonly hasAux: true },
): (params: P, ...rest: R) => ValueAndGradient<P> & { readonly aux: A };
/** Returns value and gradient of a function that returns only its loss. */
export function valueAndGradient<P extends TensorTree<P>, R extends readonly unknown[]>(
  f: (params: P, ...rest: R) => Tensor,
  options?: { readonly hasAux?: false | undefined },
): (params: P, ...rest: R) => ValueAndGradient<P>;
export function valueAndGradient<P extends TensorTree<P>, R extends readonly unknown[], A>(
  f: (params: P, ...rest: R) => Tensor | readonly [Tensor, A],
  options: { readonly hasAux?: boolean | undefined } = {},
): (params: P, ...rest: R) => ValueAndGradient<P> & { readonly aux?: A | undefined } {
  checkFunction("differentiate", "f", f);
  checkOptions("apply valueAndGradient", options, { hasAux: "flag" });
  const { hasAux = false } = options;
  return (params, ...rest) => {
    const lifted = mapTensors(lift, params);
    const [loss, aux] = checkedLoss<A>(runTransformed(() => f(lifted, ...rest)), hasAux);
    const gradients = cotangentsOf(
      loss,
      ones([], { dtype: loss.dtype }),
      new Set(leaves<Tensor>(lifted)),
    );
    const gradientOf = (leaf: Tensor): Tensor => gradients.get(leaf) ?? zeros(leaf.shape, { dtype: leaf.dtype });
    const answer = { value: detached(loss), gradients: mapTensors(gradientOf, lifted) };
    return hasAux ? { ...answer, aux: detachedTree(aux) } : answer;
  };
}

/**
 * Turns a loss function into one that returns its gradient; see {@link valueAndGradient}.
 *
 * @param f A function from parameters, a tree of tensors, and any other arguments to a 0-d tensor.
 * @returns A function of the same arguments that returns a tree of the structure of the parameters.
 *
 * @example The second derivative of x^3 is 6 x
 * ```ts
 * import { gradient, pow, type Tensor, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const cube = (x: Tensor<"float64">) => pow(x, 3);
 * assertEquals(toNumber(gradient(gradient(cube))(tensor64(5))), 30);
 * ```
 */
export function gradient<P extends TensorTree<P>, R extends readonly unknown[]>(
  f: (params: P, ...rest: R) => Tensor,
): (params: P, ...rest: R) => P {
  const both = valueAndGradient(f);
  return (params, ...rest) => both(params, ...rest).gradients;
}

/**
 * Returns a new leaf with the same values; inside another transform it stays connected to the tensor that is tracked
 * there.
 */
export function lift(t: Tensor, path: string): Tensor {
  if (!isTensor(t)) {
    const at = path === "" ? "" : ` at "${path}"`;
    throw new TypeError(
      `Cannot differentiate with respect to ${describe(t)}${at}: the first argument must be a tensor or a tree of ` +
        "tensors; wrap numbers with tensor64",
    );
  }
  if (!insideTransform()) return variableOf(innerView(t));
  if (t.requiresGrad) return apply(aliasPrimitive, {}, [t]);
  // A view without elements may stand for a tracked tensor, even if its own tensor is a constant.
  return variableOf(innerView(isAbstract(innerView(t)) ? apply(aliasPrimitive, {}, [t]) : t));
}

/** Returns the loss that a function returned, and what it returned beside it. */
function checkedLoss<A>(result: unknown, hasAux: boolean): readonly [loss: Tensor, aux: A] {
  const pair = (hasAux ? result : [result]) as readonly [Tensor, A] | undefined; // if the type of the function is kept
  const loss = pair?.[0];
  if (!isTensor(loss)) {
    throw new TypeError(
      `Cannot differentiate a function that returned ${describe(result)}: ` +
        "it must return a 0-d tensor, or [loss, aux] with { hasAux: true }; return that",
    );
  }
  if (loss.shape.length > 0) {
    throw new ShapeError({
      op: "gradient",
      given: { loss: loss.shape },
      problem: "a loss must be a single number, of shape []",
      remedy: "reduce it with sum or mean",
    });
  }
  return pair!;
}

/** Returns a result without its graph, unless a transform is running that may differentiate it. */
export const detached = (t: Tensor): Tensor => insideTransform() ? t : stopGradient(t);

/** Detaches the tensors of a tree; other leaves pass through. */
const detachedTree = <A>(aux: A): A =>
  // The same tree, with tensors in their places.
  map<unknown, unknown, Tree<unknown>>((leaf) => isTensor(leaf) ? detached(leaf) : leaf, aux) as A;
