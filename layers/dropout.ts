/**
 * Dropout.
 *
 * @module
 */
import * as either from "../blas/either.ts";
import { describe } from "../blas/describe.ts";
import { checkOptions } from "../blas/options.ts";
import { randomUniform } from "../autograd/random/random.ts";
import { less, mul, scale } from "../autograd/ops/mod.ts";
import { checkName } from "./checks.ts";
import type { Layer } from "./layer.ts";
import { makeLayer, type NoState, NOTHING } from "./make_layer.ts";

/**
 * Makes a layer that, in training, sets elements to 0 at random and divides the others by the share that is kept, so
 * that the expected output is the input. In evaluate mode it returns its input.
 *
 * @param rate The probability that an element is dropped, in `[0, 1)`.
 * @param options `name`: the name in summaries, `"Dropout"` by default.
 * @throws {RangeError} If the rate is not in `[0, 1)`.
 * @see Srivastava et al., Dropout, 2014.
 *
 * @example
 * ```ts
 * import { dropout, evaluate, key, ones, toList, train } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const layer = dropout(0.5), variables = layer.init(key(0)), x = ones([100]);
 * assertEquals(layer.apply(variables, x, evaluate)[0], x);
 * assert(toList(layer.apply(variables, x, train(key(1)))[0]).every((v) => v === 0 || v === 2));
 * ```
 */
export function dropout(
  rate: number,
  options: { readonly name?: string | undefined } = {},
): Layer<NoState, NoState> {
  checkOptions("build dropout", options, { name: true });
  const { name = "Dropout" } = options;
  checkName("build dropout", name);
  if (!(typeof rate === "number" && rate >= 0 && rate < 1)) {
    throw new RangeError(`Cannot build dropout with rate ${describe(rate)}: rate must be in [0, 1); 0.5 drops half`);
  }
  return makeLayer<NoState, NoState>({
    kind: "dropout",
    name,
    config: { rate },
    specs: NOTHING,
    outputShape: (x) => either.right(x),
    compute: ({ state }, x, mode) => {
      if (!mode.training || rate === 0) return [x, state];
      const kept = less(randomUniform(mode.key, x.shape, { dtype: x.dtype }), 1 - rate);
      return [mul(x, scale(kept, 1 / (1 - rate))), state];
    },
  });
}
