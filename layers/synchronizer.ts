/**
 * Batch normalization over the batches of several processes.
 *
 * @module
 */
import { describe } from "../blas/describe.ts";
import { add, batchNorm, type BatchStatistics, batchStatistics, square, sub } from "../autograd/ops/mod.ts";
import type { Tensor } from "../autograd/tensor.ts";

/**
 * Joins the batch normalizations of several processes: a `Collective` of `./distributed`, or any other record that
 * computes the mean of tensors over processes.
 */
export type Synchronizer = {
  /** The number of processes. */
  readonly size: number;
  /** Returns the mean over all processes of each tensor; it is differentiable. */
  readonly mean: (tensors: readonly Tensor[]) => readonly Tensor[];
};

/**
 * Normalizes the batches of several processes as one. The variance is the mean of squared distances from the mean of all,
 * which is therefore exchanged before: the mean of squares minus the square of the mean would lose digits.
 */
export function normalizeTogether(
  { mean: together }: Synchronizer,
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  epsilon: number,
): BatchStatistics & { readonly output: Tensor } {
  const own = batchStatistics(x), [mean] = together([own.mean]) as readonly [Tensor]; // one tensor for each
  const spread = add(own.variance, square(sub(own.mean, mean)));
  const [variance] = together([spread]) as readonly [Tensor]; // as above
  return { output: batchNorm(x, gamma, beta, { statistics: { mean, variance }, epsilon }), mean, variance };
}

/** Throws if an option is neither omitted nor a {@link Synchronizer}. */
export function checkSynchronizer(action: string, synchronize: Synchronizer | undefined): void {
  if (synchronize === undefined) return;
  if (typeof synchronize === "object" && synchronize !== null && typeof synchronize.mean === "function") return;
  throw new TypeError(
    `Cannot ${action} with synchronize ${
      describe(synchronize)
    }: it must be a record with mean and size; pass what mpi() ` +
      "returned",
  );
}
