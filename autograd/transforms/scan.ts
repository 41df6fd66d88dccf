/**
 * Folds that can be watched while they run.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { checkFunction } from "../arguments.ts";

/** A running fold: a generator of the values that the steps yield, with the current carry. */
export type Scan<Y, C> = Generator<Y, C, undefined> & {
  /**
   * The carry that the next step would receive: available at any time, even after the loop has ended or was left with
   * `break`.
   */
  readonly carry: C;
};

/** Throws, before the first step, if a value cannot be iterated over. */
export function checkIterable(xs: unknown): void {
  // Null and undefined are excluded.
  if (xs !== null && xs !== undefined && typeof (xs as Iterable<unknown>)[Symbol.iterator] === "function") return;
  throw new TypeError(
    `Cannot scan over ${
      describe(xs)
    }: it must be an array or another iterable, of one x for each step; pass [x] for one step`,
  );
}

/** Throws if what a step returned is not a carry and a value to yield. */
export function checkPair(returned: unknown): asserts returned is readonly [carry: unknown, y: unknown] {
  if (Array.isArray(returned) && returned.length === 2) return;
  throw new TypeError(
    `Cannot scan with a function that returned ${
      Array.isArray(returned) ? `an array of ${returned.length}` : describe(returned)
    }: it must return [carry, y]; return undefined as y if there is none`,
  );
}

/** Adds the carry to a fold's generator. */
export function withCarry<Y, C>(generator: Generator<Y, C, undefined>, carry: () => C): Scan<Y, C> {
  // The generator, with its carry.
  return Object.defineProperty(generator, "carry", { get: carry, enumerable: true }) as Scan<Y, C>;
}

/**
 * Folds a function over items one at a time, and yields a value for each: a training run whose losses can be watched
 * while it goes on.
 *
 * An item is pulled from `xs` only when the previous one has been processed and the next result is asked for, so `xs`
 * may be endless. Leaving the loop early closes it.
 *
 * @typeParam C The type of the carry, passed from one step to the next.
 * @typeParam X The type of the items.
 * @typeParam Y The type of the value yielded for each item.
 * @param f A function from the carry and the next item to `[carry, y]`: the next carry, and the value to yield.
 * @param carry The carry for the first step.
 * @param xs The items, in any iterable.
 * @returns A generator that yields each `y` and returns the last carry, or `carry` itself if there were no items. Its
 * `carry` is the current one.
 *
 * @example Watch losses, and get the parameters at the end
 * ```ts
 * import { scan, sgd, square, type Tensor, tensor64, toNumber, valueAndGradient } from "@nanograd/nanograd";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const optimizer = sgd({ learningRate: 0.25 }), loss = valueAndGradient((x: Tensor<"float64">) => square(x));
 * const steps = scan((state, _: number) => {
 *   const { value, gradients } = loss(state.params);
 *   return [optimizer.step(state, gradients), toNumber(value)];
 * }, optimizer.init<Tensor<"float64">>(tensor64(1)), [1, 2, 3]);
 * assertEquals([...steps], [1, 0.25, 0.0625]);
 * assertEquals(toNumber(steps.carry.params), 0.125);
 * ```
 *
 * @example Running totals
 * ```ts
 * import { scan } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const totals = scan((sum, x: number) => [sum + x, sum + x], 0, [1, 2, 3]);
 * assertEquals([totals.next(), totals.next(), totals.next(), totals.next()], [
 *   { value: 1, done: false },
 *   { value: 3, done: false },
 *   { value: 6, done: false },
 *   { value: 6, done: true },
 * ]);
 * ```
 */
export function scan<C, X, Y>(
  f: (carry: C, x: X) => readonly [carry: C, y: Y],
  carry: C,
  xs: Iterable<X>,
): Scan<Y, C> {
  checkFunction("apply scan", "f", f);
  checkIterable(xs);
  let carried = carry;
  function* steps(): Generator<Y, C, undefined> {
    for (const x of xs) {
      const pair = f(carried, x);
      checkPair(pair);
      carried = pair[0];
      yield pair[1];
    }
    return carried;
  }
  return withCarry(steps(), () => carried);
}
