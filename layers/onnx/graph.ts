/**
 * Graphs as plain immutable data, which is what a file is turned into before anything else looks at it.
 *
 * @module
 */
import type { Shape } from "../../blas/shape.ts";
import type { OnnxType } from "./element_types.ts";

/** A tensor of a file. */
export type OnnxArray = {
  readonly type: OnnxType;
  readonly shape: Shape;
  /** The elements in row-major order: float32 for types up to float32, float64 for all others. */
  readonly data: Float32Array | Float64Array;
  /** Set if the file has it as a node, and not as an initializer. */
  readonly isConstant?: true;
};

/** The value of an attribute. */
export type OnnxAttribute =
  | { readonly kind: "number"; readonly value: number; readonly isFloat?: true }
  | { readonly kind: "numbers"; readonly value: readonly number[]; readonly isFloat?: true }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "texts"; readonly value: readonly string[] }
  | { readonly kind: "array"; readonly value: OnnxArray }
  | { readonly kind: "graph"; readonly value: OnnxGraph }
  | { readonly kind: "reference"; readonly value: string }
  | { readonly kind: "unsupported"; readonly value: string };

/** An application of an operator. */
export type OnnxNode = {
  /** Its name; its first output if it has none. */
  readonly name: string;
  /** The operator's domain, `""` for ONNX's own. */
  readonly domain: string;
  readonly operator: string;
  /** The names of the values that it reads, in order; `""` for those left out. */
  readonly inputs: readonly string[];
  /** The names of the values that it computes; `""` for those that are not used. */
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
};

/** The type of an input or an output of a model. */
export type OnnxValueInfo = {
  /** The name. */
  readonly name: string;
  /** The element type, `"float32"` or `"int64"` for example. */
  readonly dtype: OnnxType;
  /** The lengths of the axes: a string stands for a symbolic one, `"?"` for one without a name. `["..."]` if their number is unknown. */
  readonly shape: readonly (number | string)[];
};

/** The shape of a value whose number of axes is unknown. */
export const ANY_SHAPE: OnnxValueInfo["shape"] = ["..."];

/** Nodes in an order in which every value is computed before it is read. */
export type OnnxGraph = {
  readonly name: string;
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly initializers: ReadonlyMap<string, OnnxArray>;
  readonly nodes: readonly OnnxNode[];
};

/** Lists the graphs in the attributes of a node. */
export const graphsIn = (node: OnnxNode): readonly OnnxGraph[] =>
  [...node.attributes.values()].flatMap((attribute) => attribute.kind === "graph" ? [attribute.value] : []);

/** Lists the nodes of a graph and of the graphs within it. */
export const allNodes = (graph: OnnxGraph): readonly OnnxNode[] =>
  graph.nodes.flatMap((node) => [node, ...graphsIn(node).flatMap(allNodes)]);

/** Returns the operator of a node after its domain, if that is not ONNX's own. */
export const fullName = ({ domain, operator }: OnnxNode): string => domain === "" ? operator : `${domain}.${operator}`;

/** Lists the names of a node's inputs, and of what the graphs within it read from outside. */
export const readsOf = (node: OnnxNode): readonly string[] => [
  ...node.inputs.filter((name) => name !== ""),
  ...graphsIn(node).flatMap(freeNames),
];

/** Lists the values that a graph reads and does not have. */
export function freeNames(graph: OnnxGraph): readonly string[] {
  const own = new Set([...graph.inputs.map(({ name }) => name), ...graph.initializers.keys()]);
  for (const { outputs } of graph.nodes) outputs.forEach((name) => own.add(name));
  const read = [...graph.nodes.flatMap(readsOf), ...graph.outputs.map(({ name }) => name)];
  return [...new Set(read.filter((name) => name !== "" && !own.has(name)))];
}
