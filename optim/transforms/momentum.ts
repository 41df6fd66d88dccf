/**
 * Momentum.
 *
 * @module
 */
import { checkFlag } from "../check_parts.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkShare } from "../check_setting.ts";
import { add, mul } from "../../blas/scalar/scalar.ts";
import { flushed } from "./flush.ts";
import { leafwise, type Memory } from "./leafwise.ts";
import { deferredElementwise, deferredNumber, materialize } from "./deferred.ts";
import type { Transform } from "./transform.ts";

/** The options of {@link momentum}. */
export type MomentumOptions = {
  /** The share of the last velocity that is kept, in [0, 1); 0.9 if left out. */
  readonly decay?: number | undefined;
  /** Whether to look ahead along the velocity; false if left out. */
  readonly nesterov?: boolean | undefined;
};

const velocityOf = /* @__PURE__ */ deferredElementwise((v, g, decay) => flushed(add(mul(decay, v), g)));

/**
 * Replaces each gradient by its decaying sum, the velocity; with `nesterov`, by the next velocity, assuming that the
 * gradient stays the same.
 *
 * @throws {RangeError} If `decay` is not in [0, 1).
 * @see Sutskever et al., On the Importance of Initialization and Momentum in Deep Learning, 2013, with the rate applied
 * later, as in PyTorch.
 *
 * @example
 * ```ts
 * import { chain, descend, momentum, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const optimizer = chain(momentum({ decay: 0.5 }), descend({ learningRate: 1 }));
 * const { params } = [tensor64(4), tensor64(0)].reduce(optimizer.step, optimizer.init(tensor64(10)));
 * assertEquals(toNumber(params), 4); // 10 - 4 - 2
 * ```
 */
export function momentum(options: MomentumOptions = {}): Transform<Memory<"velocity">> {
  checkOptions("build momentum", options, { decay: true, nesterov: true });
  const { decay = 0.9, nesterov = false } = options;
  checkShare("momentum", "decay", decay);
  checkFlag("momentum", "nesterov", nesterov);
  const kept = deferredNumber(decay);
  return leafwise({
    name: "momentum",
    config: { decay, nesterov },
    slots: ["velocity"],
    begin: () => (gradient, [v], parameter) => {
      const velocity = materialize(velocityOf(v!, gradient, kept), parameter);
      return [nesterov ? velocityOf(velocity, gradient, kept) : velocity, [velocity]];
    },
  });
}
