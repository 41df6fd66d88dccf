/**
 * What an optimizer is.
 *
 * @module
 */
import type { DType } from "../blas/dtype.ts";
import { formatShape } from "../blas/errors.ts";
import { sameShape } from "../blas/shape.ts";
import type { Gradients } from "../autograd/backward.ts";
import { zeros } from "../autograd/constructors.ts";
import { mapTensors, type Parameters, zerosLike, zipTensors } from "../autograd/parameters.ts";
import { isTensor, type Tensor, variableOf } from "../autograd/tensor.ts";
import { detached } from "../autograd/transforms.ts";
import { entries, leaves } from "../autograd/tree.ts";
import { type Schedule, scheduleOf } from "./schedule.ts";

/** Training so far: the parameters, how many steps were taken, and what the optimizer remembers of them. */
export type OptimizerState<P extends Parameters = Parameters, S extends Parameters = Parameters> = {
  /** The parameters. */
  readonly params: P;
  /** How many steps led to them. */
  readonly step: number;
  /** The learning rate of the next step. */
  readonly learningRate: number;
  /** Whether the optimizer's schedule sets the rates to come; false once {@link withLearningRate} has set one. */
  readonly scheduled: boolean;
  /** Moments and such, trees of the structure of the parameters. */
  readonly memory: S;
};

/** Settings of an optimizer, by name. */
export type OptimizerConfig = Readonly<Record<string, number | boolean | Schedule>>;

/**
 * A reducer from a state and gradients to the next state: `gradients.reduce(optimizer.step, optimizer.init(params))` is a
 * training run.
 *
 * @typeParam S What it remembers.
 */
