/**
 * The two modes in which a layer is applied.
 *
 * @module
 */
import { describe } from "../blas/describe.ts";
import { foldIn, isKey, type Key } from "../autograd/random/key.ts";

/** Whether a layer is being trained and, if so, the key from which its randomness comes. */
export type Mode = { readonly training: false } | { readonly training: true; readonly key: Key };

/**
 * The mode for predicting: nothing is random, and no statistics change.
 *
 * @example
 * ```ts
 * import { dropout, evaluate, key, ones } from "@nanograd/nanograd";
 * import { assertStrictEquals } from "@std/assert";
 *
 * const x = ones([4]), layer = dropout(0.5);
 * assertStrictEquals(layer.apply(layer.init(key(0)), x, evaluate)[0], x);
 * ```
 */
export const evaluate: Mode = /* @__PURE__ */ Object.freeze({ training: false });

/**
 * Returns the mode for training: dropout draws from the key, and statistics are updated.
 *
 * @param key A key for this step only; `foldIn(key, step)` makes one.
 * @throws {TypeError} If `key` is not a key.
 *
 * @example
 * ```ts
 * import { dropout, foldIn, key, ones, toList, train } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = dropout(0.5), variables = layer.init(key(0)), mode = train(foldIn(key(1), 7)); // step 7
 * const twice = [1, 2].map(() => toList(layer.apply(variables, ones([4]), mode)[0]));
 * assertEquals(twice[0], twice[1]);
 * ```
 */
export function train(key: Key): Mode {
  if (isKey(key)) return Object.freeze({ training: true, key });
  throw new TypeError(`Cannot train with ${describe(key)}: randomness comes from a key; pass train(key(0))`);
}

/** Returns the mode of part `index` of a model: in training every part draws from its own key. */
export function modeOf(mode: Mode, index: number): Mode {
  return mode.training ? train(foldIn(mode.key, index)) : evaluate;
}
