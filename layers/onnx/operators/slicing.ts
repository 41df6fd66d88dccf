/**
 * Parts of tensors, and tensors made of parts.
 *
 * @module
 */
import { cast, concat, pad, type PadMode, sliceAxes, tril, triu, where } from "../../../autograd/ops/mod.ts";
import type { AxisRange } from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import { full } from "../../../autograd/values/constructors.ts";
import {
  axisIn,
  type Call,
  callError,
  input,
  maybeNumbersAt,
  numberOf,
  numbersOf,
  type Operators,
  shapeAt,
  tensors,
  textOf,
  unary,
  type Value,
} from "../value.ts";

/** Ranges along axes, as attributes before opset 10 and as inputs from then on. */
function sliced(x: Tensor, call: Call): Tensor {
  const rank = innerShape(x).length,
    list = (name: string, index: number) => numbersOf(call, name) ?? maybeNumbersAt(call, index);
  const starts = list("starts", 1) ?? [],
    ends = list("ends", 2) ?? [],
    steps = maybeNumbersAt(call, 4) ?? starts.map(() => 1);
  const axes = (list("axes", 3) ?? starts.map((_, k) => k)).map((axis) => axisIn(call, axis, rank));
  const ranges = innerShape(x).map((length, axis): AxisRange => {
    const k = axes.lastIndexOf(axis);
    // A start before the first element is the first one, backwards too, unlike in NumPy.
    return k < 0 ? [] : [Math.max(starts[k]!, -length), ends[k]!, steps[k]!];
  });
  return sliceAxes(x, ranges);
}

/** Parts of given lengths, or of equal ones, the last perhaps shorter. */
function split(call: Call): readonly Value[] {
  const { type, tensor: x } = input(call, 0), axis = axisIn(call, numberOf(call, "axis", 0), innerShape(x).length);
  const length = innerShape(x)[axis]!, count = call.node.outputs.length;
  if (numberOf(call, "num_outputs", count) !== count) {
    throw callError(call, `it has ${count} outputs, and num_outputs says otherwise`, "name every output");
  }
  const lengths = numbersOf(call, "split") ?? maybeNumbersAt(call, 1) ??
    Array.from(
      { length: count },
      (_, k) => Math.min(Math.ceil(length / count), length - k * Math.ceil(length / count)),
    );
  let start = 0;
  return lengths.map((own) => {
    const range: AxisRange = [start, start + own];
    start += own;
    return { type, tensor: sliceAxes(x, innerShape(x).map((_, k) => k === axis ? range : [])) };
  });
}

const MODES: Readonly<Record<string, PadMode>> = {
  constant: "constant",
  reflect: "reflect",
  edge: "replicate",
  wrap: "circular",
};

/** Padding, and cropping where it is below 0. */
function padded(x: Tensor, call: Call): Tensor {
  const name = textOf(call, "mode", "constant"), mode = Object.hasOwn(MODES, name) ? MODES[name]! : undefined;
  if (mode === undefined) throw callError(call, `there is no mode ${name}`, "use constant, reflect, edge or wrap");
  const shape = innerShape(x), pads = numbersOf(call, "pads") ?? maybeNumbersAt(call, 1) ?? [];
  const value = maybeNumbersAt(call, 2)?.[0] ?? numberOf(call, "value", 0);
  const axes = (maybeNumbersAt(call, 3) ?? shape.map((_, k) => k)).map((axis) => axisIn(call, axis, shape.length));
  if (pads.length !== 2 * axes.length) throw callError(call, `it has ${pads.length} pads`, "give two for each axis");
  const widths = shape.map((_, axis): readonly [number, number] => {
    const k = axes.indexOf(axis);
    return k < 0 ? [0, 0] : [pads[k]!, pads[axes.length + k]!];
  });
  const cropped = widths.some((pair) => pair.some((count) => count < 0))
    ? sliceAxes(x, widths.map(([before, after], k) => [Math.max(0, -before), shape[k]! - Math.max(0, -after)]))
    : x;
  return pad(cropped, widths.map(([before, after]) => [Math.max(0, before), Math.max(0, after)]), { mode, value });
}

/** Cuts axes in the middle to these lengths, or fills them up with zeros at both ends. */
function centerCropPad(x: Tensor, call: Call): Tensor {
  const shape = innerShape(x), wanted = maybeNumbersAt(call, 1) ?? [];
  const axes = (numbersOf(call, "axes") ?? shape.map((_, k) => k)).map((axis) => axisIn(call, axis, shape.length));
  return axes.reduce((t, axis, k) => {
    const length = innerShape(t)[axis]!,
      target = wanted[k] ?? length,
      before = Math.floor(Math.abs(target - length) / 2);
    return target <= length
      ? sliceAxes(t, innerShape(t).map((_, own): AxisRange => own === axis ? [before, before + target] : []))
      : pad(t, innerShape(t).map((_, own) => own === axis ? [before, target - length - before] : [0, 0]));
  }, x);
}

/** One triangle of matrices. */
function triangle(x: Tensor, call: Call): Tensor {
  const k = maybeNumbersAt(call, 1)?.[0] ?? 0, isUpper = numberOf(call, "upper", 1) === 1, shape = innerShape(x);
  // Infinite elements outside of the triangle must become 0, so that it is a choice and not a product.
  const mask = (isUpper ? triu : tril)(full(shape.slice(-2), 1, { dtype: x.dtype }), k);
  return where(mask, x, 0);
}

/** The operators of this file. */
export const slicingOperators: Operators = /* @__PURE__ */ (() => ({
  Slice: { ...unary(sliced), known: [1, 2, 3, 4] },
  Split: { compute: split, known: [1] },
  Concat: {
    compute: (call) => {
      const all = tensors(call), axis = axisIn(call, numberOf(call, "axis", 0), shapeAt(call, 0).length);
      return [{ type: input(call, 0).type, tensor: concat(all.map((t) => cast(t, all[0]!.dtype)), axis) }];
    },
  },
  Pad: { ...unary(padded), known: [1, 2, 3] },
  CenterCropPad: { ...unary(centerCropPad), known: [1] },
  Trilu: { ...unary(triangle), known: [1] },
}))();