export type Optimizer<S extends Parameters = Parameters> = {
  /** Such as `"adam"`. */
  readonly name: string;
  /** The settings it was made with, defaults included. */
  readonly config: OptimizerConfig;
  /** The state before the first step. */
  init<P extends Parameters>(params: P): OptimizerState<P, S>;
  /**
   * Takes one step. Gradients are a tree of the structure of the parameters, or what `backward` returned.
   *
   * @throws {TypeError} If the gradients are no tree of the structure of the parameters; the message names the path.
   */
  step<P extends Parameters>(state: OptimizerState<P, S>, gradients: Parameters | Gradients): OptimizerState<P, S>;
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
export function withLearningRate<P extends Parameters, S extends Parameters>(
  state: OptimizerState<P, S>,
  rate: number,
): OptimizerState<P, S> {
  checkSetting("the optimizer state", "learningRate", rate, (x) => x >= 0, "a finite number of 0 or more");
  return { ...state, learningRate: rate, scheduled: false };
}

/** What distinguishes one optimizer from another: how one parameter takes one step. */
export type UpdateRule<Slot extends string> = {
  readonly name: string;
  readonly learningRate: number | Schedule;
  readonly config: Readonly<Record<string, number | boolean>>;
  /** What is remembered for each parameter, by name: a tensor of its shape, zero before the first step. */
  readonly slots: readonly Slot[];
  /**
   * The next parameter, and what to remember, in the order of the slots.
   *
   * @param remembered What the last step remembered, in the order of the slots.
   * @param step The number of this step, counted from 1.
   * @param rate The learning rate of this step.
   */
  update(
    parameter: Tensor,
    gradient: Tensor,
    remembered: readonly Tensor[],
    step: number,
    rate: number,
  ): readonly [next: Tensor, remembered: readonly Tensor[]];
};

/** What optimizers remember: by name, trees of the structure of the parameters. */
export type Memory<Slot extends string> = { readonly [S in Slot]: Parameters };

/** Makes an optimizer of its rule. */
export function optimizerOf<Slot extends string>(rule: UpdateRule<Slot>): Optimizer<Memory<Slot>> {
  const { name, slots } = rule, schedule = scheduleOf(name, rule.learningRate);
  const memoryOf = (tree: (slot: Slot, index: number) => Parameters): Memory<Slot> =>
    Object.fromEntries(slots.map((slot, index) => [slot, tree(slot, index)])) as Memory<Slot>;
  return {
    name,
    config: Object.freeze({ learningRate: rule.learningRate, ...rule.config }),
    init: (params) => {
      checkParameters(name, params);
      const memory = memoryOf(() => zerosLike<Parameters>(params));
      return { params, step: 0, learningRate: schedule(0), scheduled: true, memory };
    },
    step: (state, gradients) => {
      const step = state.step + 1, before = leaves<Tensor>(state.params as Parameters);
      const given = leaves<Tensor>(gradientsFor(name, state.params, gradients));
      const remembered = slots.map((slot) => leaves<Tensor>(state.memory[slot]));
      const after = before.map((parameter, k) =>
        rule.update(detached(parameter), given[k]!, remembered.map((slot) => slot[k]!), step, state.learningRate)
      );
      return {
        params: withLeaves(state.params, after.map(([t], k) => asBefore(t, before[k]!))),
        step,
        learningRate: state.scheduled ? schedule(step) : state.learningRate,
        scheduled: state.scheduled,
        memory: memoryOf((_, index) => withLeaves<Parameters>(state.params, after.map(([, slots]) => slots[index]!))),
      };
    },
  };
}

/** A variable again where it was one, unless a transform is running that differentiates the step itself. */
const asBefore = (t: Tensor, before: Tensor): Tensor =>
  before.tag === "variable" && !t.requiresGrad ? variableOf(t.view) : t;

/** A tree of this structure with these leaves, in order. */
function withLeaves<P extends Parameters>(tree: P, tensors: readonly Tensor[]): P {
  let next = 0;
  return mapTensors(() => tensors[next++]!, tree);
}

/** Refuses parameters that are no tensors. */
function checkParameters(name: string, params: Parameters): void {
  for (const [path, leaf] of entries<Tensor>(params)) {
    if (isTensor(leaf)) continue;
    throw new TypeError(
      `Cannot begin ${name} with ${typeof leaf} at "${path}": parameters must be a tree of tensors; pass the params ` +
        "that layer.init returned",
    );
  }
}

/**
 * Gradients as a tree that fits the parameters. What `backward` returned is looked up by parameter, one that the loss did
 * not depend on counting as 0.
 */
function gradientsFor(name: string, params: Parameters, gradients: Parameters | Gradients): Parameters {
  if (gradients instanceof Map) {
    checkAnyFound(name, params, gradients);
    return mapTensors((t) => gradients.get(t) ?? zeros<DType>(t.shape, { dtype: t.dtype }), params);
  }
  return zipTensors(
    (t, gradient, path) => {
      if (!isTensor(gradient)) {
        throw new TypeError(
          `Cannot step ${name} at "${path}": found ${gradient === null ? "null" : `a ${typeof gradient}`} where the ` +
            "gradient must be a tensor; pass the gradients that valueAndGradient returned for these params",
        );
      }
      if (sameShape(t.shape, gradient.shape)) return detached(gradient);
      throw new TypeError(
        `Cannot step ${name} at "${path}": found a gradient of shape ${
          formatShape(gradient.shape)
        } where the parameter ` +
          `has ${formatShape(t.shape)}; pass the gradients that valueAndGradient returned for these params`,
      );
    },
    params,
    gradients as Parameters,
  );
}

/** Refuses gradients of other tensors altogether, such as those of an earlier step: nothing would ever change. */
function checkAnyFound(name: string, params: Parameters, gradients: Gradients): void {
  const tensors = leaves<Tensor>(params);
  if (tensors.length === 0 || tensors.some((t) => gradients.has(t))) return;
  throw new TypeError(
    `Cannot step ${name} with the gradients of ${gradients.size} other tensors: at least one of the ${tensors.length} ` +
      "parameters must be among them; compute the loss from state.params, not from earlier params",
  );
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
