/**
 * Data sets in parts: for training, validation and tests.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { checkOptions } from "../../blas/options.ts";
import { take } from "../../autograd/ops/mod.ts";
import { checkKey, type Key } from "../../autograd/random/key.ts";
import { permutation } from "../../autograd/random/random.ts";
import { isTensor, type Tensor } from "../../autograd/tensor.ts";
import { mapTensors, type TensorTree } from "../../autograd/tree/parameter_tree.ts";
import { tensorData } from "../../autograd/values/read.ts";
import { checkSetting } from "../check_setting.ts";

/** The classes of samples: an array, or a tensor of one axis. */
export type Labels = readonly (number | string)[] | Tensor;

/** The options of {@link splitSamples}. */
export type SplitOptions<N extends string> = {
  /** The key that the samples of each part are drawn by. */
  readonly key: Key;
  /** The share of each part by its name, such as `{ train: 0.8, validation: 0.2 }`; they add up to 1. */
  readonly parts: Readonly<Record<N, number>>;
  /** The class of each sample: every part then has as large a share of each class as of all. */
  readonly labels?: Labels | undefined;
};

/** The options of {@link kFold}. */
export type FoldOptions = {
  /** The key that the samples of each fold are drawn by. */
  readonly key: Key;
  /** How many folds. */
  readonly folds: number;
  /** The class of each sample: every fold then has as large a share of each class as of all. */
  readonly labels?: Labels | undefined;
};

/** The indices of the samples of one round of cross-validation. */
export type ValidationRound = { readonly train: readonly number[]; readonly validation: readonly number[] };

/**
 * Splits samples into named parts: every sample is in one part, and which one depends on the key alone.
 *
 * Parts have their shares up to one sample (with `labels`, of each class up to two), and the indices in a part
 * ascend.
 *
 * @param count How many samples there are.
 * @param options `key`, `parts` and `labels`.
 * @returns The indices of the samples of each part, for `takeSamples` or `take`.
 * @throws {RangeError} If `count` is not a whole number, or shares are not positive numbers that add up to 1.
 * @throws {TypeError} If `key` is not a key, or samples and labels differ in number.
 *
 * @example
 * ```ts
 * import { splitSamples, takeSamples } from "@nanograd/nanograd/data";
 * import { arange, key, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const data = { x: arange(10), labels: arange(10) };
 * const { train, test } = splitSamples(10, { key: key(0), parts: { train: 0.7, test: 0.3 } });
 * assertEquals([...train, ...test].toSorted(), [...new Array(10).keys()]);
 * assertEquals(toList(takeSamples(data, test).x), test);
 *
 * const labels = ["a", "a", "a", "a", "b", "b"];
 * const halves = splitSamples(6, { key: key(0), parts: { one: 0.5, other: 0.5 }, labels });
 * assertEquals(halves.one.map((k) => labels[k]), ["a", "a", "b"]);
 * ```
 */
export function splitSamples<N extends string>(
  count: number,
  options: SplitOptions<N>,
): { readonly [K in N]: readonly number[] } {
  checkOptions("split samples", options, { key: true, parts: true, labels: true });
  const { key, parts, labels } = options;
  checkCountAndKey(count, key);
  // The type of keys is that of all strings; callers without types may pass no record.
  const names = typeof parts === "object" && parts !== null ? Object.keys(parts) as N[] : [];
  const shares = names.map((name) => parts[name]), total = shares.reduce((sum, share) => sum + share, 0);
  for (const [k, share] of shares.entries()) {
    checkSetting("a split", `parts.${names[k]}`, share, (x) => x > 0 && x <= 1, "above 0 and at most 1");
  }
  checkSetting("a split", "parts", total, (sum) => Math.abs(sum - 1) < 1e-9, "shares that add up to 1");
  const part = partsInTurn(shares), of = new Uint32Array(count);
  for (const sample of drawnOrder(count, key, labels)) of[sample] = part();
  const chosen = names.map((name, k) => [name, numbersWhere(count, (sample) => of[sample] === k)] as const);
  return Object.fromEntries(chosen) as { readonly [K in N]: readonly number[] }; // the names are those of the parts
}

