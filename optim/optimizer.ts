/**
 * What an optimizer is.
 *
 * @module
 */
import type { Gradients } from "../autograd/backward.ts";
import type { ParameterTree } from "../autograd/tree/parameter_tree.ts";
import type { OptimizerConfig, StateTree } from "./transforms/transform.ts";

/** Training so far: the parameters, how many steps were taken, and what the optimizer remembers of them. */
export type OptimizerState<P extends ParameterTree = ParameterTree, S extends StateTree = StateTree> = {
  /** The parameters. */
  readonly params: P;
  /** How many steps led to them. */
  readonly step: number;
  /** The learning rate of the next step. */
  readonly learningRate: number;
  /** Whether the optimizer's schedule sets the rates to come; false once {@link withLearningRate} has set one. */
  readonly scheduled: boolean;
  /** Moments and such, most of them trees of the structure of the parameters. */
  readonly memory: S;
};

/**
 * A reducer from a state and gradients to the next state: `gradients.reduce(optimizer.step, optimizer.init(params))` is a
 * training run.
 *
 * @typeParam S What it remembers.
 */
export type Optimizer<S extends StateTree = StateTree> = {
  /** Such as `"adam"`. */
  readonly name: string;
  /** The settings it was made with, defaults included. */
  readonly config: OptimizerConfig;
  /** The state before the first step. */
  init<P extends ParameterTree>(params: P): OptimizerState<P, S>;
  /**
   * Takes one step. Gradients are a tree of the structure of the parameters, or what `backward` returned.
   *
   * @throws {TypeError} If the gradients are no tree of the structure of the parameters; the message names the path.
   */
  step<P extends ParameterTree>(
    state: OptimizerState<P, S>,
    gradients: ParameterTree | Gradients,
  ): OptimizerState<P, S>;
};

/** Tells whether a value is an optimizer. */
export function isOptimizer(value: unknown): value is Optimizer {
  return typeof value === "object" && value !== null && "init" in value && typeof value.init === "function" &&
    "step" in value && typeof value.step === "function" && "config" in value;
}

/** The learning rate that the next step from this state takes. */
export function learningRate(state: OptimizerState): number {
  return state.learningRate;
}

/**
 * A state with another learning rate, in force from the next step on in place of the optimizer's own.
 *
 * @throws {RangeError} If the rate is negative, NaN or infinite.
 */
export function withLearningRate<P extends ParameterTree, S extends StateTree>(
  state: OptimizerState<P, S>,
  rate: number,
): OptimizerState<P, S> {
  // Where a step is recorded to be run with other numbers, the rate is a tensor, and its value is not known.
  if (typeof rate !== "object") {
    checkSetting("the optimizer state", "learningRate", rate, (x) => x >= 0, "a finite number of 0 or more");
  }
  return { ...state, learningRate: rate, scheduled: false };
}

/** Refuses a setting that is NaN, infinite, or out of range. */
export function checkSetting(
  what: string,
  name: string,
  value: number,
  allowed: (value: number) => boolean,
  wanted: string,
): void {
  if (Number.isFinite(value) && allowed(value)) return;
  throw new RangeError(`Cannot build ${what} with ${name} ${value}: ${name} must be ${wanted}; correct it`);
}
