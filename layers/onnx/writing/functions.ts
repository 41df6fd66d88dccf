/**
 * Functions that programs call as a whole, by the names of their primitives.
 *
 * @module
 */
import type { DType } from "../../../blas/dtype.ts";
import type { HostOperation } from "../../../blas/program/operations/host.ts";
import type { ValueType } from "../../../blas/program/program.ts";
import type { Reduction } from "../../../blas/reduction.ts";
import type { Shape } from "../../../blas/shape.ts";
import type { PoolingGeometry } from "../../../blas/pooling.ts";
import { type Context, exactOperand, noForm } from "./context.ts";
import type { AnyPrimitive } from "../../../autograd/primitive.ts";
import { Tracing } from "../../../autograd/compile/tracing.ts";
import { constantOf } from "../../../autograd/tensor.ts";
import { innerView } from "../../../autograd/tensor_record.ts";
import { type Expansion, EXPANSIONS } from "./linear_algebra.ts";
import { fourierForms } from "./fourier.ts";
import type { GraphWriter, Wire } from "./graph_writer.ts";
import { reduceWire } from "./loops.ts";
import { castWire } from "./movements.ts";
import { linearRecurrence } from "./bodies.ts";

/** An application of a function. */
export type FunctionCall = {
  readonly context: Context;
  readonly writer: GraphWriter;
  readonly operation: HostOperation;
  /** The settings, whose type the primitive knows. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly inputs: readonly Wire[];
  readonly shapes: readonly Shape[];
  readonly results: readonly ValueType[];
  readonly dtype: DType;
};

/** Writes a function. */
export type FunctionForm = (call: FunctionCall) => readonly Wire[];

/** The setting that an axis is. */
export const axisOf = ({ settings }: FunctionCall): number => settings.axis as number; // so say the primitives

/** Exchanges an axis and the last one. */
export function swapped(writer: GraphWriter, wire: Wire, rank: number, axis: number): Wire {
  if (axis === rank - 1) return wire;
  const perm = Array.from({ length: rank }, (_, k) => k === axis ? rank - 1 : k === rank - 1 ? axis : k);
  return writer.one("Transpose", [wire], { perm });
}

const softmax = (operator: string): FunctionForm => ({ writer, inputs, settings }) => {
  const [axis] = settings.axes as readonly number[]; // there is one: others are not written whole
  return [writer.one(operator, inputs, { axis: axis! })];
};

const extremum = (operator: string): FunctionForm => (call) => [
  castWire(call.writer, call.writer.one(operator, call.inputs, { axis: axisOf(call), keepdims: 0 }), call.dtype),
];

/** Where the largest elements of windows are in their images, and, for who asks, the elements. */
const maxPositions: FunctionForm = ({ context, writer, operation, inputs, shapes, settings, dtype }) => {
  // So the primitive says.
  const { size, stride, padding, dilation = [1, 1] } = settings.geometry as PoolingGeometry & {
    readonly dilation?: readonly number[];
  };
  const counts = settings.counts as readonly number[], [shape] = shapes as readonly [Shape]; // as above
  const lengths = shape.slice(2), spans = size.map((count, k) => (count - 1) * dilation[k]! + 1);
  // Just as much padding at the ends as the last windows reach.
  const ends = counts.map((count, k) => (count - 1) * stride[k]! + spans[k]! - padding[k]! - lengths[k]!);
  const cut = ends.some((end) => end < 0)
    ? writer.one("Slice", [
      inputs[0]!,
      writer.list([0, 0]),
      writer.list(ends.map((end, k) => lengths[k]! + Math.min(0, end))),
      writer.list([2, 3]),
    ])
    : inputs[0]!;
  const pads = [padding[0], padding[1], ...ends.map((end) => Math.max(0, end))];
  const [values, places] = writer.node("MaxPool", [cut], {
    kernel_shape: size,
    strides: stride,
    dilations: dilation,
    pads,
  }, 2);
  const [height, width] = lengths.map((length, k) => length + Math.min(0, ends[k]!)) as [number, number]; // of an image
  context.pools.set(context.valueOf(operation), {
    values: values!,
    shape: [...shape.slice(0, 2), ...counts],
    x: operation.operands[0]!.value,
  });
  const inImage = writer.one("Mod", [places!, writer.constant("int64", [], [height * width])]);
  if (width === lengths[1]) return [castWire(writer, inImage, dtype)];
  // Positions count the columns that were cut off too.
  const columns = writer.constant("int64", [], [width]),
    row = writer.one("Div", [inImage, columns]),
    column = writer.one("Mod", [inImage, columns]);
  const whole = writer.one("Add", [writer.one("Mul", [row, writer.constant("int64", [], [lengths[1]!])]), column]);
  return [castWire(writer, whole, dtype)];
};

const argsort: FunctionForm = (call) => {
  const { writer, inputs, shapes, settings, dtype } = call,
    axis = axisOf(call),
    count = settings.count as number | undefined; // a setting of the primitive
  const k = writer.list([count ?? shapes[0]![axis]!]), largest = settings.descending === true ? 1 : 0;
  return [castWire(writer, writer.node("TopK", [inputs[0]!, k], { axis, largest }, 2)[1]!, dtype)];
};

/** All elements so far for each element, along a new last axis: others are replaced. */
function soFar({ writer, inputs, shapes, dtype }: FunctionCall, axis: number, replacement: number): Wire {
  const shape = shapes[0]!, rank = shape.length, count = shape[axis]!, last = swapped(writer, inputs[0]!, rank, axis);
  const own = shape.map((length, k) => k === axis ? shape[rank - 1]! : k === rank - 1 ? count : length);
  const rows = writer.one("Reshape", [last, writer.list([...own.slice(0, -1), 1, count])], { allowzero: 1 });
  const table = Float64Array.from({ length: count * count }, (_, k) => k % count <= Math.floor(k / count) ? 1 : 0);
  return writer.one("Where", [
    writer.constant("bool", [count, count], table),
    rows,
    writer.constant(dtype, [], [replacement]),
  ]);
}

const running = (operator: string, replacement: number): FunctionForm => (call) => {
  const { writer, shapes, dtype } = call, axis = axisOf(call), rank = shapes[0]!.length;
  const places = writer.one(operator, [soFar(call, axis, replacement)], {
    axis: rank,
    keepdims: 0,
    select_last_index: 1,
  });
  return [swapped(writer, castWire(writer, places, dtype), rank, axis)];
};

/** The lengths of the axes where an axis and the last one have changed places. */
const swappedShape = (shape: Shape, axis: number): Shape =>
  shape.map((length, k) => k === axis ? shape.at(-1)! : k === shape.length - 1 ? shape[axis]! : length);

const folded = (reduction: Reduction, replacement: number): FunctionForm => (call) => {
  const { writer, shapes } = call, axis = axisOf(call), shape = shapes[0]!, rank = shape.length;
  const all = reduceWire(writer, reduction, soFar(call, axis, replacement), [rank]);
  return [swapped(writer, writer.one("Reshape", [all, writer.list(swappedShape(shape, axis))]), rank, axis)];
};

const logCumSumExp: FunctionForm = (call) => {
  const { writer, shapes, dtype } = call, axis = axisOf(call), shape = shapes[0]!, rank = shape.length;
  const table = soFar(call, axis, -Infinity), peak = reduceWire(writer, "max", table, [rank]);
  const isLowest = writer.one("IsInf", [peak], {}),
    level = writer.one("Where", [isLowest, writer.constant(dtype, [], [0]), peak]);
  const sum = reduceWire(writer, "sum", writer.one("Exp", [writer.one("Sub", [table, level])]), [rank]);
  const all = writer.one("Add", [writer.one("Log", [sum]), level]);
  return [swapped(writer, writer.one("Reshape", [all, writer.list(swappedShape(shape, axis))]), rank, axis)];
};

/** Writes a function of tensors in place of a primitive. */
const expanded = (f: Expansion): FunctionForm => ({ context, writer, inputs, shapes, settings, dtype }) => {
  const tracing = new Tracing(shapes.map((shape) => ({ dtype, shape })), isWhole);
  const results = tracing.run(() => f(shapes.map((_, k) => constantOf(tracing.parameter(k))), settings));
  return context.write(writer, tracing.program(results.map(innerView)), inputs);
};

/** The forms of functions. */
const FORMS: Readonly<Record<string, FunctionForm>> = /* @__PURE__ */ (() => ({
  softmax: softmax("Softmax"),
  logSoftmax: softmax("LogSoftmax"),
  argmax: extremum("ArgMax"),
  argmin: extremum("ArgMin"),
  maxPositions,
  argsort,
  cumargmax: running("ArgMax", -Infinity),
  cumargmin: running("ArgMin", Infinity),
  logCumSumExp,
  cummax: folded("max", -Infinity),
  cummin: folded("min", Infinity),
  cumprod: folded("product", 1),
  linearRecurrence,
  ...fourierForms,
  ...Object.fromEntries(Object.entries(EXPANSIONS).map(([name, f]) => [name, expanded(f)])),
}))();

/** Tells whether a primitive is written whole: ONNX has an operator for it, or its own operation in programs has no form. */
export function isWhole({ name }: AnyPrimitive, attributes: unknown): boolean {
  if (name !== "softmax" && name !== "logSoftmax") return Object.hasOwn(FORMS, name);
  return (attributes as { readonly axes: readonly number[] }).axes.length === 1; // so these primitives have it
}

/** Writes a function. */
export function writeFunction(
  context: Context,
  operation: HostOperation,
  results: readonly ValueType[],
): readonly Wire[] {
  const { name, operands, attributes } = operation, { writer } = context;
  if (!Object.hasOwn(FORMS, name)) {
    throw noForm(`the operation ${name}`, "ONNX has no operator for it", "leave it out of the function");
  }
  return FORMS[name]!({
    context,
    writer,
    operation,
    settings: (attributes ?? {}) as Readonly<Record<string, unknown>>, // records, as those of all primitives
    inputs: operands.map((operand) => exactOperand(context, operand)),
    shapes: operands.map(({ shape }) => shape),
    results,
    dtype: results[0]!.dtype,
  });
}
