/**
 * Pooling.
 *
 * @module
 */
import * as ops from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import {
  type Call,
  callError,
  input,
  maybeNumbersAt,
  numberOf,
  numbersOf,
  type Operator,
  type Operators,
  shapeAt,
  tensorAt,
  unary,
  type Value,
  valueOf,
} from "../value.ts";
import { type Shape, sizeOf } from "../../../blas/shape.ts";
import { constant, zeros } from "../../../autograd/values/constructors.ts";
import { windowSums } from "./gapped_windows.ts";
import { type Windows, windowsOf } from "./windows.ts";

/** Pooling along one, two or three axes. */
type Pools = {
  readonly one: (x: Tensor, windows: Windows, ceilMode: boolean) => Tensor;
  readonly two: (x: Tensor, windows: Windows, ceilMode: boolean) => Tensor;
  readonly three: (x: Tensor, windows: Windows, ceilMode: boolean) => Tensor;
};

const pooled = (call: Call, x: Tensor, pools: Pools, fill: number): Tensor => {
  const kernel = numbersOf(call, "kernel_shape") ?? [], lengths = innerShape(x).slice(2);
  const given = windowsOf(call, kernel, lengths),
    ceilMode = numberOf(call, "ceil_mode", 0) === 1,
    rank = lengths.length;
  // Windows that see nothing but padding are possible here alone: the padding becomes part of the input.
  const isWide = given.pads.some((count, side) => count >= kernel[side % rank]!);
  const windows = isWide ? { ...given, pads: given.pads.map(() => 0) } : given;
  const wide: readonly (readonly [number, number])[] = [
    [0, 0],
    [0, 0],
    ...lengths.map((_, k) => [given.pads[k]!, given.pads[rank + k]!] as const),
  ] as const;
  const padded = isWide ? ops.pad(x, wide, { value: fill }) : x;
  switch (rank) {
    case 1:
      return pools.one(padded, windows, ceilMode);
    case 2:
      return pools.two(padded, windows, ceilMode);
    case 3:
      return pools.three(padded, windows, ceilMode);
    default:
      throw callError(
        call,
        `its input has ${rank + 2} axes`,
        "use 3, 4 or 5 axes: a batch, channels, and up to 3 more",
      );
  }
};

type Pair = readonly [number, number];
type Three = readonly [number, number, number];

/** The settings as the operations of the library take them, for one axis and for several: windowsOf has counted them. */
const single = ({ kernel, strides, pads }: Windows, ceilMode: boolean) => ({
  size: kernel[0]!,
  stride: strides[0]!,
  padding: [pads[0]!, pads[1]!] as const,
  ceilMode,
});
const double = ({ kernel, strides, pads }: Windows, ceilMode: boolean) => ({
  size: kernel as Pair, // windowsOf has checked the lengths of all these lists
  stride: strides as Pair, // as above
  padding: pads as readonly [number, number, number, number], // as above
  ceilMode,
});
const triple = ({ kernel, strides, pads }: Windows, ceilMode: boolean) => ({
  size: kernel as Three, // as above
  stride: strides as Three, // as above
  padding: pads as readonly [number, number, number, number, number, number], // as above
  ceilMode,
});

const LARGEST: Pools = {
  one: (x, w, ceil) => ops.maxPool1d(x, { ...single(w, ceil), dilation: w.dilations[0]! }),
  two: (x, w, ceil) => ops.maxPool2d(x, { ...double(w, ceil), dilation: w.dilations as Pair }), // as above
  three: (x, w, ceil) => ops.maxPool3d(x, { ...triple(w, ceil), dilation: w.dilations as Three }), // as above
};

const means = (countIncludePad: boolean): Pools => ({
  one: (x, w, ceil) => ops.avgPool1d(x, { ...single(w, ceil), countIncludePad }),
  two: (x, w, ceil) => ops.avgPool2d(x, { ...double(w, ceil), countIncludePad }),
  three: (x, w, ceil) => ops.avgPool3d(x, { ...triple(w, ceil), countIncludePad }),
});

/** The largest elements of windows and, if they are wanted, their places among all elements. */
function largest(call: Call): readonly Value[] {
  const { type, tensor: x } = input(call, 0), values: Value = { type, tensor: pooled(call, x, LARGEST, -Infinity) };
  if ((call.node.outputs[1] ?? "") === "") return [values];
  const places = placesOfLargest(call, x, innerShape(values.tensor).slice(2));
  return [values, valueOf(call.run, "int64", ops.reshape(places, innerShape(values.tensor)))];
}

