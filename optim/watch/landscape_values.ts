/**
 * Losses around a point.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkFunction } from "../../autograd/arguments.ts";
import { add, mul, safeDiv, scale, sqrt, square, sum } from "../../autograd/ops/mod.ts";
import { isKey, type Key, key as keyOf, splitKey } from "../../autograd/random/key.ts";
import { randomNormal } from "../../autograd/random/random.ts";
import type { TensorTree } from "../../autograd/tree/parameter_tree.ts";
import { leaves, map, type Tree, zipWith } from "../../autograd/tree/tree.ts";
import { toNumber } from "../../autograd/values/read.ts";
import { isTensor, type Tensor } from "../../autograd/tensor.ts";

/** Losses on a plane through the params. */
export type LandscapeValues = {
  /** How far each row and column is along its direction; 0 is the params themselves. */
  readonly steps: readonly number[];
  /** The losses, a list for each step along the second direction. */
  readonly losses: readonly (readonly number[])[];
};

/** The options of {@link landscapeValues}. */
export type LandscapeValuesOptions = {
  /** The key that the directions are drawn from: `key(0)` by default. */
  readonly key?: Key | undefined;
  /** How far to go along each direction; at 1, a step is as long as the params: 1 by default. */
  readonly radius?: number | undefined;
  /** The number of steps along each direction, an odd one so that the params are among them: 21 by default. */
  readonly resolution?: number | undefined;
};

/** The most steps along a direction. */
const MOST_STEPS = 501;

/**
 * Computes the loss on a plane through params: along two random directions, each filter of which is as long as the filter of
 * the params at its place. Without that, a network whose weights are large would look flat only because it is large.
 *
 * A filter is what leads to one output: a row of a matrix, a kernel of a convolution. Directions are 0 where params have one
 * axis or none, that is for biases and the like, as in the paper.
 *
 * @param loss The loss for params, a 0-d tensor; it is called `resolution` squared times, so compile it.
 * @param params A tree of tensors.
 * @param options `key`, `radius`, `resolution`.
 * @throws {RangeError} If `radius` is not above 0, or `resolution` is not an odd whole number from 3 to 501.
 * @see Li et al., Visualizing the Loss Landscape of Neural Nets, 2018.
 *
 * @example
 * ```ts
 * import { square, sum, tensor64, type Tensor } from "@nanograd/nanograd";
 * import { landscapeValues } from "@nanograd/nanograd/watch";
 * import { assert } from "@std/assert";
 *
 * const { losses } = landscapeValues((w: Tensor<"float64">) => sum(square(w)), tensor64([[1, 0], [0, 1]]), { resolution: 5 });
 * assert(losses.length === 5 && losses[2]![2] === 2); // in the middle are the params
 * ```
 */
export function landscapeValues<P extends TensorTree<P>>(
  loss: (params: P) => Tensor,
  params: P,
  options: LandscapeValuesOptions = {},
): LandscapeValues {
  const action = "compute a landscape";
  checkOptions(action, options, { key: true, radius: true, resolution: true });
  checkFunction(action, "the loss", loss);
  const { key = keyOf(0), radius = 1, resolution = 21 } = options;
  if (!isKey(key)) throw new TypeError(`Cannot ${action} with key ${describe(key)}: it must be a key; pass key(0)`);
  if (!(Number.isFinite(radius) && radius > 0)) {
    throw new RangeError(
      `Cannot ${action} with radius ${describe(radius)}: it must be a finite number above 0; 1 is usual`,
    );
  }
  if (!(Number.isInteger(resolution) && resolution % 2 === 1 && resolution >= 3 && resolution <= MOST_STEPS)) {
    throw new RangeError(
      `Cannot ${action} with resolution ${
        describe(resolution)
      }: it must be an odd whole number from 3 to ${MOST_STEPS}; 21 ` +
        "is usual",
    );
  }
  const tree = params as unknown as Tree<Tensor>; // a tree of tensors, as its type says
  map((leaf: Tensor, path: string): Tensor => {
    if (isTensor(leaf)) return leaf;
    const at = path === "" ? "" : ` at "${path}"`;
    throw new TypeError(
      `Cannot ${action} around ${describe(leaf)}${at}: params must be a tree of tensors; pass those of a model`,
    );
  }, tree);
  // As many directions as keys: two.
  const [first, second] = splitKey(key, 2).map((own) => filterDirection(tree, own)) as [Tree<Tensor>, Tree<Tensor>];
  const half = (resolution - 1) / 2, steps = Array.from({ length: resolution }, (_, k) => (k - half) / half * radius);
  const losses = steps.map((y) => {
    const row = along(tree, second, y);
    return steps.map((x) => toNumber(loss(along(row, first, x) as unknown as P))); // of the structure of params
  });
  return { steps, losses };
}

/** Moves params along a direction; by 0, they stay what they are to the last bit. */
const along = (params: Tree<Tensor>, direction: Tree<Tensor>, step: number): Tree<Tensor> =>
  step === 0 ? params : zipWith((w: Tensor, d: Tensor): Tensor => add(w, scale(d, step)), params, direction);

/** Draws a direction, and gives each filter the length of the filter at its place. */
function filterDirection(params: Tree<Tensor>, key: Key): Tree<Tensor> {
  const keys = splitKey(key, Math.max(leaves(params).length, 1));
  let next = 0;
  return map((w: Tensor): Tensor => {
    const own = keys[next++]!;
    if (w.shape.length < 2) return scale(w, 0);
    const drawn = randomNormal(own, w.shape, { dtype: w.dtype }), axes = w.shape.slice(1).map((_, k) => k + 1);
    const length = (t: Tensor): Tensor => sqrt(sum(square(t), { axes, keepDims: true }));
    return mul(drawn, safeDiv(length(w), length(drawn), { epsilon: 1e-10 }));
  }, params);
}
