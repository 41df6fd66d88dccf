/**
 * What the processes of a parallel job do together.
 *
 * @module
 */
import type { Tensor } from "../../autograd/tensor.ts";
import type { TreeOf } from "../../autograd/tree/admitted.ts";
import type { Tree } from "../../autograd/tree/tree.ts";
import type { TensorTree } from "../../autograd/tree/parameter_tree.ts";

/** A leaf that {@link Collective.broadcast} can send. */
export type SentLeaf = Tensor | number | string | boolean | null;

/** The type of {@link Collective.broadcast}; interfaces are taken too. */
export type Broadcast = {
  <T extends Tree<SentLeaf>>(tree: T, root?: number): T;
  <T extends TreeOf<T, SentLeaf>>(tree: T, root?: number): T;
};

/**
 * The processes of a parallel job, as one of them, a rank, sees them: a record of functions, all of them synchronous.
 *
 * All ranks must call the same functions in the same order, with tensors of the same shapes and dtypes: each call waits
 * for the other ranks. When tensors of some shapes are exchanged for the first time, the ranks compare these shapes, so
 * that a difference is an error on every rank. `sum` and `mean` are differentiable, and `sum`, `mean` and `broadcast` may be
 * used inside `compile`, where they run on the program's own memory.
 *
 * `mpi` returns the collective of all processes that a launcher started, and `alone` is that of a single process.
 */
export type Collective = {
  /** The number of this process, from 0 to `size - 1`. */
  readonly rank: number;
  /** The number of processes. */
  readonly size: number;
  /** Returns the sum over all ranks of each tensor of a tree, the same to the last bit on all ranks. */
  readonly sum: <T extends TensorTree<T>>(tree: T) => T;
  /** Returns the mean over all ranks of each tensor of a tree, the same to the last bit on all ranks. */
  readonly mean: <T extends TensorTree<T>>(tree: T) => T;
  /**
   * Returns the tensors and numbers of the rank `root`, 0 if left out, in a tree of the same structure. Strings, booleans
   * and null must be the same on all ranks. No derivative flows through the result. Inside `compile` numbers are sent
   * only when the function is traced, and tensors in each call: send numbers that change as tensors.
   */
  readonly broadcast: Broadcast;
  /** Waits until all ranks have called it. */
  readonly barrier: () => void;
  /** Ends the communication; each rank must call it before it exits. */
  readonly close: () => void;
};