/**
 * Splits samples for cross-validation: `folds` rounds, in each of which another part of the samples validates what the
 * others have trained. Every sample validates once.
 *
 * @param count How many samples there are.
 * @param options `key`, `folds` and `labels`.
 * @returns For each round the indices of the samples that train and that validate.
 * @throws {RangeError} If `folds` is not a whole number of 2 or more, or exceeds the number of samples.
 * @throws {TypeError} If `key` is not a key, or samples and labels differ in number.
 *
 * @example
 * ```ts
 * import { kFold } from "@nanograd/nanograd/data";
 * import { key } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const rounds = kFold(6, { key: key(0), folds: 3 });
 * assertEquals(rounds.flatMap(({ validation }) => validation).toSorted(), [0, 1, 2, 3, 4, 5]);
 * assertEquals(rounds.map(({ train }) => train.length), [4, 4, 4]);
 * ```
 */
export function kFold(count: number, options: FoldOptions): readonly ValidationRound[] {
  checkOptions("split samples into folds", options, { key: true, folds: true, labels: true });
  const { key, folds, labels } = options;
  checkCountAndKey(count, key);
  const allowed = (n: number) => Number.isInteger(n) && n >= 2 && n <= count;
  checkSetting("folds", "folds", folds, allowed, `a whole number from 2 to the number of samples, ${count}`);
  const of = new Uint32Array(count);
  let k = 0;
  for (const sample of drawnOrder(count, key, labels)) of[sample] = k++ % folds;
  return Array.from({ length: folds }, (_, fold) => ({
    train: numbersWhere(count, (sample) => of[sample] !== fold),
    validation: numbersWhere(count, (sample) => of[sample] === fold),
  }));
}

/**
 * Takes samples out of a data set: a tree of tensors whose first axes count the same samples.
 *
 * @param data Such as `{ images, labels }`.
 * @param numbers Which samples, such as a part of `splitSamples`.
 * @returns A tree like `data`, of tensors `[numbers, …]`.
 */
export function takeSamples<T extends TensorTree<T>>(data: T, numbers: readonly number[]): T {
  const isList = Array.isArray(numbers) || isTensor(numbers) || (ArrayBuffer.isView(numbers) && "length" in numbers);
  if (!isList) {
    throw new TypeError(
      `Cannot take samples by ${describe(numbers)}: numbers must be an array; pass a part of splitSamples`,
    );
  }
  return mapTensors((t) => take(t, numbers, 0), data);
}

function checkCountAndKey(count: number, key: Key): void {
  checkSetting("a split", "count", count, (n) => Number.isInteger(n) && n >= 1, "a whole number of 1 or more");
  checkKey("draw a split", key);
}

/** Returns all samples in a random order; with labels, class by class. */
function drawnOrder(count: number, key: Key, labels: Labels | undefined): readonly number[] {
  const order = Array.from(tensorData(permutation(key, count, { dtype: "float64" })));
  if (labels === undefined) return order;
  const classes = isTensor(labels) ? Array.from(tensorData(labels)) : labels;
  if (!Array.isArray(classes) || classes.length !== count || (isTensor(labels) && labels.shape.length !== 1)) {
    throw new TypeError(
      `Cannot split ${count} samples with ${
        describe(labels)
      } for labels: there must be one label for each sample; pass ` +
        "an array of them, or a tensor of one axis",
    );
  }
  return [...Map.groupBy(order, (sample) => classes[sample]).values()].flat();
}

/** Returns a function that names the parts in turn, each as often as its share says, up to one, at any time. */
function partsInTurn(shares: readonly number[]): () => number {
  const given = shares.map(() => 0);
  let turns = 0;
  return () => {
    turns++;
    const owed = shares.map((share, k) => share * turns - given[k]!), part = owed.indexOf(Math.max(...owed));
    given[part]!++;
    return part;
  };
}

const numbersWhere = (count: number, holds: (sample: number) => boolean): readonly number[] =>
  Array.from({ length: count }, (_, sample) => sample).filter(holds);
