/**
 * Graphs of files, checked and put in order.
 *
 * @module
 */
import type { OnnxType } from "../element_types.ts";
import { typeOfCode } from "../element_types.ts";
import { decodeError, quoted } from "../errors.ts";
import { ANY_SHAPE, type OnnxArray, type OnnxGraph, type OnnxNode, type OnnxValueInfo } from "../graph.ts";
import type { GraphProto, NodeProto, ValueInfoProto } from "../protobuf.ts";
import { constantOfNode } from "../operators/constant.ts";
import { readAttribute } from "./attribute.ts";
import { type Functions, inlined } from "./functions.ts";
import { ordered } from "./order.ts";
import type { ReadTensor } from "./tensor.ts";

/** The domains that ONNX's own operators are written under. */
const OWN_DOMAINS = /* @__PURE__ */ new Set(["", "ai.onnx"]);

/** Tells which names have values. */
type Names = Pick<ReadonlySet<string>, "has">;

/** Joins names without copying them: a file may have many graphs in a large one. */
const within = (own: Names, outside: Names | undefined): Names =>
  outside === undefined ? own : { has: (name) => own.has(name) || outside.has(name) };

/**
 * Reads a graph.
 *
 * @param readTensor Reads its tensors.
 * @param outside The values of the graphs around it, which it may read.
 * @throws {OnnxError} If it is not a graph that can be computed.
 */
export function readGraph(
  proto: GraphProto,
  readTensor: ReadTensor,
  functions: Functions,
  outside?: Names,
): OnnxGraph {
  if (proto.sparseInitializer.length > 0) {
    throw decodeError("sparse tensors", "tensors must have all their elements", "store them as dense ones");
  }
  const initializers = new Map<string, OnnxArray>();
  for (const tensor of proto.initializer) {
    if (tensor.name === "" || initializers.has(tensor.name)) {
      throw decodeError(`initializer ${quoted(tensor.name)}`, "it must have a name of its own");
    }
    initializers.set(tensor.name, readTensor(tensor));
  }
  // Before version 4 of the format, initializers are inputs too, with values that a caller may replace.
  const isFree = ({ name }: ValueInfoProto): boolean => !initializers.has(name), nested = outside !== undefined;
  const inputs = proto.input.filter(isFree).map((info) => readInfo(info, nested));
  const own = new Set(initializers.keys()), known = within(own, outside);
  for (const { name } of inputs) {
    if (name === "" || known.has(name)) throw decodeError(`input ${quoted(name)}`, "it must have a name of its own");
    own.add(name);
  }
  const inside = within(new Set([...own, ...proto.node.flatMap(({ output }) => output)]), outside);
  const nodes: OnnxNode[] = [];
  const read = (node: NodeProto, k: number, names: Names): OnnxNode => readNode(node, k, readTensor, functions, names);
  proto.node.flatMap((node, k) => inlined(read(node, k, inside), functions, read)).forEach((node) => {
    const [output = ""] = node.outputs;
    const array = node.operator === "Constant" && node.domain === "" ? constantOfNode(node) : undefined;
    if (node.operator === "Constant" && node.domain === "" && array === undefined) {
      throw decodeError(`constant ${quoted(node.name)}`, "it must have one tensor of numbers, a number or numbers");
    }
    // Constants are tensors of the graph like its initializers: some exporters have no others.
    if (array === undefined || output === "" || known.has(output)) nodes.push(node);
    else {
      initializers.set(output, { ...array, isConstant: true });
      own.add(output);
    }
  });
  for (const { name } of proto.output) {
    if (!inside.has(name) || name === "") throw decodeError(`output ${quoted(name)}`, "no node computes it");
  }
  const outputs = proto.output.map((info) => readInfo(info, nested));
  if (new Set(outputs.map(({ name }) => name)).size < outputs.length && !nested) {
    throw decodeError("the outputs", "they must have different names");
  }
  return { name: proto.name, inputs, outputs, initializers, nodes: ordered(nodes, known) };
}

function readNode(
  proto: NodeProto,
  index: number,
  readTensor: ReadTensor,
  functions: Functions,
  inside: Names,
): OnnxNode {
  const name = proto.name || proto.output.find((output) => output !== "") || `${proto.opType} ${index}`;
  const attributes = new Map(proto.attribute.map((attribute) => [
    attribute.name,
    readAttribute(attribute, readTensor, (graph) => readGraph(graph, readTensor, functions, inside)),
  ]));
  if (attributes.size < proto.attribute.length) {
    throw decodeError(`node ${quoted(name)}`, "its attributes must have different names");
  }
  return {
    name,
    domain: OWN_DOMAINS.has(proto.domain) ? "" : proto.domain,
    operator: proto.opType,
    inputs: proto.input,
    outputs: proto.output,
    attributes,
  };
}

/** Reads the type of an input or an output. Within graphs types may be missing, and count for nothing. */
function readInfo({ name, type }: ValueInfoProto, nested: boolean): OnnxValueInfo {
  if (type?.value.case !== "tensorType") {
    if (nested && type?.value.case === undefined) return { name, dtype: "float32", shape: [] };
    throw decodeError(`value ${quoted(name)}`, `it is ${type?.value.case ?? "of no type"}, and must be a tensor`);
  }
  const { elemType, shape } = type.value.value;
  const dtype: OnnxType | undefined = typeOfCode(elemType) ?? (nested && elemType === 0 ? "float32" : undefined);
  if (dtype === undefined) {
    throw decodeError(
      `value ${quoted(name)}`,
      `its element type is number ${elemType}, and must be a number or a boolean`,
    );
  }
  if (shape === undefined && dtype !== undefined) return { name, dtype, shape: ANY_SHAPE };
  const lengths = (shape?.dim ?? []).map(({ value }) =>
    value.case === "dimValue"
      ? Number(value.value)
      : value.case === "dimParam" && value.value !== ""
      ? value.value
      : "?"
  );
  if (lengths.length > 64) throw decodeError(`value ${quoted(name)}`, `it has ${lengths.length} axes: 64 are the most`);
  // Some exporters write -1 or 0 for a length that is open.
  return { name, dtype, shape: lengths.map((length) => typeof length === "number" && length <= 0 ? "?" : length) };
}
