/**
 * Functions that a model brings along: each application becomes the nodes of the function.
 *
 * @module
 */
import { decodeError, quoted } from "../errors.ts";
import type { OnnxAttribute, OnnxGraph, OnnxNode } from "../graph.ts";
import { create, type FunctionProto, type NodeProto, NodeProtoSchema } from "../protobuf.ts";
import { renamedNode } from "../rename.ts";

/** The functions of a model, and how many nodes they have become. */
export type Functions = { readonly byName: ReadonlyMap<string, FunctionProto>; count: number };

/** The most nodes that functions may become, and how deep they may call each other. */
const MOST_NODES = 100_000, DEEPEST = 64;

const nameOf = (domain: string, name: string): string => `${domain === "ai.onnx" ? "" : domain}:${name}`;

/** Returns the functions of a model. */
export const functionsOf = (protos: readonly FunctionProto[]): Functions => ({
  byName: new Map(protos.map((proto) => [nameOf(proto.domain, proto.name), proto])),
  count: 0,
});

/** Reads a node whose values have these names. */
type ReadNode = (proto: NodeProto, index: number, names: ReadonlySet<string>) => OnnxNode;

/**
 * Returns the nodes that a node stands for: itself, or those of a function.
 *
 * @throws {OnnxError} If functions call each other without an end, or become too many nodes.
 */
export function inlined(node: OnnxNode, functions: Functions, read: ReadNode, depth = 0): readonly OnnxNode[] {
  const proto = functions.byName.get(nameOf(node.domain, node.operator));
  if (proto === undefined) return [node];
  functions.count += proto.node.length;
  if (depth > DEEPEST || functions.count > MOST_NODES) {
    throw decodeError(`function ${quoted(proto.name)}`, "functions call each other without an end, or too often");
  }
  const names = new Set([...proto.input, ...proto.node.flatMap(({ output }) => output)]);
  const prefix = `${node.outputs.find((name) => name !== "") ?? node.name}/`;
  const outer = new Map([
    ...proto.input.map((name, k) => [name, node.inputs[k] ?? ""] as const),
    ...proto.output.map((name, k) => [name, node.outputs[k] || prefix + name] as const),
  ]);
  const rename = (name: string): string => name === "" ? "" : outer.get(name) ?? prefix + name;
  // Settings that are left out have the values that the function says.
  const defaults = new Map(
    read(create(NodeProtoSchema, { attribute: proto.attributeProto }), 0, names).attributes,
  );
  const settings = (name: string): OnnxAttribute | undefined => node.attributes.get(name) ?? defaults.get(name);
  return proto.node.flatMap((own, k) => {
    const inner = renamedNode(withSettings(read(own, k, names), settings), rename);
    return inlined({ ...inner, name: prefix + inner.name }, functions, read, depth + 1);
  });
}

/** Replaces references to settings of the function by their values, also in graphs within. */
function withSettings(node: OnnxNode, settings: (name: string) => OnnxAttribute | undefined): OnnxNode {
  const within = (graph: OnnxGraph): OnnxGraph => ({
    ...graph,
    nodes: graph.nodes.map((own) => withSettings(own, settings)),
  });
  const attributes = [...node.attributes].flatMap(([name, attribute]) => {
    const value = attribute.kind === "reference" ? settings(attribute.value) : attribute;
    if (value === undefined) return [];
    return [[name, value.kind === "graph" ? { ...value, value: within(value.value) } : value] as const];
  });
  return { ...node, attributes: new Map(attributes) };
}
