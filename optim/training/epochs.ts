/**
 * Training for epochs.
 *
 * @module
 */
import { checkFunction } from "../../autograd/arguments.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkSetting } from "../check_setting.ts";
import type { Monoid } from "../../deps.ts";

/** An epoch that is over. */
export type Epoch<C, Y> = {
  /** Which one, counted from 0. */
  readonly epoch: number;
  /** What was carried out of it. */
  readonly carry: C;
  /** What its steps told, joined. */
  readonly result: Y;
};

/** The options of {@link epochs}. */
export type EpochsOptions<B, Y> = {
  /** The batches of an epoch, which is counted from 0. */
  readonly batches: (epoch: number) => Iterable<B>;
  /** How what the steps tell is joined, such as a metric. */
  readonly monoid: Monoid<Y>;
  /** How many epochs; without end if left out. */
  readonly count?: number;
};

/**
 * Folds a step over the batches of one epoch after another, and yields after each: what is carried, and what the steps
 * told of the epoch, joined. The next epoch runs when it is asked for, so leaving the loop ends training.
 *
 * Where every step counts, to show progress or to draw a curve, fold with `scan`.
 *
 * @typeParam C What is carried from step to step: the state of the optimizer, and of the layers.
 * @typeParam B A batch.
 * @typeParam Y What is told of each step.
 * @param f From what is carried and a batch to `[carry, y]`: what to carry on, and what to tell.
 * @param carry What the first step is given.
 * @param options The batches of each epoch, how to join what is told, and how many epochs.
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
