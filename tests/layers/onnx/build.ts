/**
 * Small ONNX files for tests.
 *
 * @module
 */
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
} from "../../../layers/onnx/protobuf.ts";
import { ONNX_TYPES, type OnnxType } from "../../../layers/onnx/element_types.ts";

/** A tensor for a test. */
export type Data = { readonly type: OnnxType; readonly shape: readonly number[]; readonly values: readonly number[] };

/** Makes a float32 tensor for a test. */
export const floats = (shape: readonly number[], values: readonly number[]): Data => ({
  type: "float32",
  shape,
  values,
});

/** Makes an int64 tensor for a test. */
export const integers = (shape: readonly number[], values: readonly number[]): Data => ({
  type: "int64",
  shape,
  values,
});

/** A setting as a test writes it: fractions are told from whole numbers by `{ float }`. */
export type Setting =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: Data }
  | { readonly graph: GraphProto };

/** Makes a tensor of a file. */
export function tensorProto(name: string, { type, shape, values }: Data): TensorProto {
  const base = { name, dims: shape.map(BigInt), dataType: ONNX_TYPES[type].code };
  switch (type) {
    case "float32":
      return create(TensorProtoSchema, { ...base, rawData: new Uint8Array(Float32Array.from(values).buffer) });
    case "float64":
      return create(TensorProtoSchema, { ...base, rawData: new Uint8Array(Float64Array.from(values).buffer) });
    case "int64":
      return create(TensorProtoSchema, { ...base, int64Data: values.map(BigInt) });
    case "uint64":
    case "uint32":
      return create(TensorProtoSchema, { ...base, uint64Data: values.map(BigInt) });
    default:
      return create(TensorProtoSchema, { ...base, int32Data: [...values] });
  }
}

function attribute(name: string, value: Setting): AttributeProto {
  const make = (parts: Omit<Parameters<typeof create<typeof AttributeProtoSchema>>[1] & object, "$typeName">) =>
    create(AttributeProtoSchema, { name, ...parts });
  if (typeof value === "number") return make({ type: AttributeKind.INT, i: BigInt(value) });
  if (typeof value === "string") return make({ type: AttributeKind.STRING, s: new TextEncoder().encode(value) });
  if ("float" in value) return make({ type: AttributeKind.FLOAT, f: value.float });
  if ("floats" in value) return make({ type: AttributeKind.FLOATS, floats: [...value.floats] });
  if ("tensor" in value) return make({ type: AttributeKind.TENSOR, t: tensorProto("", value.tensor) });
  if ("graph" in value) return make({ type: AttributeKind.GRAPH, g: value.graph });
  if (value.length > 0 && typeof value[0] === "string") {
    return make({ type: AttributeKind.STRINGS, strings: value.map((text) => new TextEncoder().encode(String(text))) });
  }
  return make({ type: AttributeKind.INTS, ints: value.map((number) => BigInt(number)) });
}

/** Makes a node. */
export const node = (
  opType: string,
  input: readonly string[],
  output: readonly string[],
  settings: Readonly<Record<string, Setting>> = {},
  domain = "",
): NodeProto =>
  create(NodeProtoSchema, {
    opType,
    domain,
    input: [...input],
    output: [...output],
    attribute: Object.entries(settings).map(([name, value]) => attribute(name, value)),
  });

/** Makes the type of an input or an output. */
export function info(name: string, type: OnnxType, shape?: readonly (number | string)[]): ValueInfoProto {
  const dim = shape?.map((length) =>
    create(TensorShapeProto_DimensionSchema, {
      value: typeof length === "number"
        ? { case: "dimValue", value: BigInt(length) }
        : { case: "dimParam", value: length },
    })
  );
  const value = create(TypeProto_TensorSchema, {
    elemType: ONNX_TYPES[type].code,
    ...dim === undefined ? {} : { shape: create(TensorShapeProtoSchema, { dim }) },
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: "tensorType", value } }),
  });
}

/** The parts of a graph. */
export type Parts = {
  readonly nodes: readonly NodeProto[];
  readonly inputs?: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
  readonly initializers?: readonly TensorProto[];
};

/** Makes a graph. */
export const graphProto = ({ nodes, inputs = [], outputs, initializers = [] }: Parts): GraphProto =>
  create(GraphProtoSchema, {
    name: "g",
    node: [...nodes],
    input: [...inputs],
    output: [...outputs],
    initializer: [...initializers],
  });

/** Makes a file. */
export const file = (parts: Parts, opset = 17): Uint8Array<ArrayBuffer> =>
  encodeProto(create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: "", version: BigInt(opset) })],
    graph: graphProto(parts),
  }));

/** Makes the file of one node. Inputs are `x0`, `x1` and so on; `null` stands for one that is left out. */
export function nodeFile(
  operator: string,
  inputs: readonly (Data | null)[],
  settings: Readonly<Record<string, Setting>>,
  { opset, outputs, known }: {
    readonly opset: number;
    readonly outputs: readonly OnnxType[];
    /** The inputs that are initializers. */
    readonly known: readonly number[];
  },
): Uint8Array<ArrayBuffer> {
  const names = inputs.map((data, k) => data === null ? "" : `x${k}`);
  const isKnown = (k: number): boolean => known.includes(k);
  return file({
    nodes: [node(operator, names, outputs.map((_, k) => `y${k}`), settings)],
    inputs: inputs.flatMap((data, k) => data === null || isKnown(k) ? [] : [info(names[k]!, data.type, data.shape)]),
    outputs: outputs.map((type, k) => info(`y${k}`, type)),
    initializers: inputs.flatMap((data, k) => data !== null && isKnown(k) ? [tensorProto(names[k]!, data)] : []),
  }, opset);
}
