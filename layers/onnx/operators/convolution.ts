/**
 * Convolutions.
 *
 * @module
 */
import { conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d } from "../../../autograd/ops/mod.ts";
import * as ops from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import {
  type Call,
  callError,
  input,
  numberOf,
  numbersOf,
  type Operators,
  shapeAt,
  tensorAt,
  textOf,
} from "../value.ts";
import { autoPads, windowsOf } from "./windows.ts";

const lastOf = (numbers: readonly number[], count: number): readonly number[] => numbers.slice(numbers.length - count);

/** Convolves along one, two or three axes, as the node says. */
export function convolution(call: Call, x: Tensor, w: Tensor, bias: Tensor | null): Tensor {
  const rank = shapeAt(call, 0).length - 2, groups = numberOf(call, "group", 1);
  const { strides, dilations, pads } = windowsOf(call, shapeAt(call, 1).slice(2), shapeAt(call, 0).slice(2));
  switch (rank) {
    case 1:
      return conv1d(x, w, bias, {
        stride: strides[0]!,
        padding: [pads[0]!, pads[1]!],
        dilation: dilations[0]!,
        groups,
      });
    case 2:
      return conv2d(x, w, bias, { stride: pair(strides), padding: four(pads), dilation: pair(dilations), groups });
    case 3:
      return conv3d(x, w, bias, { stride: three(strides), padding: six(pads), dilation: three(dilations), groups });
    default:
      throw callError(
        call,
        `its input has ${rank + 2} axes`,
        "use 3, 4 or 5 axes: a batch, channels, and up to 3 more",
      );
  }
}

type Pair = readonly [number, number];
type Three = readonly [number, number, number];
type Four = readonly [number, number, number, number];
type Six = readonly [number, number, number, number, number, number];

const pair = (numbers: readonly number[]) => numbers as Pair; // windowsOf has checked the lengths of all these lists
const three = (numbers: readonly number[]) => numbers as Three; // as above
const four = (numbers: readonly number[]) => numbers as Four; // as above
const six = (numbers: readonly number[]) => numbers as Six; // as above

function transposed(call: Call): Tensor {
  const x = tensorAt(call, 0), w = tensorAt(call, 1), bias = call.inputs[2]?.tensor ?? null;
  const lengths = shapeAt(call, 0).slice(2), rank = lengths.length, groups = numberOf(call, "group", 1);
  const kernel = shapeAt(call, 1).slice(2), strides = numbersOf(call, "strides") ?? lengths.map(() => 1);
  const dilations = numbersOf(call, "dilations") ?? lengths.map(() => 1);
  const extra = numbersOf(call, "output_padding") ?? lengths.map(() => 0);
  const spans = kernel.map((count, k) => (count - 1) * dilations[k]! + 1);
  if (rank < 1 || rank > 3) throw callError(call, `its input has ${rank + 2} axes`, "use 3, 4 or 5 axes");
  const full = lengths.map((length, k) => (length - 1) * strides[k]! + spans[k]! + extra[k]!);
  const wanted = numbersOf(call, "output_shape"), auto = textOf(call, "auto_pad", "NOTSET");
  const target = wanted === undefined
    ? auto.startsWith("SAME") ? lengths.map((length, k) => length * strides[k]!) : undefined
    : lastOf(wanted, rank);
  const pads = target === undefined
    ? autoPads(call, lengths, strides, spans) ?? numbersOf(call, "pads") ?? lengths.flatMap(() => [0, 0])
    : padsFor(full, target, auto);
  // Padding below 0 makes the result longer: zeros are added, as further output padding.
  const more = extra.map((count, k) => count + Math.max(0, -pads[rank + k]!)),
    cut = pads.map((count) => Math.max(0, count));
  if (rank === 3) return spread(x, w, bias, { strides, dilations, pads, extra, groups });
  return rank === 1
    ? convTranspose1d(x, w, bias, {
      stride: strides[0]!,
      padding: [cut[0]!, cut[1]!],
      dilation: dilations[0]!,
      groups,
      outputPadding: more[0]!,
    })
    : convTranspose2d(x, w, bias, {
      stride: pair(strides),
      padding: four(cut),
      dilation: pair(dilations),
      groups,
      outputPadding: pair(more),
    });
}

type Spread = {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly extra: readonly number[];
  readonly groups: number;
};

/** A transposed convolution of volumes: zeros between the elements, and a convolution with the kernels turned around. */
function spread(
  x: Tensor,
  w: Tensor,
  bias: Tensor | null,
  { strides, dilations, pads, extra, groups }: Spread,
): Tensor {
  // Both have a batch, or filters, and channels before the lengths.
  const [batch, channels, ...lengths] = innerShape(x) as [number, number, ...number[]],
    [, filters, ...kernel] = innerShape(w) as [number, number, ...number[]]; // as above
  const apart = ops.reshape(x, [batch, channels, ...lengths.flatMap((length) => [length, 1])]);
  const between = ops.pad(apart, [[0, 0], [0, 0], ...strides.flatMap((step) => [[0, 0], [0, step - 1]] as const)]);
  const full = ops.reshape(between, [batch, channels, ...lengths.map((length, k) => length * strides[k]!)]);
  const wide = ops.sliceAxes(full, [
    [],
    [],
    ...lengths.map((length, k) => [0, (length - 1) * strides[k]! + 1] as const),
  ]);
  const axes = kernel.map((_, k) => k), each = channels / groups;
  const parts = ops.transpose(ops.reshape(w, [groups, each, filters, ...kernel]), [0, 2, 1, ...axes.map((k) => k + 3)]);
  const turned = ops.flip(ops.reshape(parts, [groups * filters, each, ...kernel]), axes.map((k) => k + 2));
  const reach = kernel.map((count, k) => (count - 1) * dilations[k]!);
  const before = axes.map((k) => reach[k]! - pads[k]!),
    after = axes.map((k) => reach[k]! - pads[axes.length + k]! + extra[k]!);
  const cut = ops.sliceAxes(wide, [
    [],
    [],
    ...axes.map((k) => [Math.max(0, -before[k]!), innerShape(wide)[k + 2]! - Math.max(0, -after[k]!)] as const),
  ]);
  const padding = six([...before, ...after].map((count) => Math.max(0, count)));
  return conv3d(cut, turned, bias, { padding, dilation: three(dilations), groups });
}

/** What to cut off at both ends to get a result of these lengths. */
function padsFor(full: readonly number[], target: readonly number[], auto: string): readonly number[] {
  const totals = full.map((length, k) => length - target[k]!);
  const half = totals.map((total) => Math.floor(total / 2)), rest = totals.map((total, k) => total - half[k]!);
  return auto === "SAME_UPPER" ? [...half, ...rest] : [...rest, ...half];
}

/** The operators of this file. */
export const convolutionOperators: Operators = /* @__PURE__ */ (() => ({
  Conv: {
    compute: (
      call,
    ) => [{
      type: input(call, 0).type,
      tensor: convolution(call, tensorAt(call, 0), tensorAt(call, 1), call.inputs[2]?.tensor ?? null),
    }],
  },
  ConvTranspose: { compute: (call) => [{ type: input(call, 0).type, tensor: transposed(call) }] },
}))();
