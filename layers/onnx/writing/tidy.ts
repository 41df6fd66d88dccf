/**
 * The last pass over a graph: outputs get their names, and nodes that are not used are removed.
 *
 * @module
 */
import { graphsIn, type OnnxArray, type OnnxGraph, type OnnxNode, type OnnxValueInfo, readsOf } from "../graph.ts";
import { renamedNode } from "../rename.ts";
import type { GraphWriter, Wire } from "./graph_writer.ts";

/** An output, and the value that it is. */
export type Result = { readonly wire: Wire; readonly info: OnnxValueInfo };

/** Returns the graph of what has been written. */
export function tidied(
  writer: GraphWriter,
  inputs: readonly OnnxValueInfo[],
  initializers: ReadonlyMap<string, OnnxArray>,
  results: readonly Result[],
): OnnxGraph {
  const made = new Set(writer.nodes.flatMap(({ outputs }) => outputs)),
    renamed = new Map<Wire, string>(),
    copies: OnnxNode[] = [];
  for (const { wire, info: { name } } of results) {
    // A value of a node has the name of the output that it is; one that is an input, a tensor or an output already is copied.
    if (made.has(wire) && !renamed.has(wire)) renamed.set(wire, name);
    else {copies.push({
        name,
        domain: "",
        operator: "Identity",
        inputs: [wire],
        outputs: [name],
        attributes: new Map(),
      });}
  }
  const nodes = [...writer.nodes, ...copies].map((node) => renamedNode(node, (name) => renamed.get(name) ?? name));
  const live = new Set(results.map(({ info: { name } }) => name)), kept: OnnxNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => live.has(name))) continue;
    const read = node.outputs.findLastIndex((name) => live.has(name)) + 1;
    // Loops and choices have as many outputs as the graphs within.
    kept.push(graphsIn(node).length > 0 ? node : { ...node, outputs: node.outputs.slice(0, read) });
    readsOf(node).forEach((name) => live.add(name));
  }
  return {
    name: "nanograd",
    inputs,
    outputs: results.map(({ info }) => info),
    initializers: new Map([...initializers].filter(([name, { isConstant }]) => !isConstant || live.has(name))),
    nodes: kept.reverse(),
  };
}
