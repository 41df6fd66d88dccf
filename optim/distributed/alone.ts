/**
 * A single process as a parallel job.
 *
 * @module
 */
import { checkRoot, checkTensors } from "./check_exchanged.ts";
import type { Collective } from "./collective.ts";

/**
 * The collective of a single process, so that a program needs no second version: sums and means of one are what they are
 * of.
 *
 * @example
 * ```ts
 * import { alone, averageGradients } from "@nanograd/nanograd/distributed";
 * import { adam, chain, clipNorm, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const world = alone; // or await mpi()
 * const optimizer = chain(averageGradients(world), clipNorm(1), adam({ learningRate: 0.5 }));
 * const { params } = optimizer.step(optimizer.init(tensor64(1)), tensor64(3));
 * assertEquals([world.rank, world.size, toNumber(params).toFixed(4)], [0, 1, "0.5000"]);
 * ```
 */
export const alone: Collective = /* @__PURE__ */ Object.freeze<Collective>({
  rank: 0,
  size: 1,
  sum: (tree) => {
    checkTensors("sum", tree);
    return tree;
  },
  mean: (tree) => {
    checkTensors("mean", tree);
    return tree;
  },
  broadcast: <T>(tree: T, root = 0): T => {
    checkRoot(root, 1);
    return tree;
  },
  barrier: () => {},
  close: () => {},
});
