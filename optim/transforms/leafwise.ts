/**
 * Transforms that treat every parameter separately.
 *
 * @module
 */
import { type ParameterTree, zerosLike } from "../../autograd/tree/parameter_tree.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { leaves } from "../../autograd/tree/tree.ts";
import { withLeaves } from "./gradients_for.ts";
import type { Deferred } from "./deferred.ts";
import { type DeferredContext, defineTransform, type OptimizerConfig, type Transform } from "./transform.ts";

/** The memory: by name, trees of the structure of the parameters. */
export type Memory<Slot extends string> = { readonly [S in Slot]: ParameterTree };

/**
 * The rule for one gradient.
 *
 * @param gradient The gradient from the previous transform.
 * @param remembered The memory of the last step for this parameter, in the order of the slots.
 * @param parameter The parameter.
 * @returns The gradient to pass on, and the memory.
 */
export type LeafRule = (
  gradient: Deferred,
  remembered: readonly Tensor[],
  parameter: Tensor,
) => readonly [update: Deferred, remembered: readonly Tensor[]];

/** The definition that {@link leafwise} takes. */
export type LeafwiseDefinition<Slot extends string> = {
  readonly name: string;
  readonly config: OptimizerConfig;
  /** The names of the memory for each parameter: tensors of its shape, zero before the first step. */
  readonly slots: readonly Slot[];
  /** Returns the rule of one step, with the numbers that all parameters share. */
  begin(context: DeferredContext): LeafRule;
};

/** Makes a transform from the rule for one parameter. */
export function leafwise<Slot extends string = never>(
  { name, config, slots, begin }: LeafwiseDefinition<Slot>,
): Transform<Memory<Slot>> {
  const memoryOf = (tree: (slot: Slot, index: number) => ParameterTree): Memory<Slot> =>
    Object.fromEntries(slots.map((slot, index) => [slot, tree(slot, index)])) as Memory<Slot>; // a tree for each slot
  return defineTransform<Memory<Slot>>({
    name,
    config,
    init: (params) => memoryOf(() => zerosLike(params)),
    update: (gradients, memory, context) => {
      const rule = begin(context), remembered = slots.map((slot) => rememberedOf(name, slot, memory, gradients.length));
      const results = gradients.map((gradient, k) =>
        rule(gradient, remembered.map((slot) => slot[k]!), context.parameters[k]!)
      );
      const next = memoryOf((_, index) => withLeaves(context.params, results.map(([, tensors]) => tensors[index]!)));
      return [results.map(([update]) => update), next];
    },
  });
}

/** Returns the memory of a slot, in the order of the parameters. */
export function rememberedOf(name: string, slot: string, memory: Memory<string>, count: number): readonly Tensor[] {
  const tree = memory[slot], tensors = tree === undefined ? [] : leaves<Tensor>(tree);
  if (tensors.length === count) return tensors;
  throw new TypeError(
    `Cannot step ${name} with ${tensors.length} tensors in ${slot}: the state must remember one for each of the ` +
      `${count} parameters; begin with the init of this optimizer`,
  );
}
