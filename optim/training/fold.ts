/**
 * Folds: reducers that know what they begin with.
 *
 * @module
 */

/**
 * A function from what is known so far and one thing more to what is known then. `things.reduce(reducer,
 * reducer.initial)` is the fold, and a loop that calls it is the same fold, one thing at a time.
 *
 * @typeParam State What is known.
 * @typeParam Input What comes in, one at a time.
 *
 * @example
 * ```ts
 * import { earlyStopping } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const stopping = earlyStopping<string>({ patience: 1 });
 * const losses = [[0.5, "first"], [0.3, "second"], [0.4, "third"]] as const;
 * const end = losses.reduce((soFar, [loss, value]) => stopping(soFar, { loss, value }), stopping.initial);
 * assertEquals(end.stopped, true);
 * ```
 */
export type Fold<State, Input> = {
  /** What is known next; the state that it was given stays as it was. `undefined` stands for the one to begin with. */
  (state: State | undefined, input: Input): State;
  /** What is known before anything came in. */
  readonly initial: State;
};

/** A reducer of its step and what it begins with. */
export function foldOf<State, Input>(
  initial: State,
  step: (state: State, input: Input) => State,
): Fold<State, Input> {
  // A function of its own, so that a step used twice does not have its initial state overwritten.
  return Object.freeze(
    Object.assign((state: State | undefined, input: Input) => step(state ?? initial, input), { initial }),
  );
}
