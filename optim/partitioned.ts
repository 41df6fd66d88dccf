/**
 * Groups of parameters, each with its own optimizer.
 *
 * @module
 */
import { checkFunction } from "../autograd/arguments.ts";
import { isTensor, type Tensor } from "../autograd/tensor.ts";
import { describe } from "../blas/describe.ts";
import { checkOptimizer } from "./check_parts.ts";
import { deferredStepOf, defineOptimizer, nextParams, rateOfStep } from "./define_optimizer.ts";
import { increased } from "./descend.ts";
import { frozen } from "./frozen.ts";
import { learningRate, type Optimizer, type OptimizerState } from "./optimizer.ts";
import { nextRateOf, rateLeftOpen } from "./schedules/next_rate.ts";
import { constant } from "../autograd/values/constructors.ts";
import type { ParameterTree } from "../autograd/tree/parameter_tree.ts";
import { entries, leaves } from "../autograd/tree/tree.ts";
import { partOf } from "./transforms/part_of.ts";
import type { OptimizerConfig, StateTree } from "./transforms/transform.ts";

/** The memory of one group of {@link partitioned}: the state of its optimizer, without the parameters. */
export type GroupMemory = {
  /** The number of steps that the group's optimizer has taken, 0-d. */
  readonly step: Tensor<"float64">;
  /** The group's learning rate, 0-d. */
  readonly learningRate: Tensor<"float64">;
  /** The memory of the group's optimizer. */
  readonly memory: StateTree;
};

/** The memory of {@link partitioned}: that of each group, by name. */
export type PartitionedMemory = { readonly [group: string]: GroupMemory };

/** Names the group of a parameter, from its path, such as `"1.weight"`, and its shape and dtype, not its values. */
export type LabelOf<Group extends string> = (path: string, parameter: Tensor) => Group | "frozen";

/**
 * Makes an optimizer that treats groups of parameters differently: with different optimizers, with different learning
 * rates, or not at all. Parameters labelled `"frozen"` stay as they are.
 *
 * Each group keeps its own learning rate and schedule; `state.learningRate` is that of the first group.
 * `withLearningRate(state, rate)` sets one rate for all of them.
 *
 * @typeParam Group The names of the groups.
 * @param groups The optimizers by the name of their group. One named `frozen` replaces the meaning of that label.
 * @param labelOf Names the group of a parameter; it must name the same group at every step.
 * @returns An optimizer; `state.memory` has the state of each group, without parameters, by the group's name.
 * @throws {TypeError} If a group is not an optimizer, or there is none; when it is used, if a label is not a group's name.
 *
 * @example A new head on a network that is kept
 * ```ts
 * import { adam, partitioned, sgd, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const optimizer = partitioned(
 *   { head: adam({ learningRate: 0.1 }), body: sgd({ learningRate: 0.01 }) },
 *   (path) => path.startsWith("head") ? "head" : path === "embedding" ? "frozen" : "body",
 * );
 * const params = { embedding: tensor64(1), body: tensor64(1), head: tensor64(1) };
 * const gradients = { embedding: tensor64(5), body: tensor64(5), head: tensor64(5) };
 * const { embedding, body, head } = optimizer.step(optimizer.init(params), gradients).params;
 * assertAlmostEquals(toNumber(embedding), 1);
 * assertAlmostEquals(toNumber(body), 0.95);
 * assertAlmostEquals(toNumber(head), 0.9, 1e-6);
 * ```
 */
