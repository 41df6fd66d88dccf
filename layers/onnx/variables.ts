/**
 * Which tensors of a graph are learned, which are carried along, and which decide about shapes.
 *
 * @module
 */
import { isFloat } from "./element_types.ts";
import { allNodes, graphsIn, type OnnxArray, type OnnxGraph, type OnnxNode } from "./graph.ts";
import { OPERATORS } from "./operators/mod.ts";

/** The names of a model's variables. All other tensors of its graphs are constants. */
export type VariableNames = {
  /** The tensors that are learned. */
  readonly params: ReadonlyMap<OnnxArray, string>;
  /** Running statistics, which training changes. */
  readonly state: ReadonlyMap<OnnxArray, string>;
};

/** The operators whose results say nothing about the elements of their operands. */
const BLIND: ReadonlySet<string> = /* @__PURE__ */ new Set(["Shape", "Size"]);

/** The names of the values that must be known before anything is computed: those that shapes are made of. */
function knownNames(nodes: readonly OnnxNode[]): ReadonlySet<string> {
  const producers = new Map<string, OnnxNode>(), found = new Set<string>(), waiting: string[] = [];
  for (const node of nodes) node.outputs.forEach((name) => producers.set(name, node));
  const add = (name: string | undefined): void => {
    if (name === undefined || name === "" || found.has(name)) return;
    found.add(name);
    waiting.push(name);
  };
  for (const node of nodes) OPERATORS[node.operator]?.known?.forEach((k) => add(node.inputs[k]));
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const node = producers.get(name);
    if (node === undefined || BLIND.has(node.operator)) continue;
    node.inputs.forEach(add);
    for (const graph of graphsIn(node)) graph.outputs.forEach((output) => add(output.name));
  }
  return found;
}

/** Lists a graph and those within it. */
const allGraphs = (graph: OnnxGraph): readonly OnnxGraph[] => [
  graph,
  ...graph.nodes.flatMap((node) => graphsIn(node).flatMap(allGraphs)),
];

/**
 * Finds the variables of a graph: all floating-point tensors among its initializers, and those of its constants that have several
 * elements, but for those that decide about shapes.
 */
export function variableNames(graph: OnnxGraph): VariableNames {
  const nodes = allNodes(graph), known = knownNames(nodes), counts = new Map<string, number>();
  const statistics = new Map<string, boolean>(); // whether a name is used as a statistic, and as nothing else
  for (const { operator, inputs } of nodes) {
    inputs.forEach((name, k) => {
      const isStatistic = operator === "BatchNormalization" && k >= 3;
      statistics.set(name, isStatistic && statistics.get(name) !== false);
    });
  }
  const graphs = allGraphs(graph), params = new Map<OnnxArray, string>(), state = new Map<OnnxArray, string>();
  for (const { initializers } of graphs) {
    for (const name of initializers.keys()) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  for (const own of graphs) {
    for (const [name, array] of own.initializers) {
      const isConstant = array.isConstant === true && array.data.length < 2;
      if (!isFloat(array.type) || isConstant || known.has(name) || counts.get(name)! > 1) continue;
      (statistics.get(name) === true ? state : params).set(array, name);
    }
  }
  return { params, state };
}
