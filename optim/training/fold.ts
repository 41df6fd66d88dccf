/**
 * Folds: reducers with an initial state.
 *
 * @module
 */

/**
 * A function from a state and one input to the next state. `inputs.reduce(reducer, reducer.initial)` is the fold, and a
 * loop that calls it is the same fold, one input at a time.
 *
 * @typeParam State The type of the state.
 * @typeParam Input The type of the inputs.
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
  /** Returns the next state, and leaves the given one unchanged. `undefined` stands for the initial state. */
  (state: State | undefined, input: Input): State;
  /** The state before the first input. */
  readonly initial: State;
};

/** Makes a fold from its step and its initial state. */
export function foldOf<State, Input>(
  initial: State,
  step: (state: State, input: Input) => State,
): Fold<State, Input> {
  // A new function, so that a step used twice does not have its initial state overwritten.
  return Object.freeze(
    Object.assign((state: State | undefined, input: Input) => step(state ?? initial, input), { initial }),
  );
}
