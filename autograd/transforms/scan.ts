/**
 * Folds that show their way.
 *
 * @module
 */
import { checkFunction } from "../arguments.ts";

/**
 * Folds a function over things one at a time, and yields what it says about each: a training run whose losses can be
 * watched while it goes on.
 *
 * Things are pulled from `xs` one by one, each only when the one before has been dealt with and the next result is asked
 * for, so `xs` may be endless; a loop that is left early closes it.
 *
 * @typeParam C What is carried from one step to the next.
 * @typeParam X What comes in.
 * @typeParam Y What is told of each step.
 * @param f From what is carried and the next thing to `[carry, y]`: what to carry on, and what to yield.
 * @param carry What the first step is given.
 * @param xs Things in any iterable.
 * @returns A generator that yields each `y` and returns the last carry, `carry` itself where there was nothing.
 *
 * @example Losses, and the parameters in the end
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
export function* scan<C, X, Y>(
  f: (carry: C, x: X) => readonly [carry: C, y: Y],
  carry: C,
  xs: Iterable<X>,
): Generator<Y, C, undefined> {
  checkFunction("apply scan", "f", f);
  let carried = carry;
  for (const x of xs) {
    const [next, y] = f(carried, x);
    carried = next;
    yield y;
  }
  return carried;
}
