/**
 * Renames values.
 *
 * @module
 */
import type { OnnxGraph, OnnxNode } from "./graph.ts";

/** Renames what a node reads and computes, also in the graphs within. */
export function renamedNode(node: OnnxNode, rename: (name: string) => string): OnnxNode {
  const attributes = new Map([...node.attributes].map(([name, attribute]) => [
    name,
    attribute.kind === "graph" ? { ...attribute, value: renamedGraph(attribute.value, rename) } : attribute,
  ]));
  const outputs = node.outputs.map(rename);
  return { ...node, name: outputs[0] ?? node.name, inputs: node.inputs.map(rename), outputs, attributes };
}

const renamedGraph = (graph: OnnxGraph, rename: (name: string) => string): OnnxGraph => ({
  ...graph,
  inputs: graph.inputs.map((info) => ({ ...info, name: rename(info.name) })),
  outputs: graph.outputs.map((info) => ({ ...info, name: rename(info.name) })),
  // Each copy of a graph has tensors of its own, which may be learned; their first elements are shared.
  initializers: new Map([...graph.initializers].map(([name, array]) => [rename(name), { ...array }])),
  nodes: graph.nodes.map((node) => renamedNode(node, rename)),
});
