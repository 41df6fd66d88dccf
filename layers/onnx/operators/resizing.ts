/**
 * Images of other sizes.
 *
 * @module
 */
import * as ops from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import { constant } from "../../../autograd/values/constructors.ts";
import { formatShape } from "../../../blas/errors.ts";
import { type Shape, sizeOf } from "../../../blas/shape.ts";
import {
  axisIn,
  type Call,
  callError,
  maybeNumbersAt,
  numberOf,
  numbersOf,
  type Operators,
  textOf,
  unary,
} from "../value.ts";
import { type AxisSettings, axisTaps } from "./resize_taps.ts";

/** The lengths wanted, and the scales that they are reached with. */
type Target = { readonly lengths: readonly number[]; readonly scales: readonly number[] };

/** The longest axis that is made: what each element is made of is written out. */
const LONGEST_AXIS = 2 ** 24;

/** The inputs of Resize, which has had three signatures, and of Upsample, which has had two. */
function inputsOf(
  call: Call,
): {
  readonly roi?: readonly number[] | undefined;
  readonly scales?: readonly number[] | undefined;
  readonly sizes?: readonly number[] | undefined;
} {
  const some = (index: number): readonly number[] | undefined => {
    const numbers = maybeNumbersAt(call, index);
    return numbers === undefined || numbers.length === 0 ? undefined : numbers;
  };
  const old = call.node.operator === "Upsample" || call.run.opset < 11;
  const [roi, scales, sizes] = old
    ? [undefined, numbersOf(call, "scales") ?? some(1), undefined]
    : [some(1), some(2), some(3)];
  return { ...roi && { roi }, ...scales && { scales }, ...sizes && { sizes } };
}

function targetOf(call: Call, lengths: Shape, scales?: readonly number[], sizes?: readonly number[]): Target {
  if (sizes !== undefined) {
    const ratios = sizes.map((size, k) => size / lengths[k]!),
      policy = textOf(call, "keep_aspect_ratio_policy", "stretch");
    if (policy === "stretch") return { lengths: sizes, scales: ratios };
    const one = policy === "not_larger" ? Math.min(...ratios) : Math.max(...ratios);
    return { lengths: lengths.map((length) => Math.round(length * one)), scales: lengths.map(() => one) };
  }
  if (scales === undefined) throw callError(call, "neither scales nor sizes are given", "give one of them");
  return { lengths: lengths.map((length, k) => Math.floor(length * scales[k]!)), scales };
}

function resized(x: Tensor, call: Call): Tensor {
  const shape = innerShape(x),
    { roi, scales, sizes } = inputsOf(call),
    old = call.node.operator === "Upsample" || call.run.opset < 11;
  const axes = (numbersOf(call, "axes") ?? shape.map((_, k) => k)).map((axis) => axisIn(call, axis, shape.length));
  const given = (sizes ?? scales ?? []).length;
  if (given !== axes.length) {
    throw callError(call, `${given} scales or sizes are given for ${axes.length} axes`, "give one for each axis");
  }
  const target = targetOf(call, axes.map((axis) => shape[axis]!), scales, sizes);
  checkLengths(call, shape.map((length, axis) => target.lengths[axes.indexOf(axis)] ?? length));
  const outside: { readonly axis: number; readonly mask: readonly number[] }[] = [];
  const result = axes.reduce((image, axis, k) => {
    const from = shape[axis]!,
      to = target.lengths[k]!,
      scale = target.scales[k]!,
      coordinates = textOf(call, "coordinate_transformation_mode", old ? "asymmetric" : "half_pixel");
    if (to === from && scale === 1 && coordinates !== "tf_crop_and_resize") return image;
    if (to === 0) return ops.sliceAxes(image, shape.map((_, k) => k === axis ? [0, 0] as const : [] as const));
    if (from === 0 || !(to > 0)) {
      throw callError(
        call,
        `axis ${axis} goes from ${from} elements to ${to}`,
        "resize what is not empty, to a length of 0 or more",
      );
    }
    const settings: AxisSettings = {
      from,
      to,
      scale,
      mode: textOf(call, "mode", "nearest"),
      coordinates,
      nearest: textOf(call, "nearest_mode", old ? "floor" : "round_prefer_floor"),
      cubic: numberOf(call, "cubic_coeff_a", -0.75),
      excludeOutside: numberOf(call, "exclude_outside", 0) === 1,
      antialias: numberOf(call, "antialias", 0) === 1,
      part: [roi?.[k] ?? 0, roi?.[axes.length + k] ?? 1],
    };
    const taps = axisTaps(settings);
    if (taps.some(({ isOutside }) => isOutside)) {
      outside.push({
        axis,
        mask: taps.map(({ isOutside }) => isOutside ? 1 : 0),
      });
    }
    return resizeAxis(image, axis, taps);
  }, x);
  const value = numberOf(call, "extrapolation_value", 0), rank = shape.length;
  return outside.reduce((image, { axis, mask }) => {
    const own = Array.from({ length: rank }, (_, k) => k === axis ? mask.length : 1);
    return ops.where(constant(mask, { dtype: x.dtype, shape: own }), value, image);
  }, result);
}

/** Throws if the result has too many elements, before any of them is thought of. */
function checkLengths(call: Call, shape: Shape): void {
  if (shape.every((length) => length <= LONGEST_AXIS) && sizeOf(shape) < 2 ** 31) return;
  throw callError(
    call,
    `its result has the shape ${formatShape(shape)}`,
    "use lengths of 2^24, and 2^31 - 1 elements, at most",
  );
}

/** Takes the elements that an axis is made of one after another, or all at once where there are many. */
function resizeAxis(x: Tensor, axis: number, taps: ReturnType<typeof axisTaps>): Tensor {
  const shape = innerShape(x),
    own = shape.map((_, k) => k === axis ? taps.length : 1),
    count = taps.reduce((most, { indices }) => Math.max(most, indices.length), 0); // they may be too many for arguments
  if (count > 4) {
    const matrix = taps.map(({ indices, weights }) => {
      const row = new Array<number>(shape[axis]!).fill(0);
      indices.forEach((index, k) => row[index]! += weights[k]!);
      return row;
    });
    const order = shape.map((_, k) => k === axis ? shape.length - 1 : k === shape.length - 1 ? axis : k);
    const rows = ops.matmul(ops.transpose(x, order), ops.transpose(constant(matrix, { dtype: x.dtype })));
    return ops.transpose(rows, order);
  }
  const parts = Array.from({ length: count }, (_, k) => {
    const taken = ops.take(x, taps.map(({ indices }) => indices[k] ?? 0), axis),
      weights = taps.map((tap) => tap.weights[k] ?? 0);
    return weights.every((weight) => weight === 1)
      ? taken
      : ops.mul(taken, constant(weights, { dtype: x.dtype, shape: own }));
  });
  return parts.reduce((sum, part) => ops.add(sum, part));
}

/** The operators of this file. */
export const resizingOperators: Operators = /* @__PURE__ */ (() => ({
  Resize: { ...unary(resized), known: [1, 2, 3] },
  Upsample: { ...unary(resized), known: [1] },
}))();