/** The places of the largest elements: all windows are written out by a table, in which a place behind all others stands for padding. */
function placesOfLargest(call: Call, x: Tensor, counts: Shape): Tensor {
  const shape = innerShape(x), lengths = shape.slice(2), kernel = numbersOf(call, "kernel_shape") ?? [];
  const { strides, dilations, pads } = windowsOf(call, kernel, lengths), size = sizeOf(lengths);
  const positions = listed(counts).flatMap((window) =>
    listed(kernel).map((element) => {
      const at = window.map((own, k) => own * strides[k]! + element[k]! * dilations[k]! - pads[k]!);
      return at.every((own, k) => own >= 0 && own < lengths[k]!) ? at : undefined;
    })
  );
  const byRows = (at: readonly number[]): number => at.reduce((sum, own, k) => sum * lengths[k]! + own, 0);
  const byColumns = (at: readonly number[]): number => at.reduceRight((sum, own, k) => sum * lengths[k]! + own, 0);
  const numbered = (number: (at: readonly number[]) => number) =>
    positions.map((at) => at === undefined ? size : number(at));
  const table = numbered(byRows), names = numberOf(call, "storage_order", 0) === 1 ? numbered(byColumns) : table;
  const images = shape[0]! * shape[1]!, windows = sizeOf(counts), elements = sizeOf(kernel);
  const padded = ops.pad(ops.reshape(x, [images, size]), [[0, 0], [0, 1]], { value: -Infinity });
  const found = ops.argmax(ops.reshape(ops.take(padded, table, 1), [images, windows, elements]), { axis: 2 });
  const starts = Float64Array.from({ length: windows }, (_, k) => k * elements);
  const rows = ops.add(ops.cast(found, "float64"), constant(starts, { dtype: "float64", shape: [windows] }));
  const inImage = ops.take(constant(Float64Array.from(names), { dtype: "float64" }), rows);
  const firsts = Float64Array.from({ length: images }, (_, k) => k * size);
  return ops.add(inImage, constant(firsts, { dtype: "float64", shape: [images, 1] }));
}

/** Lists all indices of a shape, in row-major order. */
const listed = (shape: Shape): readonly (readonly number[])[] =>
  shape.reduce<readonly (readonly number[])[]>(
    (all, length) => all.flatMap((index) => Array.from({ length }, (_, k) => [...index, k])),
    [[]],
  );

/** Puts elements back to where they were the largest, and zeros elsewhere. */
function maxUnpool(x: Tensor, call: Call): Tensor {
  const shape = innerShape(x), kernel = numbersOf(call, "kernel_shape") ?? [];
  const { strides, pads } = windowsOf(call, kernel, shape.slice(2)), rank = kernel.length;
  const smallest = shape.slice(2).map((count, k) =>
    (count - 1) * strides[k]! + kernel[k]! - pads[k]! - pads[rank + k]!
  );
  const own = [...shape.slice(0, 2), ...smallest], wanted = maybeNumbersAt(call, 2) ?? own;
  // Places are counted in the result without further rows and columns.
  const flat = ops.scatter(zeros([sizeOf(own)], { dtype: x.dtype }), ops.flatten(tensorAt(call, 1)), ops.flatten(x));
  return ops.pad(ops.reshape(flat, own), own.map((length, k) => [0, wanted[k]! - length] as const));
}

/** The sums of windows, and how many elements each has, with padding or without. */
function summed(call: Call, x: Tensor): ReturnType<typeof windowSums> {
  const windows = windowsOf(call, numbersOf(call, "kernel_shape") ?? [], innerShape(x).slice(2));
  return windowSums(x, windows, numberOf(call, "ceil_mode", 0) === 1);
}

function mean(call: Call): Tensor {
  const x = tensorAt(call, 0), countIncludePad = numberOf(call, "count_include_pad", 0) === 1;
  const hasGaps = (numbersOf(call, "dilations") ?? []).some((step) => step !== 1);
  if (!hasGaps) return pooled(call, x, means(countIncludePad), 0);
  const { sums, inside, padded } = summed(call, x);
  return (countIncludePad ? padded : inside).reduce((all, counts) => ops.div(all, counts), sums);
}

/** The p-norm of each window. */
function norm(call: Call): Tensor {
  const p = numberOf(call, "p", 2);
  return ops.pow(summed(call, ops.pow(ops.abs(tensorAt(call, 0)), p)).sums, 1 / p);
}

const overImage = (f: (x: Tensor, axes: readonly number[], call: Call) => Tensor): Operator =>
  unary((x, call) => f(x, shapeAt(call, 0).slice(2).map((_, k) => k + 2), call));

/** The operators of this file. */
export const poolingOperators: Operators = /* @__PURE__ */ (() => ({
  MaxPool: { compute: largest },
  AveragePool: { compute: (call) => [{ type: input(call, 0).type, tensor: mean(call) }] },
  MaxUnpool: { ...unary(maxUnpool), known: [2] },
  LpPool: { compute: (call) => [{ type: input(call, 0).type, tensor: norm(call) }] },
  GlobalAveragePool: overImage((x, axes) => ops.mean(x, { axes, keepDims: true })),
  GlobalMaxPool: overImage((x, axes) => ops.max(x, { axes, keepDims: true })),
  GlobalLpPool: overImage((x, axes, call) => {
    const p = numberOf(call, "p", 2);
    return ops.pow(ops.sum(ops.pow(ops.abs(x), p), { axes, keepDims: true }), 1 / p);
  }),
}))();
