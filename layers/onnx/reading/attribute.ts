/**
 * Attributes of nodes.
 *
 * @module
 */
import { decodeError, quoted } from "../errors.ts";
import type { OnnxAttribute, OnnxGraph } from "../graph.ts";
import { AttributeKind, type AttributeProto, type GraphProto } from "../protobuf.ts";
import type { ReadTensor } from "./tensor.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/**
 * Reads an attribute. Old files leave the kind out; then the field that is set tells it.
 *
 * @param readTensor Reads a tensor within.
 * @param nested Reads a graph within.
 */
export function readAttribute(
  proto: AttributeProto,
  readTensor: ReadTensor,
  nested: (graph: GraphProto) => OnnxGraph,
): OnnxAttribute {
  if (proto.refAttrName !== "") return { kind: "reference", value: proto.refAttrName };
  const given = `attribute ${quoted(proto.name)}`;
  switch (proto.type === AttributeKind.UNDEFINED ? guessed(proto) : proto.type) {
    case AttributeKind.FLOAT:
      return { kind: "number", value: proto.f, isFloat: true };
    case AttributeKind.INT:
      return { kind: "number", value: Number(proto.i) };
    case AttributeKind.STRING:
      return { kind: "text", value: text(proto.s) };
    case AttributeKind.FLOATS:
      return { kind: "numbers", value: proto.floats, isFloat: true };
    case AttributeKind.INTS:
      return { kind: "numbers", value: proto.ints.map(Number) };
    case AttributeKind.STRINGS:
      return { kind: "texts", value: proto.strings.map(text) };
    case AttributeKind.TENSOR:
      if (proto.t === undefined) throw decodeError(given, "it must have a tensor");
      return { kind: "array", value: readTensor(proto.t) };
    case AttributeKind.GRAPH:
      if (proto.g === undefined) throw decodeError(given, "it must have a graph");
      return { kind: "graph", value: nested(proto.g) };
    default:
      return { kind: "unsupported", value: AttributeKind[proto.type] ?? `kind ${proto.type}` };
  }
}

function guessed(proto: AttributeProto): AttributeKind {
  if (proto.t !== undefined) return AttributeKind.TENSOR;
  if (proto.g !== undefined) return AttributeKind.GRAPH;
  if (proto.floats.length > 0) return AttributeKind.FLOATS;
  if (proto.ints.length > 0) return AttributeKind.INTS;
  if (proto.strings.length > 0) return AttributeKind.STRINGS;
  if (proto.s.length > 0) return AttributeKind.STRING;
  return proto.f !== 0 ? AttributeKind.FLOAT : AttributeKind.INT;
}
