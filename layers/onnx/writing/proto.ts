/**
 * Graphs as messages.
 *
 * @module
 */
import { ONNX_TYPES } from "../element_types.ts";
import {
  ANY_SHAPE,
  type OnnxArray,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxNode,
  type OnnxValueInfo,
} from "../graph.ts";
import {
  AttributeKind,
  type AttributeProto,
  AttributeProtoSchema,
  create,
  encodeProto,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "../protobuf.ts";

/** The version of the format, which goes with opset 17; later opsets take later ones. */
const formatVersion = (opset: number): bigint => opset <= 17 ? 8n : opset <= 20 ? 9n : 10n;

/** Writes a file. */
export const fileOf = (graph: OnnxGraph, opset: number): Uint8Array<ArrayBuffer> =>
  encodeProto(create(ModelProtoSchema, {
    irVersion: formatVersion(opset),
    producerName: "nanograd",
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: "", version: BigInt(opset) })],
    graph: graphProto(graph),
  }));

function graphProto({ name, inputs, outputs, initializers, nodes }: OnnxGraph): GraphProto {
  const all = [...initializers];
  return create(GraphProtoSchema, {
    name,
    input: inputs.map(infoProto),
    output: outputs.map(infoProto),
    initializer: all.filter(([, { isConstant }]) => !isConstant).map(([own, array]) => tensorProto(own, array)),
    node: [
      ...all.filter(([, { isConstant }]) => isConstant).map(([own, array]) =>
        nodeProto({
          name: own,
          domain: "",
          operator: "Constant",
          inputs: [],
          outputs: [own],
          attributes: new Map([["value", { kind: "array", value: array }]]),
        })
      ),
      ...nodes.map(nodeProto),
    ],
  });
}

const nodeProto = ({ name, domain, operator, inputs, outputs, attributes }: OnnxNode): NodeProto =>
  create(NodeProtoSchema, {
    name,
    domain,
    opType: operator,
    input: [...inputs],
    output: [...outputs],
    attribute: [...attributes].map(([own, attribute]) => attributeProto(own, attribute)),
  });

function attributeProto(name: string, attribute: OnnxAttribute): AttributeProto {
  const text = (value: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(value);
  switch (attribute.kind) {
    case "number":
      return attribute.isFloat
        ? create(AttributeProtoSchema, { name, type: AttributeKind.FLOAT, f: attribute.value })
        : create(AttributeProtoSchema, { name, type: AttributeKind.INT, i: BigInt(attribute.value) });
    case "numbers":
      return attribute.isFloat
        ? create(AttributeProtoSchema, { name, type: AttributeKind.FLOATS, floats: [...attribute.value] })
        : create(AttributeProtoSchema, { name, type: AttributeKind.INTS, ints: attribute.value.map(BigInt) });
    case "text":
      return create(AttributeProtoSchema, { name, type: AttributeKind.STRING, s: text(attribute.value) });
    case "texts":
      return create(AttributeProtoSchema, { name, type: AttributeKind.STRINGS, strings: attribute.value.map(text) });
    case "array":
      return create(AttributeProtoSchema, { name, type: AttributeKind.TENSOR, t: tensorProto("", attribute.value) });
    case "graph":
      return create(AttributeProtoSchema, { name, type: AttributeKind.GRAPH, g: graphProto(attribute.value) });
    default:
      throw new TypeError(`Cannot write the attribute ${name}: ${attribute.kind}: it must be a value; leave it out`);
  }
}

/** Elements as they lie in files: integers and booleans are held as float64 here. */
function rawOf({ type, data }: OnnxArray): Uint8Array<ArrayBuffer> {
  switch (type) {
    case "float32":
      return new Uint8Array(Float32Array.from(data).buffer);
    case "float64":
      return new Uint8Array(Float64Array.from(data).buffer);
    case "bool":
      return Uint8Array.from(data);
    case "int64":
      return new Uint8Array(BigInt64Array.from(data, BigInt).buffer);
    default:
      throw new TypeError(`Cannot write a tensor of ${type}: it must be float32, float64, int64 or bool; convert it`);
  }
}

const tensorProto = (name: string, array: OnnxArray): TensorProto =>
  create(TensorProtoSchema, {
    name,
    dims: array.shape.map(BigInt),
    dataType: ONNX_TYPES[array.type].code,
    rawData: rawOf(array),
  });

function infoProto({ name, dtype, shape }: OnnxValueInfo): ValueInfoProto {
  const dim = shape.map((length) =>
    create(TensorShapeProto_DimensionSchema, {
      value: typeof length === "number"
        ? { case: "dimValue", value: BigInt(length) }
        : { case: "dimParam", value: length === "?" ? "" : length },
    })
  );
  const value = create(TypeProto_TensorSchema, {
    elemType: ONNX_TYPES[dtype].code,
    ...shape[0] === ANY_SHAPE[0] ? {} : { shape: create(TensorShapeProtoSchema, { dim }) },
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: "tensorType", value } }),
  });
}
