/**
 * Parts of graphs.
 *
 * @module
 */
import { OnnxError, quoted } from "./errors.ts";
import { ANY_SHAPE, type OnnxGraph, type OnnxNode, readsOf } from "./graph.ts";

/** Returns the name of a value, given that or the name of the node that computes it. */
function valueNamed(graph: OnnxGraph, name: string): string {
  const isValue = graph.initializers.has(name) || graph.inputs.some((input) => input.name === name) ||
    graph.nodes.some(({ outputs }) => outputs.includes(name));
  const output = isValue ? name : graph.nodes.find((node) => node.name === name)?.outputs[0];
  if (output !== undefined) return output;
  const near = graph.nodes.flatMap(({ outputs }) => outputs).filter((own) => own.includes(name)).slice(0, 3).map(
    quoted,
  );
  throw new OnnxError({
    action: "cut an ONNX graph",
    given: `value ${quoted(name)}`,
    problem: "no node computes it",
    remedy: near.length > 0
      ? `pass ${near.join(", ")}, for example`
      : "formatOnnx(model) lists the names of all values",
  });
}

/** Returns the part of a graph that computes one value, with the inputs and tensors that it takes. */
export function cutGraph(graph: OnnxGraph, until: string): OnnxGraph {
  const name = valueNamed(graph, until), producers = new Map<string, OnnxNode>(), needed = new Set<string>([name]);
  for (const node of graph.nodes) node.outputs.forEach((output) => producers.set(output, node));
  const kept = new Set<OnnxNode>(), waiting = [name];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const node = producers.get(next);
    if (node === undefined || kept.has(node)) continue;
    kept.add(node);
    for (const read of readsOf(node)) {
      if (needed.has(read)) continue;
      needed.add(read);
      waiting.push(read);
    }
  }
  const known = graph.outputs.find((output) => output.name === name);
  return {
    ...graph,
    inputs: graph.inputs.filter((input) => needed.has(input.name)),
    outputs: [known ?? { name, dtype: "float32", shape: ANY_SHAPE }],
    initializers: new Map([...graph.initializers].filter(([own]) => needed.has(own))),
    nodes: graph.nodes.filter((node) => kept.has(node)),
  };
}
