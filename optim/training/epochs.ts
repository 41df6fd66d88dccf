/**
 * Training for several epochs.
 *
 * @module
 */
import { checkFunction } from "../../autograd/arguments.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkSetting } from "../check_setting.ts";
import type { Monoid } from "../../deps.ts";

/** A finished epoch. */
export type Epoch<C, Y> = {
  /** The number of the epoch, counted from 0. */
  readonly epoch: number;
  /** The carry at its end. */
  readonly carry: C;
  /** The results of its steps, joined. */
  readonly result: Y;
};

/** The options of {@link epochs}. */
export type EpochsOptions<B, Y> = {
  /** Returns the batches of an epoch; epochs are counted from 0. */
  readonly batches: (epoch: number) => Iterable<B>;
  /** Joins the results of steps, such as a metric. */
  readonly monoid: Monoid<Y>;
  /** The number of epochs; endless if left out. */
  readonly count?: number | undefined;
};

/**
 * Folds a step over the batches of one epoch after another. After each epoch, yields the carry and the joined results
 * of its steps. The next epoch runs when it is asked for, so leaving the loop ends training.
 *
 * To see every step, for example to show progress or to draw a curve, fold with `scan`.
 *
 * @typeParam C The type of the carry from step to step: the state of the optimizer, and of the layers.
 * @typeParam B The type of a batch.
 * @typeParam Y The type of the result of a step.
 * @param f A function from the carry and a batch to `[carry, y]`: the next carry, and the result of the step.
 * @param carry The carry for the first step.
 * @param options The batches of each epoch, how to join results, and the number of epochs.
 * @returns A generator that yields after each epoch and returns the last carry.
 * @throws {RangeError} If `count` is neither a whole number of 0 or more nor Infinity.
 *
 * @example
 * ```ts
 * import { epochs } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const sum = { empty: 0, concat: (a: number, b: number) => a + b };
 * const run = epochs((product: number, x: number) => [product * x, x], 1, {
 *   batches: (epoch) => [epoch + 1, 2],
 *   monoid: sum,
 *   count: 2,
 * });
 * assertEquals([...run], [{ epoch: 0, carry: 2, result: 3 }, { epoch: 1, carry: 8, result: 4 }]);
 * ```
 */
export function epochs<C, B, Y>(
  f: (carry: C, batch: B) => readonly [carry: C, y: Y],
  carry: C,
  options: EpochsOptions<B, Y>,
): Generator<Epoch<C, Y>, C, undefined> {
  checkOptions("run epochs", options, { batches: true, monoid: true, count: true });
  const { batches, monoid, count = Infinity } = options;
  checkFunction("build epochs", "the step", f);
  checkFunction("build epochs", "batches", batches);
  // For callers without types, it may be missing.
  checkFunction("build epochs", "the concat of its monoid", (monoid as Monoid<Y> | undefined)?.concat);
  if (count !== Infinity) {
    checkSetting("epochs", "count", count, (n) => Number.isInteger(n) && n >= 0, "a whole number of 0 or more");
  }
  return generate(f, carry, batches, monoid, count);
}

function* generate<C, B, Y>(
  f: (carry: C, batch: B) => readonly [carry: C, y: Y],
  first: C,
  batches: (epoch: number) => Iterable<B>,
  monoid: Monoid<Y>,
  count: number,
): Generator<Epoch<C, Y>, C, undefined> {
  let carry = first;
  for (let epoch = 0; epoch < count; epoch++) {
    let result = monoid.empty;
    for (const batch of batches(epoch)) {
      const [next, y] = f(carry, batch);
      carry = next;
      result = monoid.concat(result, y);
    }
    yield { epoch, carry, result };
  }
  return carry;
}
