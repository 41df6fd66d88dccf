/**
 * Transforms of gradients, and the chain that puts them before an optimizer.
 *
 * @module
 */
import type { Gradients } from "../autograd/backward.ts";
import type { Parameters } from "../autograd/parameters.ts";
import { clipByGlobalNorm, clipByValue } from "./clip.ts";
import { checkSetting, isOptimizer, type Optimizer } from "./optimizer.ts";

/** One thing done to gradients before an optimizer takes its step with them. */
export type Transform = {
  /** Such as `"clipNorm"`. */
  readonly name: string;
  /** The settings it was made with. */
  readonly config: Readonly<Record<string, number | boolean>>;
  /** The gradients that the next in line receives: a tree, or what `backward` returned, as it was given. */
  update<G extends Gradients | Parameters>(gradients: G): G;
};

/**
 * {@link clipByGlobalNorm} as a transform.
 *
 * @throws {RangeError} If `maxNorm` is not a finite number above 0.
 */
export function clipNorm(maxNorm: number): Transform {
  checkSetting("clipNorm", "maxNorm", maxNorm, (x) => x > 0, "a finite number above 0");
  return { name: "clipNorm", config: { maxNorm }, update: (gradients) => clipByGlobalNorm(gradients, maxNorm) };
}

/**
 * {@link clipByValue} as a transform.
 *
 * @throws {RangeError} If `limit` is not a finite number above 0.
 */
export function clipValue(limit: number): Transform {
  checkSetting("clipValue", "limit", limit, (x) => x > 0, "a finite number above 0");
  return { name: "clipValue", config: { limit }, update: (gradients) => clipByValue(gradients, limit) };
}

/**
 * Puts transforms one after another: the gradients go through the first one first. With an optimizer at the end the chain
 * is that optimizer, on transformed gradients; its state is the optimizer's own.
 *
 * @throws {TypeError} If an optimizer stands anywhere but at the end.
 *
 * @example
 * ```ts
 * import { chain, clipNorm, sgd, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const optimizer = chain(clipNorm(1), sgd({ learningRate: 0.5 }));
 * const { params } = optimizer.step(optimizer.init(tensor64(3)), tensor64(1000));
 * assertAlmostEquals(toNumber(params), 2.5);
 * ```
 */
export function chain<S extends Parameters>(...parts: readonly [...Transform[], Optimizer<S>]): Optimizer<S>;
/** Joins transforms into one. */
export function chain(...parts: readonly Transform[]): Transform;
export function chain(...parts: readonly (Transform | Optimizer)[]): Transform | Optimizer {
  const last = parts.at(-1), transforms = parts.filter((part): part is Transform => !isOptimizer(part));
  const ends = isOptimizer(last);
  if (transforms.length !== parts.length - (ends ? 1 : 0)) {
    throw new TypeError(
      `Cannot chain ${parts.map(({ name }) => name).join(", ")}: only the last part may be an optimizer; put the ` +
        "transforms before it",
    );
  }
  const update = <G extends Gradients | Parameters>(gradients: G): G =>
    transforms.reduce((soFar, transform) => transform.update(soFar), gradients);
  const name = parts.map((part) => part.name).join(" > ");
  if (!ends) {
    return { name, config: Object.freeze(Object.assign({}, ...transforms.map(({ config }) => config))), update };
  }
  return {
    name,
    config: Object.freeze(Object.assign({}, ...parts.map(({ config }) => config))),
    init: last.init,
    step: (state, gradients) => last.step(state, update(gradients)),
  };
}