export function partitioned<Group extends string>(
  groups: { readonly [G in Group]: Optimizer },
  labelOf: LabelOf<NoInfer<Group>>,
): Optimizer<PartitionedMemory> {
  const given = checkedGroups(groups);
  checkFunction("build partitioned", "labelOf", labelOf);
  const optimizers: Readonly<Record<string, Optimizer>> = { ...given, ...!("frozen" in given) && { frozen } };
  const names = Object.keys(optimizers), title = `partitioned(${Object.keys(given).join(", ")})`;
  const checkLabels = (params: ParameterTree): void => {
    for (const [path, parameter] of entries<Tensor>(params)) checkLabel(title, names, path, labelOf(path, parameter));
  };
  const partsOf = (params: ParameterTree) => {
    checkLabels(params);
    return names.map((name) => ({
      name,
      optimizer: optimizers[name]!,
      ...partOf(title, (path, parameter) => labelOf(path, parameter) === name, params),
    }));
  };
  type State = OptimizerState<ParameterTree, PartitionedMemory>;
  const groupState = (state: State, name: string, params: ParameterTree): OptimizerState => {
    const { scheduled, learningRate } = state, memory = groupOf(title, state.memory, name);
    return { ...memory, params, scheduled, ...!scheduled && { learningRate } };
  };
  const held = rateLeftOpen((state) => {
    // The state is of this optimizer.
    const group = groupOf(title, state.memory as PartitionedMemory, names[0]!);
    return learningRate({ ...group, params: {}, scheduled: true });
  });
  /** Returns what states hold in place of the rate of the first group, which may count its steps by itself. */
  const heldFor = (rate: Tensor<"float64">): Tensor<"float64"> => nextRateOf(rate) === undefined ? rate : held;
  return defineOptimizer<PartitionedMemory>({
    name: title,
    config: configOf(given),
    init: (params) => {
      const states = partsOf(params).map(({ name, optimizer, params: part }) =>
        [name, optimizer.init(part) as OptimizerState] as const // states are trees of tensors
      );
      return {
        params,
        step: constant(0, { dtype: "float64" }),
        learningRate: heldFor(states[0]![1].learningRate),
        scheduled: true,
        memory: Object.fromEntries(states.map(([name, state]) => [name, memoryOf(state)])),
      };
    },
    rateOf: (state, taken) => {
      const [{ name, optimizer, params }] = partsOf(state.params) as [ReturnType<typeof partsOf>[number]]; // at least one
      return rateOfStep(optimizer)(groupState(state, name, params), taken);
    },
    step: (state, gradients, parameters, { taken, rate } = {}) => {
      const { scheduled } = state;
      const results = partsOf(state.params).map(({ name, optimizer, params, indices }, k) => {
        const before = groupState(state, name, params),
          terms = { ...taken && { taken }, ...k === 0 && rate && { rate } };
        const of = <T>(all: readonly T[]): readonly T[] => indices.map((k) => all[k]!);
        return { name, indices, next: deferredStepOf(optimizer)(before, of(gradients), of(parameters), terms) };
      });
      const moved = new Map(results.flatMap(({ indices, next }) => {
        const tensors = leaves<Tensor>(next.params);
        return indices.map((k, i) => [k, tensors[i]!] as const);
      }));
      return {
        params: nextParams(state.params, parameters.map((_, k) => moved.get(k)!)),
        step: increased(state.step),
        learningRate: scheduled ? heldFor(results[0]!.next.learningRate) : state.learningRate,
        scheduled,
        memory: Object.fromEntries(results.map(({ name, next }) => [name, memoryOf(next)])),
      };
    },
  });
}

const memoryOf = ({ step, learningRate, memory }: OptimizerState): GroupMemory => ({ step, learningRate, memory });

function groupOf(title: string, memory: PartitionedMemory, name: string): GroupMemory {
  const found: Partial<GroupMemory> | undefined = memory[name];
  if (found !== undefined && isTensor(found.step)) return memory[name]!;
  throw new TypeError(
    `Cannot step ${title} from a state without the group ${name}: its memory must have one for each group; begin with the ` +
      "init of this optimizer",
  );
}

function checkedGroups<Group extends string>(
  groups: { readonly [G in Group]: Optimizer },
): Readonly<Record<string, Optimizer>> {
  if (typeof groups !== "object" || groups === null || Object.keys(groups).length === 0) {
    throw new TypeError(
      `Cannot build partitioned with ${
        describe(groups)
      } as groups: they must be a record of at least one optimizer; pass ` +
        "{ head: adam(), body: sgd() }",
    );
  }
  for (const [name, optimizer] of Object.entries(groups)) checkOptimizer(`partitioned's group ${name}`, optimizer);
  return { ...groups };
}

function checkLabel(title: string, names: readonly string[], path: string, label: unknown): void {
  if (typeof label === "string" && names.includes(label)) return;
  throw new TypeError(
    `Cannot apply ${title} to "${path}" with the label ${
      typeof label === "string" ? `"${label}"` : describe(label)
    }: labels must be among ${names.join(", ")}; correct labelOf`,
  );
}

const configOf = (groups: Readonly<Record<string, Optimizer>>): OptimizerConfig =>
  Object.fromEntries(
    Object.entries(groups).flatMap(([name, { config }]) =>
      Object.entries(config).map(([setting, value]) => [`${name}.${setting}`, value] as const)
    ),
  );
