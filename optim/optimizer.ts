/**
 * The types of optimizers and their states, and the learning rate of a state.
 *
 * @module
 */
import { describe } from "../blas/describe.ts";
import { checkNotNegative } from "./check_setting.ts";
import type { Gradients } from "../autograd/backward.ts";
import type { ParameterTree, TensorTree } from "../autograd/tree/parameter_tree.ts";
import { constant } from "../autograd/values/constructors.ts";
import { toNumber } from "../autograd/values/read.ts";
import { stopGradient } from "../autograd/stop_gradient.ts";
import { isTensor, type Tensor } from "../autograd/tensor.ts";
import { nextRateOf, rateIn } from "./schedules/next_rate.ts";
import type { OptimizerConfig, StateTree } from "./transforms/transform.ts";

/** The state of training: the parameters, the number of steps taken, and the optimizer's memory. */
export type OptimizerState<P = ParameterTree, S extends StateTree = StateTree> = {
  /** The parameters. */
  readonly params: P;
  /**
   * The number of steps that led to them: a 0-d tensor, so that compiled steps can count; `toNumber` reads it, `foldIn`
   * takes it.
   */
  readonly step: Tensor<"float64">;
  /**
   * The learning rate of the next step, 0-d; -1 where a schedule will be asked for it. {@link learningRate} reads it, and
   * asks.
   */
  readonly learningRate: Tensor<"float64">;
  /** Whether the optimizer's schedule sets future rates; false once {@link withLearningRate} has set one. */
  readonly scheduled: boolean;
  /** The optimizer's memory, such as moments; usually trees of the structure of the parameters. */
  readonly memory: S;
};

/**
 * A reducer from a state and gradients to the next state: `gradients.reduce(optimizer.step, optimizer.init(params))` is
 * a training run.
 *
 * @typeParam S The type of its memory.
 */
export type Optimizer<S extends StateTree = StateTree> = {
  /** The name, such as `"adam"`. */
  readonly name: string;
  /** The settings with which it was made, including defaults. */
  readonly config: OptimizerConfig;
  /** Returns the state before the first step. */
  init<P extends TensorTree<P>>(params: P): OptimizerState<P, S>;
  /**
   * Takes one step. Gradients are a tree of the structure of the parameters, or what `backward` returned.
   *
   * @param state A state of this optimizer. Its type need not say what the memory is, so that it can be kept as an
   * `OptimizerState<Params>`.
   * @throws {TypeError} If the gradients are not a tree of the structure of the parameters; the message names the path.
   * Or if the state was made by an optimizer with another memory.
   */
  step<P>(
    state: OptimizerState<P>,
    gradients: NoInfer<P> | ParameterTree | Gradients,
  ): OptimizerState<P, S>;
};

/** Tells whether a record has a name that is a text. */
export const hasName = (value: object): boolean => "name" in value && typeof value.name === "string";

/** Tells whether a value is an optimizer. */
export function isOptimizer(value: unknown): value is Optimizer {
  return typeof value === "object" && value !== null && "init" in value && typeof value.init === "function" &&
    "step" in value && typeof value.step === "function" && "config" in value && hasName(value);
}

/**
 * Reads the learning rate of the next step from this state. A schedule is asked for it; a step asks by itself, when it is
 * taken.
 *
 * Values cannot be read inside compiled code; the tensor `state.learningRate` has the rate there, unless it is a schedule's.
 *
 * @returns The rate; NaN if the optimizer's schedule has none for that step because it ends with the training, or if the
 * state was read from a file without a state of the optimizer for its example, and no step has been taken since.
 */
export function learningRate<P>(state: OptimizerState<P>): number {
  checkState("read the learning rate of", state);
  const next = state.scheduled ? nextRateOf(state.learningRate) : undefined;
  return next === undefined ? rateIn(toNumber(state.learningRate)) : next(state as OptimizerState); // of any params
}

/**
 * Returns a state with another learning rate, which replaces the optimizer's own from the next step on.
 *
 * @param rate A number, or a 0-d tensor, which compiled code can compute.
 * @throws {RangeError} If the rate is negative, NaN or infinite.
 * @throws {TypeError} If the rate is neither a number nor a 0-d float64 tensor.
 */
export function withLearningRate<P, S extends StateTree>(
  state: OptimizerState<P, S>,
  rate: number | Tensor<"float64">,
): OptimizerState<P, S> {
  checkState("set the learning rate of", state);
  return Object.freeze({ ...state, learningRate: rateOf(rate), scheduled: false });
}

/** Throws if a state was not made by an optimizer. */
export function checkState(action: string, state: unknown): void {
  const isState = typeof state === "object" && state !== null &&
    ["params", "step", "learningRate", "memory"].every((field) => field in state);
  // It is an object; its fields are checked here.
  if (isState && isTensor((state as OptimizerState).step) && isTensor((state as OptimizerState).learningRate)) return;
  throw new TypeError(
    `Cannot ${action} ${describe(state)}: it must be an optimizer's state, with params, memory, and the tensors step ` +
      "and learningRate; begin with optimizer.init(params)",
  );
}

function rateOf(rate: number | Tensor<"float64">): Tensor<"float64"> {
  if (!isTensor(rate)) {
    checkNotNegative("the optimizer state", "learningRate", rate);
    return constant(rate, { dtype: "float64" });
  }
  if (rate.dtype === "float64" && rate.shape.length === 0) return stopGradient(rate);
  throw new TypeError(
    `Cannot build the optimizer state with a learning rate that is a ${rate.dtype} tensor of shape [${rate.shape}]: it ` +
      "must be a number or a 0-d float64 tensor; pass a number",
  );
}
