/**
 * Runs a graph, node by node.
 *
 * @module
 */
import { AbstractValueError } from "../../autograd/errors.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { constantOf } from "../../autograd/tensor.ts";
import { formatShape } from "../../blas/errors.ts";
import { view } from "../../blas/view.ts";
import { OnnxError, quoted } from "./errors.ts";
import { fullName, type OnnxArray, type OnnxGraph, type OnnxNode, readsOf } from "./graph.ts";
import { OPERATORS } from "./operators/mod.ts";
import { type Run, type Value, valueOf } from "./value.ts";

/** Finds the value of a name; `undefined` if it does not exist. */
type Scope = (name: string) => Value | undefined;

/** What a run begins with. */
export type Start = {
  readonly run: Run;
  /** Returns the tensor that stands for an initializer instead of its own elements, if there is one. */
  readonly replaced: (array: OnnxArray) => Tensor | undefined;
};

/** The tensors of initializers that have been used: their elements are shared. */
const made = /* @__PURE__ */ new WeakMap<OnnxArray, Tensor>();

/** Returns an initializer as a tensor. */
export function tensorOf(array: OnnxArray): Tensor {
  const found = made.get(array);
  if (found !== undefined) return found;
  const tensor = constantOf(view(array.data, array.shape));
  made.set(array, tensor);
  return tensor;
}

/** The names that no later node reads, for each node of a graph, so that their values can be freed. */
const spent = /* @__PURE__ */ new WeakMap<OnnxGraph, readonly (readonly string[])[]>();

function spentIn(graph: OnnxGraph): readonly (readonly string[])[] {
  const found = spent.get(graph);
  if (found !== undefined) return found;
  const kept = new Set(graph.outputs.map(({ name }) => name)), last = new Map<string, number>();
  graph.nodes.forEach((node, k) => [...readsOf(node), ...node.outputs].forEach((name) => last.set(name, k)));
  const names = graph.nodes.map((): string[] => []);
  for (const [name, k] of last) if (!kept.has(name)) names[k]!.push(name);
  spent.set(graph, names);
  return names;
}

/**
 * Runs a graph.
 *
 * @param inputs The values of its inputs, in order.
 * @param outside The values around it.
 * @returns The values of its outputs, in order.
 */
export function runGraph(
  graph: OnnxGraph,
  inputs: readonly Value[],
  start: Start,
  outside: Scope = () => undefined,
): readonly Value[] {
  const values = new Map<string, Value>(), spentNames = spentIn(graph);
  const find: Scope = (name) => {
    const found = values.get(name);
    if (found !== undefined) return found;
    const array = graph.initializers.get(name);
    if (array === undefined) return outside(name);
    const value = valueOf(start.run, array.type, start.replaced(array) ?? tensorOf(array));
    values.set(name, value);
    return value;
  };
  graph.inputs.forEach(({ name }, k) => {
    const value = inputs[k];
    if (value !== undefined) values.set(name, value);
  });
  graph.nodes.forEach((node, k) => {
    const results = runNode(
      node,
      node.inputs.map((name) => name === "" ? undefined : required(find, node, name)),
      start,
      find,
    );
    node.outputs.forEach((name, at) => {
      if (name === "") return;
      const value = results[at];
      if (value === undefined) throw nodeError(node, `it has no output ${at}`, "export the model again");
      values.set(name, value);
    });
    spentNames[k]!.forEach((name) => values.delete(name));
  });
  return graph.outputs.map(({ name }) => {
    const value = find(name);
    if (value === undefined) {
      throw new OnnxError({
        action: "run ONNX",
        given: `output ${quoted(name)}`,
        problem: "it has no value",
        remedy: "export the model again",
      });
    }
    return value;
  });
}

function required(find: Scope, node: OnnxNode, name: string): Value {
  const value = find(name);
  if (value === undefined) {
    throw nodeError(node, `it reads ${quoted(name)}, which has no value`, "export the model again");
  }
  return value;
}

function runNode(
  node: OnnxNode,
  given: readonly (Value | undefined)[],
  start: Start,
  find: Scope,
): readonly Value[] {
  // Left-out inputs at the end are as if they had not been listed.
  const count = given.findLastIndex((value) => value !== undefined) + 1, inputs = given.slice(0, count);
  const operator = node.domain === "" && Object.hasOwn(OPERATORS, node.operator) ? OPERATORS[node.operator] : undefined;
  if (operator === undefined) throw nodeError(node, "there is no such operator", "decode the model again");
  try {
    return operator.compute({
      node,
      inputs,
      run: start.run,
      within: (graph, values) => runGraph(graph, values, start, find),
    });
  } catch (cause) {
    if (cause instanceof OnnxError || cause instanceof AbstractValueError || !(cause instanceof Error)) throw cause;
    const shapes = inputs.map((value) => value === undefined ? "nothing" : formatShape(value.tensor.shape)).join(", ");
    throw nodeError(node, cause.message, `its inputs are ${shapes}`, cause);
  }
}

const nodeError = (node: OnnxNode, problem: string, remedy: string, cause?: unknown): OnnxError =>
  new OnnxError({ action: `run ${fullName(node)}`, given: `node ${quoted(node.name)}`, problem, remedy }, { cause });
