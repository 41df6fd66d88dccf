/**
 * Training on many processes or machines at once, over MPI: each rank computes the gradients of its share of a batch, and
 * all take the same step with their mean.
 *
 * @example A step that runs alone or, by `mpirun`, on many ranks
 * ```ts
 * import { alone, averageGradients, shard } from "@nanograd/nanograd/distributed";
 * import { adam, batches, chain, compile, mseLoss, mul, type Tensor, tensor64, toNumber, valueAndGradient } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const world = alone; // or await mpi()
 * const optimizer = chain(averageGradients(world), adam({ learningRate: 0.1 }));
 * const step = compile((state: ReturnType<typeof optimizer.init<Tensor>>, { x, y }: { x: Tensor; y: Tensor }) => {
 *   const { gradients } = valueAndGradient((w: Tensor) => mseLoss(mul(w, x), y))(state.params);
 *   return optimizer.step(state, gradients);
 * });
 * const data = { x: tensor64([1, 2, 3, 4]), y: tensor64([2, 4, 6, 8]) };
 * let state = optimizer.init<Tensor>(world.broadcast(tensor64(0)));
 * for (let epoch = 0; epoch < 100; epoch++) {
 *   for (const share of shard(batches(data, { size: 4 }), world)) state = step(state, share);
 * }
 * if (world.rank === 0) assertAlmostEquals(toNumber(state.params), 2, 1e-2);
 * world.close();
 * ```
 *
 * @module
 */
export { alone } from "./alone.ts";
export { averageGradients } from "./average_gradients.ts";
export type { Broadcast, Collective, SentLeaf } from "./collective.ts";
export { mpi, type MpiCollective } from "./mpi.ts";
export { type Ranks, shard } from "./shard.ts";
