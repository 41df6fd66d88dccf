/**
 * Mixtures of examples.
 *
 * @module
 */
import { checkTensor } from "../../../autograd/arguments.ts";
import { checkOptions } from "../../../blas/options.ts";
import { ShapeError } from "../../../blas/errors.ts";
import type { DType } from "../../../blas/dtype.ts";
import { cast, lerp, take } from "../../../autograd/ops/mod.ts";
import { checkKey, type Key } from "../../../autograd/random/key.ts";
import { permutation } from "../../../autograd/random/random.ts";
import { randomBeta } from "../../../autograd/random/gamma.ts";
import { split } from "../../../autograd/random/split.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { leaves, type Tree } from "../../../autograd/tree/tree.ts";
import { mapTensors, type TensorTree } from "../../../autograd/tree/parameter_tree.ts";
import { checkPositive } from "../../check_setting.ts";

/** The options of {@link mixup}. */
export type MixupOptions = {
  /** Both parameters of the beta distribution that shares are drawn from, 0.2 if left out; 1 makes all shares equally likely. */
  readonly alpha?: number | undefined;
};

/**
 * Mixes each example of a batch with another one: `share * example + (1 - share) * other`, labels included. One share
 * for the whole batch is drawn from a beta distribution.
 *
 * @param key The key that the share and the partners are drawn from.
 * @param batch A tree of tensors whose first axes count the same examples; labels as probabilities, such as `oneHot`
 * makes them.
 * @param options `alpha`: how much is mixed.
 * @returns A tree like `batch`. Gradients flow through it.
 * @throws {ShapeError} If the first axes differ.
 * @throws {RangeError} If `alpha` is not a finite number above 0.
 * @see Zhang et al., mixup: Beyond Empirical Risk Minimization, 2018.
 *
 * @example
 * ```ts
 * import { mixup } from "@nanograd/nanograd/data";
 * import { key, ones, oneHot, sum, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const { labels } = mixup(key(0), { images: ones([4, 3, 2, 2]), labels: oneHot([0, 1, 2, 1], 3) }, { alpha: 1 });
 * assertEquals(toList(sum(labels, { axes: 1 })).map((total) => Math.round(total * 1e6) / 1e6), [1, 1, 1, 1]);
 * ```
 */
export function mixup<T extends TensorTree<T>>(key: Key, batch: T, options: MixupOptions = {}): T {
  checkOptions("apply mixup", options, { alpha: true });
  const { alpha = 0.2 } = options;
  checkPositive("mixup", "alpha", alpha);
  checkKey("mix examples", key);
  const all = leaves<Tensor>(batch as Tree<Tensor>); // a tree of tensors, as its type says
  for (const leaf of all) checkTensor("apply mixup", leaf);
  const [first] = all, count = first?.shape[0];
  for (const other of all) {
    if (count !== undefined && other.shape[0] === count) continue;
    throw new ShapeError({
      op: "mixup",
      given: { first: first!.shape, other: other.shape },
      problem: "the first axes must count the same examples",
      remedy: "pass one row for each example in every tensor",
    });
  }
  const [shareKey, orderKey] = split(key), share = randomBeta(shareKey, alpha, alpha);
  const order = permutation(orderKey, count ?? 0);
  const mixed = <D extends DType>(t: Tensor<D>): Tensor<D> => lerp(take(t, order), t, cast(share, t.dtype));
  return mapTensors((t) => mixed(t), batch);
}
