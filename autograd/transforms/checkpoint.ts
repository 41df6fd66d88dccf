/**
 * Checkpoints: derivatives that recompute intermediate results instead of keeping them.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import { isRunningAbstractly } from "../abstract_view.ts";
import { checkFunction } from "../arguments.ts";
import { pullBack } from "../backward.ts";
import { topologicalOrderOf } from "../graph.ts";
import type { MultiPrimitive } from "../multi_primitive.ts";
import { add } from "../ops/arithmetic.ts";
import { constantOf, isTensor, nodesOf, type Tensor, variableOf } from "../tensor.ts";
import { map, type Tree } from "../tree/tree.ts";
import { zeros } from "../values/constructors.ts";
import { applyBranch } from "./branch_primitive.ts";
import { lift } from "./gradient.ts";
import { insideTransform, runTransformed } from "./nesting.ts";
import { record, typeOf } from "./recorded_function.ts";
import { leavesOf, withTensors } from "./tensor_leaves.ts";

const ACTION = "apply checkpoint";

/**
 * Returns the same function, except that its intermediate results are not kept for the derivative but computed again.
 *
 * It saves memory at the cost of time: the derivative runs the function once more. Tensors that it closes over get derivatives too.
 *
 * @param f A pure function of trees of tensors and anything else to a tree of tensors; it must do the same in each call.
 * @returns A function of the same arguments and results.
 * @throws {TypeError} From the function returned, if a result is not a tensor.
 *
 * @example
 * ```ts
 * import { checkpoint, gradient, sin, square, sum, type Tensor, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const block = (x: Tensor<"float64">) => square(sin(x));
 * const slopes = [block, checkpoint(block)].map((f) => gradient((x: Tensor<"float64">) => sum(f(x)))(tensor64([1, 2])));
 * assertEquals(toList(slopes[0]!), toList(slopes[1]!));
 * ```
 */
export function checkpoint<A extends readonly unknown[], R>(f: (...args: A) => R): (...args: A) => R {
  checkFunction(ACTION, "f", f);
  return (...args) => isRunningAbstractly() ? runRecorded(f, args) : runPlainly(f, args);
}

/** Lists the tensors among arguments of any type. */
function tensorsIn(args: readonly unknown[]): readonly Tensor[] {
  const found: Tensor[] = [];
  map<unknown, unknown, Tree<unknown>>((part) => isTensor(part) ? found.push(part) : part, args);
  return found;
}

function withTensorsIn<A>(args: A, tensors: readonly Tensor[]): A {
  let next = 0;
  const place = (part: unknown): unknown => isTensor(part) ? tensors[next++]! : part;
  return map<unknown, unknown, Tree<unknown>>(place, args) as A; // a tensor for each tensor
}

function runRecorded<A extends readonly unknown[], R>(f: (...args: A) => R, args: A): R {
  const given = tensorsIn(args);
  let result: R | undefined;
  const { recorded, captured } = record("checkpoint", given.map(typeOf), (inputs) => {
    result = f(...withTensorsIn(args, inputs));
    return leavesOf({ action: ACTION, subject: "result" }, result).map(({ tensor }) => tensor);
  }, { whole: true });
  const operands = [...given, ...captured], tracked = operands.map((t) => t.requiresGrad);
  return withTensors(result!, applyBranch({ name: "checkpoint", branches: [recorded], tracked }, operands));
}

/** Runs the function on given tensors; returns its results and the tracked tensors that it closes over. */
type Run<R> = { readonly result: R; readonly outputs: readonly Tensor[]; readonly captured: readonly Tensor[] };

type CheckpointAttributes = {
  readonly run: (given: readonly Tensor[]) => Run<unknown>;
  /** For each argument, whether it was tracked: it must be so when the function is run again, and no other may be. */
  readonly tracked: readonly boolean[];
  /** The tracked tensors that the function closed over when it was run first. */
  readonly captured: readonly Tensor[];
};

