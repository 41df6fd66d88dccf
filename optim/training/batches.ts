/**
 * Data sets in batches.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkSetting } from "../check_setting.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkKey, type Key } from "../../autograd/random/key.ts";
import { slice, take } from "../../autograd/ops/mod.ts";
import { mapTensors, type ParameterTree, type TensorTree } from "../../autograd/tree/parameter_tree.ts";
import { permutation } from "../../autograd/random/random.ts";
import { stopGradient } from "../../autograd/stop_gradient.ts";
import { isTensor, type Tensor } from "../../autograd/tensor.ts";
import { entries } from "../../autograd/tree/tree.ts";

/** The options of {@link batches}. */
export type BatchesOptions = {
  /** The number of samples in a batch. */
  readonly size: number;
  /** The key from which the order is drawn; without a key the samples keep their order. */
  readonly key?: Key | undefined;
  /** Whether to leave out a last batch that is smaller than the others; false if left out. */
  readonly dropLast?: boolean | undefined;
};

/**
 * Cuts a data set into batches, lazily: each is made when it is asked for, and is not kept.
 *
 * The data are a tree of tensors, such as `{ images, labels }`, whose first axes count the same samples. With a key the
 * samples are shuffled, in the same order in all tensors, and every sample comes once; `foldIn(key, epoch)` gives each
 * epoch its own
 * order. A batch takes one `take` for each tensor, or without a key one `slice`, which copies nothing.
 *
 * Batches are constants: no gradient flows back into the data.
 *
 * @typeParam T The type of the data, and of every batch.
 * @param data A tree of tensors `[samples, …]`, of rank 1 or more and either dtype.
 * @param options The size of a batch, the key, and whether a smaller last batch is dropped.
 * @returns A generator of trees like `data`, of tensors `[size, …]`.
 * @throws {ShapeError} If the first axes differ in length or a tensor is 0-d; the message names the path.
 * @throws {TypeError} If a leaf is not a tensor, there are no leaves, or `key` is not a key.
 * @throws {RangeError} If the size is not a whole number of 1 or more.
 *
 * @example
 * ```ts
 * import { arange, batches, key, reshape, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const data = { x: reshape(arange(10), [5, 2]), y: arange(5) };
 * const [first, second, last] = batches(data, { size: 2 });
 * assertEquals([toArray(first!.x), toArray(second!.y)], [[[0, 1], [2, 3]], [2, 3]]);
 * assertEquals(toArray(last!.y), [4]);
 *
 * const order = Array.from(batches(data, { size: 2, key: key(3) }), ({ y }) => toArray(y));
 * assertEquals(order, [[0, 4], [2, 1], [3]]);
 * ```
 */
export function batches<T extends TensorTree<T>>(
  data: T,
  options: BatchesOptions,
): Generator<T, void, undefined> {
  checkOptions("make batches", options, { size: true, key: true, dropLast: "flag" });
  const { size, key, dropLast = false } = options;
  checkSetting("batches", "size", size, (n) => Number.isInteger(n) && n >= 1, "a whole number of 1 or more");
  if (key !== undefined) checkKey("draw the order of batches", key);
  // The check is not in the generator, which would not run before the first batch is asked for.
  const samples = samplesOf(data);
  return generate(mapTensors(stopGradient, data), samples, size, key, dropLast ? size : 1);
}

function* generate<T>(
  data: T,
  samples: number,
  size: number,
  key: Key | undefined,
  smallest: number,
): Generator<T, void, undefined> {
  const order = key === undefined ? undefined : permutation(key, samples, { dtype: "float64" });
  for (let start = 0; start + smallest <= samples; start += size) {
    const count = Math.min(size, samples - start);
    const indices = order === undefined ? undefined : slice(order, start, count);
    yield mapTensors((t) => indices === undefined ? slice(t, start, count) : take(t, indices), data);
  }
}

/** Returns the number of samples: the length that all first axes share. */
function samplesOf(data: ParameterTree): number {
  const all = entries<Tensor>(data), place = (path: string): string => path === "" ? "" : ` at "${path}"`;
  mapTensors((leaf, path) => {
    if (isTensor(leaf)) return leaf;
    throw new TypeError(
      `Cannot make batches of ${describe(leaf)}${place(path)}: ` +
        "data must be a tree of tensors; wrap numbers with constant(…)",
    );
  }, data);
  const [firstPath, first] = all[0] ?? [];
  if (first === undefined) {
    throw new TypeError("Cannot make batches of no tensors: data must hold at least one; pass some such as { x, y }");
  }
  for (const [path, t] of all) {
    if (t.shape.length > 0 && t.shape[0] === first.shape[0]) continue;
    throw new ShapeError({
      op: "batches",
      given: { [firstPath === "" ? "data" : firstPath!]: first.shape, [path === "" ? "data" : path]: t.shape },
      problem: t.shape.length === 0
        ? `the tensor${place(path)} has no first axis to count samples along`
        : `the first axes must count the same samples: ${t.shape[0]}${place(path)} against ${first.shape[0] ?? "none"}${
          place(firstPath!)
        }`,
      remedy: "pass one row for each sample in every tensor",
    });
  }
  return first.shape[0]!;
}
