/**
 * Each rank's share of the data.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { ShapeError } from "../../blas/errors.ts";
import { slice } from "../../autograd/ops/slice.ts";
import { innerShape } from "../../autograd/tensor_record.ts";
import { mapTensors, type TensorTree } from "../../autograd/tree/parameter_tree.ts";
import { checkFields } from "../check_setting.ts";
import { checkRank, checkTensors } from "./check_exchanged.ts";
import type { Collective } from "./collective.ts";

/** The rank that takes a share, and the number of ranks; any {@link Collective} is one. */
export type Ranks = Pick<Collective, "rank" | "size">;

/**
 * Returns a rank's share of a batch, or of each of many batches: the ranks' shares, one after another, are the batch, and
 * their sizes differ by one sample at most. The last batch, which may be smaller, is shared out in the same way.
 *
 * If a batch has fewer samples than there are ranks, each rank gets one sample, and some ranks get the same one, since a
 * rank without a sample would have no gradient to contribute. Otherwise each sample is in one share. `averageGradients`
 * counts ranks, not samples, so batches whose size is a multiple of the number of ranks give the gradient of the whole batch.
 *
 * @param indices The indices of the samples of one batch.
 * @param collective The ranks.
 * @returns A part of the indices.
 * @throws {RangeError} If the rank is not a whole number from 0 to one less than the number of ranks.
 * @throws {TypeError} If the first argument is not a batch or a sequence of batches.
 *
 * @example
 * ```ts
 * import { shard } from "@nanograd/nanograd/distributed";
 * import { arange, batches, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const last = { rank: 1, size: 2 }; // or await mpi()
 * assertEquals(shard([3, 1, 4, 1, 5], last), [1, 5]);
 * assertEquals(shard([[0, 1, 2, 3], [4, 5]], last), [[2, 3], [5]]);
 * const shares = shard(batches({ x: arange(6) }, { size: 4 }), last);
 * assertEquals(Array.from(shares, ({ x }) => toList(x)), [[2, 3], [5]]);
 * ```
 */
export function shard(indices: readonly number[], collective: Ranks): readonly number[];
/** Returns a rank's share of each of many batches of indices. */
export function shard(batches: readonly (readonly number[])[], collective: Ranks): readonly (readonly number[])[];
/** Shares out batches, which are trees of tensors `[samples, …]`, one by one as they are asked for. */
export function shard<T extends TensorTree<T>>(
  batches: Iterable<T>,
  collective: Ranks,
): Generator<T, void, undefined>;
/** Returns a rank's share of one batch, which is a record of tensors `[samples, …]`, or one tensor. */
export function shard<T extends TensorTree<T>>(batch: T, collective: Ranks): T;
export function shard(given: unknown, collective: Ranks): unknown {
  checkFields("shard over", collective, ["rank", "size"], "what mpi() returned, or alone");
  checkRank("shard", collective);
  if (typeof given !== "object" || given === null) throw notBatches(given);
  if (isIndices(given)) return shareOf(given, collective);
  if (Array.isArray(given) && given.every(isIndices)) return given.map((indices) => shareOf(indices, collective));
  return isIterable(given) ? sharesOf(given, collective) : shareOf(given, collective);
}

const isIndices = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((part) => typeof part === "number");

const isIterable = (value: object): value is Iterable<unknown> => Symbol.iterator in value;

function* sharesOf(batches: Iterable<unknown>, ranks: Ranks): Generator<unknown, void, undefined> {
  for (const batch of batches) yield shareOf(batch, ranks);
}

/** Returns a rank's share of a batch of either kind. */
function shareOf(batch: unknown, ranks: Ranks): unknown {
  if (isIndices(batch)) {
    const { start, count } = rangeOf(batch.length, ranks);
    return batch.slice(start, start + count);
  }
  const { start, count } = rangeOf(samplesOf(batch), ranks);
  return mapTensors((t) => slice(t, start, count), batch);
}

/** Returns where the share of a rank begins, and its length. */
function rangeOf(samples: number, { rank, size }: Ranks): { readonly start: number; readonly count: number } {
  if (samples < size) return { start: samples === 0 ? 0 : rank % samples, count: Math.min(1, samples) };
  const start = Math.ceil(rank * samples / size);
  return { start, count: Math.ceil((rank + 1) * samples / size) - start };
}

/** Returns the number of samples of a batch: the length that the first axes of its tensors share. */
function samplesOf(batch: unknown): number {
  const shapes = checkTensors("shard", batch).map((t) => innerShape(t)), [first] = shapes;
  if (first === undefined) throw notBatches(batch);
  for (const shape of shapes) {
    if (shape.length > 0 && shape[0] === first[0]) continue;
    throw new ShapeError({
      op: "shard",
      given: { batch: first, another: shape },
      problem: "the first axes of all tensors must count the same samples",
      remedy: "pass batches with one row for each sample in every tensor",
    });
  }
  return first[0]!;
}

const notBatches = (given: unknown): TypeError =>
  new TypeError(
    `Cannot shard ${
      describe(given)
    }: it must be a list of indices, a record of tensors, or a sequence of either; pass what ` +
      "batches returned",
  );