const checkpointPrimitive: MultiPrimitive<CheckpointAttributes> = {
  name: "checkpoint",
  samples: () => [],
  shapes: (_, { run }) => either.right(run([]).outputs.map(({ shape }) => shape)),
  evaluate: (inputs, { run }) => run(inputs.map(constantOf)).outputs.map(({ view }) => view),
  vjps: (cotangents, { attributes: { run, tracked, captured: first }, inputs, outputs: before }) => {
    const lifted = tracked.map((isTracked, k) => isTracked ? lift(inputs[k]!, "") : inputs[k]!);
    const { outputs, captured } = run(lifted);
    const again = fromOutside(captured, first), places = fromOutside(first, captured);
    if (places.length !== again.length || outputs.length !== before.length) throw impureError();
    const seeds = new Map<Tensor, Tensor>();
    outputs.forEach((t, k) => {
      const cotangent = cotangents[k]!, known = seeds.get(t);
      if (cotangent !== null && t.requiresGrad) seeds.set(t, known === undefined ? cotangent : add(known, cotangent));
    });
    const pulled = pullBack(seeds, new Set([...lifted, ...again]));
    const shares = new Map(places.map((t, k) => [t, pulled.get(again[k]!)]));
    return [...lifted.map((t) => pulled.get(t)), ...first.map((t) => shares.get(t))].map((share, k) =>
      share ?? zeros(inputs[k]!.shape, { dtype: inputs[k]!.dtype })
    );
  },
};

/**
 * Returns the captured tensors of a run that depend on a tracked tensor that another run reaches too. All others come from
 * variables that each run makes anew, as derivatives inside of the function make them of constants; how many there are
 * depends on how loops are run.
 */
function fromOutside(captured: readonly Tensor[], others: readonly Tensor[]): readonly Tensor[] {
  if (captured.every((t, k) => t === others[k])) return captured; // as nearly always, without a walk over their graphs
  const known = new Set(topologicalOrderOf(others, () => false)), found = new Set<Tensor>();
  for (const t of topologicalOrderOf(captured, (t) => known.has(t))) {
    if (known.has(t) || (t.tag === "node" && t.inputs.some((input) => found.has(input)))) found.add(t);
  }
  return captured.filter((t) => found.has(t));
}

function runPlainly<A extends readonly unknown[], R>(f: (...args: A) => R, args: A): R {
  const given = tensorsIn(args);
  // When f is run again, after the transform, derivatives that it computes must have graphs, as they had inside the transform.
  const asBefore = insideTransform() ? runTransformed : <T>(g: () => T): T => g();
  const run = (tensors: readonly Tensor[]): Run<R> => {
    const result = asBefore(() => f(...withTensorsIn(args, tensors)));
    const outputs = leavesOf({ action: ACTION, subject: "result" }, result).map(({ tensor }) => tensor);
    return { result, outputs, captured: capturedBy(outputs, tensors) };
  };
  const { result, outputs, captured } = run(given.map((t) => t.requiresGrad ? variableOf(t.view) : t));
  const inputs = [...given, ...captured];
  if (!inputs.some((t) => t.requiresGrad) || outputs.length === 0) return result;
  const attributes: CheckpointAttributes = { run, tracked: given.map((t) => t.requiresGrad), captured };
  return withTensors(result, nodesOf(outputs.map(({ view }) => view), checkpointPrimitive, attributes, inputs));
}

/**
 * Returns the tracked tensors from which outputs are computed but which do not depend on the given ones, in the same
 * order in each run.
 */
function capturedBy(outputs: readonly Tensor[], given: readonly Tensor[]): readonly Tensor[] {
  const own = new Set(given), order = topologicalOrderOf(outputs, (t) => own.has(t)), inside = new Set<Tensor>(own);
  for (const t of order) if (t.tag === "node" && t.inputs.some((input) => inside.has(input))) inside.add(t);
  const found = new Set<Tensor>();
  const look = (t: Tensor): void => void (t.requiresGrad && !inside.has(t) && found.add(t));
  for (const t of order) if (t.tag === "node" && inside.has(t) && !own.has(t)) t.inputs.forEach(look);
  outputs.forEach(look);
  return [...found];
}

const impureError = (): Error =>
  new Error(
    "Cannot differentiate a checkpoint whose function did something else when it was run again: it must be pure; move what " +
      "changes into its arguments",
  );
