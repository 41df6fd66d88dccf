/**
 * Data-parallel training as a transform of gradients.
 *
 * @module
 */
import { checkFields } from "../check_setting.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { materialize } from "../transforms/deferred.ts";
import type { Memory } from "../transforms/leafwise.ts";
import { defineTransform, type Transform } from "../transforms/transform.ts";
import { alone } from "./alone.ts";
import type { Collective } from "./collective.ts";

/**
 * Replaces each gradient by its mean over all ranks: each rank computes the gradients of its share of a batch, and all of
 * them take the same step.
 *
 * It comes first in a chain, before transforms that depend on the whole gradient, such as `clipNorm`. All gradients of one
 * dtype are sent as one message. Inside `compile` they are computed in the memory that is sent, without copies, and divided
 * by the number of ranks in the loop that reads them. Each rank counts the same in the mean, so the shares of a batch should
 * have the same size.
 *
 * @param collective The ranks; `alone` changes nothing.
 * @throws {TypeError} If it is not a collective.
 *
 * @example
 * ```ts
 * import { alone, averageGradients } from "@nanograd/nanograd/distributed";
 * import { chain, clipNorm, sgd, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const optimizer = chain(averageGradients(alone), clipNorm(10), sgd({ learningRate: 0.5 }));
 * assertEquals(toNumber(optimizer.step(optimizer.init(tensor64(1)), tensor64(1)).params), 0.5);
 * ```
 */
export function averageGradients(collective: Collective): Transform<Memory<never>> {
  checkFields("average gradients over", collective, ["size", "mean"], "what mpi() returned, or alone");
  return defineTransform({
    name: "averageGradients",
    config: { ranks: collective.size },
    init: () => ({}),
    update: (gradients, state, { parameters }) => {
      if (collective === alone) return [gradients, state];
      const computed: readonly Tensor[] = gradients.map((gradient, k) => materialize(gradient, parameters[k]!));
      return [collective.mean(computed), state];
    },
  });
}
