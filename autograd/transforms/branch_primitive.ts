/**
 * Recorded conditionals: the primitive that `cond` and `checkpoint` apply in traced or recorded functions.
 *
 * Operands are the predicate, if there are two functions, and the arguments of each. A derivative runs the function
 * again: no values of the forward pass are kept.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import { branchPrograms } from "../../blas/parts/programs.ts";
import { plainOperand } from "../../blas/program/operand.ts";
import type { View } from "../../blas/view.ts";
import { pullBack } from "../backward.ts";
import { applySeveralChecked, type MultiPrimitive } from "../multi_primitive.ts";
import { add } from "../ops/arithmetic.ts";
import { constantOf, type Tensor } from "../tensor.ts";
import { zeros } from "../values/constructors.ts";
import { batchBranch } from "./loop_batch.ts";
import { record, type RecordedFunction, replay, typeOf } from "./recorded_function.ts";

/** The attributes of a conditional. */
export type BranchAttributes = {
  /** The name for errors. */
  readonly name: string;
  /** A single function, which always runs; or two: the first runs if the predicate is not 0, the second if it is 0. */
  readonly branches: readonly RecordedFunction[];
  /** For each argument, whether derivatives with respect to it are needed. */
  readonly tracked: readonly boolean[];
};

const branchPrimitive: MultiPrimitive<BranchAttributes> = {
  name: "branch",
  samples: () => [],
  shapes: (_, { branches }) => either.right(branches[0]!.outputs.map(({ shape }) => shape)),
  batch: batchBranch,
  resultDTypes: ({ branches }) => branches[0]!.outputs.map(({ dtype }) => dtype),
  evaluate: (inputs, { branches }) => {
    const chosen = branches.length === 1 || inputs[0]!.get(...inputs[0]!.shape.map(() => 0)) !== 0 ? 0 : 1;
    return replay(branches[chosen]!, inputs.slice(branches.length - 1).map(constantOf)).map(({ view }): View => view);
  },
  programs: branchPrograms,
  place: (inputs, { branches }, trace) => ({
    kind: "branch",
    branches: branches.map((branch) => trace(branch.inputs.map(typeOf), (given) => replay(branch, given))),
    operands: inputs.map(({ value, shape }) => plainOperand(value, shape)),
  }),
  vjps: (cotangents, { attributes, inputs }) => {
    const { name, branches, tracked } = attributes, start = branches.length - 1, given = inputs.slice(start);
    const present = cotangents.flatMap((cotangent, k) => cotangent === null ? [] : [k]);
    const wanted = tracked.flatMap((isTracked, k) => isTracked ? [k] : []);
    const shares: (Tensor | null)[] = inputs.map(() => null);
    if (wanted.length === 0) return shares;
    const back = branches.map((branch) => backwardOf(name, branch, present, wanted));
    const operands = [...given, ...present.map((k) => cotangents[k]!)];
    const all = operands.map((t) => t.requiresGrad);
    const found = applyBranch({ name, branches: back, tracked: all }, [...inputs.slice(0, start), ...operands]);
    wanted.forEach((k, i) => shares[start + k] = found[i]!);
    return shares;
  },
};

/** Runs one of several recorded functions. */
export function applyBranch(attributes: BranchAttributes, operands: readonly Tensor[]): readonly Tensor[] {
  if (attributes.branches[0]!.outputs.length === 0) return [];
  return applySeveralChecked(branchPrimitive, attributes, operands);
}

/** Returns the function from arguments and cotangents of some outputs to cotangents of some arguments. */
function backwardOf(
  name: string,
  branch: RecordedFunction,
  present: readonly number[],
  wanted: readonly number[],
): RecordedFunction {
  const types = [...branch.inputs.map(typeOf), ...present.map((k) => typeOf(branch.outputs[k]!))];
  return record(name, types, (given) => {
    const inputs = given.slice(0, branch.inputs.length), outputs = replay(branch, inputs);
    const seeds = new Map<Tensor, Tensor>();
    present.forEach((k, i) => {
      const output = outputs[k]!, seed = given[inputs.length + i]!, known = seeds.get(output);
      if (output.requiresGrad) seeds.set(output, known === undefined ? seed : add(known, seed));
    });
    const leaves = wanted.map((k) => inputs[k]!), pulled = pullBack(seeds, new Set(leaves));
    return leaves.map((leaf) => pulled.get(leaf) ?? zeros(leaf.shape, { dtype: leaf.dtype }));
  }).recorded;
}
