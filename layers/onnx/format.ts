/**
 * Graphs as text.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { formatShape } from "../../blas/errors.ts";
import {
  fullName,
  type OnnxArray,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxNode,
  type OnnxValueInfo,
} from "./graph.ts";
import type { OnnxModel } from "./model.ts";

/** How many numbers of a list are shown. */
const SHOWN = 8;

/**
 * Lists a graph: its inputs, tensors, nodes and outputs. The name of each value can be given to `onnxLayer` as `until`.
 *
 * @example
 * ```ts
 * import { decodeOnnx, encodeOnnx, formatOnnx } from "@nanograd/nanograd/onnx";
 * import { add, type Tensor, tensor32 } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * type Record = Readonly<{ [name: string]: Tensor }>;
 * const bytes = encodeOnnx(({ b }: Record, { x }: Record) => ({ y: add(x!, b!) }), { b: tensor32([1, 2]) }, { x: tensor32([0, 0]) });
 * const model = decodeOnnx(bytes);
 * assert(model._tag === "Right");
 * assertEquals(formatOnnx(model.right).split("\n"), [
 *   "opset 17",
 *   "input x: float32[2]",
 *   "tensor b: float32[2]",
 *   "y = Add x b",
 *   "output y: float32[2]",
 * ]);
 * ```
 */
export function formatOnnx(model: OnnxModel): string {
  if (typeof model !== "object" || model === null || !("graph" in model)) {
    throw new TypeError(
      `Cannot format ${describe(model)}: it must be a model; pass what decodeOnnx returned, unwrapped`,
    );
  }
  return [`opset ${model.opset}`, ...linesOf(model.graph)].join("\n");
}

function linesOf({ inputs, outputs, initializers, nodes }: OnnxGraph): readonly string[] {
  return [
    ...inputs.map((info) => `input ${formatInfo(info)}`),
    ...[...initializers].map(([name, array]) => `tensor ${name}: ${formatArray(array)}`),
    ...nodes.flatMap(formatNode),
    ...outputs.map((info) => `output ${formatInfo(info)}`),
  ];
}

const formatInfo = ({ name, dtype, shape }: OnnxValueInfo): string => `${name}: ${dtype}[${shape.join(", ")}]`;

/** The type of a tensor, and its elements if they are few. */
function formatArray({ type, shape, data }: OnnxArray): string {
  const values = data.length <= 1 || (data.length <= SHOWN && type !== "float32") ? ` ${formatNumbers([...data])}` : "";
  return `${type}${formatShape(shape)}${values}`;
}

function formatNode(node: OnnxNode): readonly string[] {
  const settings = [...node.attributes].filter(([, { kind }]) => kind !== "graph").map(([name, attribute]) =>
    `${name}=${formatAttribute(attribute)}`
  );
  const outputs = node.outputs.map((name) => name || "_").join(", "), inputs = node.inputs.map((name) => name || "_");
  const line = [`${outputs} = ${fullName(node)}`, ...inputs].join(" ") +
    (settings.length > 0 ? ` {${settings.join(", ")}}` : "");
  const nested = [...node.attributes].flatMap(([name, attribute]) =>
    attribute.kind === "graph" ? [`  ${name}:`, ...linesOf(attribute.value).map((own) => `    ${own}`)] : []
  );
  return [line, ...nested];
}

function formatAttribute(attribute: OnnxAttribute): string {
  switch (attribute.kind) {
    case "number":
      return formatNumber(attribute.value);
    case "numbers":
      return `[${formatNumbers(attribute.value)}]`;
    case "text":
      return JSON.stringify(attribute.value);
    case "texts":
      return JSON.stringify(attribute.value);
    case "array":
      return formatArray(attribute.value);
    default:
      return attribute.kind;
  }
}

/** Writes a number with the digits of float32. */
const formatNumber = (value: number): string => String(Number(value.toPrecision(7)));

const formatNumbers = (values: readonly number[]): string =>
  values.slice(0, SHOWN).map(formatNumber).join(", ") + (values.length > SHOWN ? ", …" : "");
