/**
 * Functions that a model brings along: each application becomes the nodes of the function.
 *
 * @module
 */
import { decodeError, quoted } from "../errors.ts";
import { graphsIn, type OnnxAttribute, type OnnxGraph, type OnnxNode } from "../graph.ts";
import { create, type FunctionProto, type NodeProto, NodeProtoSchema } from "../protobuf.ts";
import { renamedNode } from "../rename.ts";

/** The functions of a model, and what their applications have become. */
export type Functions = {
  readonly byName: ReadonlyMap<string, FunctionProto>;
  /** What has been read of them; `undefined` while it is being read. */
  readonly bodies: Map<FunctionProto, Body | undefined>;
  nodes: number;
  characters: number;
};

/** What a function holds: it is read once, however often it is applied. */
type Body = {
  readonly nodes: readonly OnnxNode[];
  /** Settings that are left out have these values. */
  readonly defaults: ReadonlyMap<string, OnnxAttribute>;
  readonly size: Size;
};

/** How many nodes and names there are, within graphs too, and how long the names are together. */
type Size = { readonly nodes: number; readonly names: number; readonly characters: number };

/** The most nodes that functions may become, and how deep they may call each other. */
const MOST_NODES = 100_000, DEEPEST = 64;

/** The most characters of all names that functions may become, and what a name costs beside them. */
const MOST_CHARACTERS = 2 ** 26, NAME = 16;

const nameOf = (domain: string, name: string): string => `${domain === "ai.onnx" ? "" : domain}:${name}`;

/** Returns the functions of a model. */
export const functionsOf = (protos: readonly FunctionProto[]): Functions => ({
  byName: new Map(protos.map((proto) => [nameOf(proto.domain, proto.name), proto])),
  bodies: new Map(),
  nodes: 0,
  characters: 0,
});

/** Reads a node whose values have these names. */
type ReadNode = (proto: NodeProto, index: number, names: ReadonlySet<string>) => OnnxNode;

const endless = ({ name }: FunctionProto) =>
  decodeError(`function ${quoted(name)}`, "functions call each other without an end, or too often");

/**
 * Returns the nodes that a node stands for: itself, or those of a function.
 *
 * @throws {OnnxError} If functions call each other without an end, or become too many nodes or names.
 */
export function inlined(node: OnnxNode, functions: Functions, read: ReadNode, depth = 0): readonly OnnxNode[] {
  const proto = functions.byName.get(nameOf(node.domain, node.operator));
  if (proto === undefined) return [node];
  if (depth > DEEPEST) throw endless(proto);
  const prefix = `${node.outputs.find((name) => name !== "") ?? node.name}/`;
  const { nodes, defaults, size } = bodyOf(proto, functions, read);
  functions.nodes += size.nodes;
  functions.characters += size.characters + size.names * (NAME + prefix.length);
  if (functions.nodes > MOST_NODES || functions.characters > MOST_CHARACTERS) throw endless(proto);
  const outer = new Map([
    ...proto.input.map((name, k) => [name, node.inputs[k] ?? ""] as const),
    ...proto.output.map((name, k) => [name, node.outputs[k] || prefix + name] as const),
  ]);
  const rename = (name: string): string => name === "" ? "" : outer.get(name) ?? prefix + name;
  const settings = (name: string): OnnxAttribute | undefined => node.attributes.get(name) ?? defaults.get(name);
  return nodes.flatMap((own) => {
    const inner = renamedNode(withSettings(own, settings), rename);
    return inlined({ ...inner, name: prefix + inner.name }, functions, read, depth + 1);
  });
}

function bodyOf(proto: FunctionProto, { bodies }: Functions, read: ReadNode): Body {
  const found = bodies.get(proto);
  if (found !== undefined) return found;
  if (bodies.has(proto)) throw endless(proto); // a graph in one of its nodes applies it
  bodies.set(proto, undefined);
  const names = new Set([...proto.input, ...proto.node.flatMap(({ output }) => output)]);
  const nodes = proto.node.map((own, k) => read(own, k, names)), size = sizeOf(nodes);
  const body: Body = {
    nodes,
    defaults: read(create(NodeProtoSchema, { attribute: proto.attributeProto }), 0, names).attributes,
    size: { ...size, names: size.names + proto.input.length + proto.output.length },
  };
  bodies.set(proto, body);
  return body;
}

function sizeOf(nodes: readonly OnnxNode[]): Size {
  let count = 0, names = 0, characters = 0;
  const add = (own: readonly string[]): void => {
    names += own.length;
    for (const name of own) characters += name.length;
  };
  const visit = (node: OnnxNode): void => {
    count++;
    names += node.attributes.size;
    for (const own of [node.inputs, node.outputs]) add(own);
    for (const { inputs, outputs, initializers, nodes } of graphsIn(node)) {
      for (const infos of [inputs, outputs]) add(infos.map(({ name }) => name));
      add([...initializers.keys()]);
      nodes.forEach(visit);
    }
  };
  nodes.forEach(visit);
  return { nodes: count, names, characters };
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
