/**
 * A single process as a parallel job.
 *
 * @module
 */
import { stopGradient } from "../../autograd/stop_gradient.ts";
import { isTensor, variableOf } from "../../autograd/tensor.ts";
import { innerView } from "../../autograd/tensor_record.ts";
import { map, type Tree } from "../../autograd/tree/tree.ts";
import { checkRoot, checkSent, checkTensors } from "./check_exchanged.ts";
import type { Collective } from "./collective.ts";

/**
 * The collective of a single process, so that one program serves a single process and many: the sum and the mean of one
 * tree are the tree itself. As over many ranks, no derivative flows through `broadcast`.
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
    checkSent(tree);
    return map<unknown, unknown>(
      (leaf) => !isTensor(leaf) ? leaf : leaf.tag === "variable" ? variableOf(innerView(leaf)) : stopGradient(leaf),
      tree as Tree<unknown>, // checked above
    ) as T; // the same structure, with a leaf of the same kind in each place
  },
  barrier: () => {},
  close: () => {},
});
