/**
 * Softmax, its logarithm, and the logarithm of a sum of exponentials.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { rowsPart } from "../../blas/parts/rows.ts";
import { operatorOfSettings, rowOf } from "../../blas/program/operations/rows.ts";
import { type Rows, type RowStage, stageValue } from "../../blas/rows.ts";
import {
  abs,
  add as plus,
  argument,
  div,
  exp,
  less,
  log as logarithm,
  mul as times,
  select,
  sub as minus,
} from "../../blas/scalar/scalar.ts";
import {
  broadcastShapes,
  droppedShape,
  normalizeAxis,
  reducedShape,
  resolveAxes,
  type ShapeResult,
  unwrap,
} from "../../blas/shape.ts";
import { batchRows } from "../batch.ts";
import { apply, applyChecked, checkOperands, type Primitive, type Sample, type SampleInput } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { mul, neg, sub } from "./arithmetic.ts";
import { exp as expTensor } from "./exponential.ts";
import { reshape } from "./reshape.ts";
import { type AxesAttributes, type ReductionOptions, sum } from "./sum.ts";

/** The number to subtract so that no exponential overflows: the largest element, or 0 where that is infinite. */
export const PEAK = /* @__PURE__ */ (() => select(less(abs(stageValue(0)), Infinity), stageValue(0), 0))();
export const POWER = /* @__PURE__ */ (() => exp(minus(argument(0), PEAK)))();
/** The largest element of a row, and the sum of the exponentials of all elements less the largest. */
export const STAGES: readonly RowStage[] = /* @__PURE__ */ (() => [
  { reduction: "max", expression: argument(0) },
  { reduction: "sum", expression: POWER },
])();

/** Returns samples for functions of rows, or of rows and a cotangent of the same shape. */
const samplesOf = (inputs: number, first: Omit<SampleInput, "shape"> = {}): readonly Sample<AxesAttributes>[] =>
  ([[[1], [3, 4]], [[0], [3, 4]], [[0, 2], [2, 3, 2]], [[1], [2, 70]], [[0], [70, 3]], [[1], [0, 3]]] as const).map(
    ([axes, shape]) => ({
      attributes: { axes },
      inputs: Array.from({ length: inputs }, (_, k) => ({ shape, min: -1, max: 1, ...k === 0 && first })),
    }),
  );

/** Makes a primitive of rows: its result has a number for each element. */
const rowPrimitive = (
  name: string,
  inputs: number,
  rows: () => Omit<Rows, "axes">,
  vjp: Primitive<AxesAttributes>["vjp"],
  samples = (): readonly Sample<AxesAttributes>[] => samplesOf(inputs),
): Primitive<AxesAttributes> => ({
  name,
  samples,
  shape: (shapes): ShapeResult => broadcastShapes(name, shapes),
  part: rowsPart,
  operator: operatorOfSettings(({ axes }: AxesAttributes) => rowOf({ axes, ...rows() })),
  batch: batchRows,
  vjp,
});

export const softmaxPrimitive = /* @__PURE__ */ rowPrimitive(
  "softmax",
  1,
  () => ({ stages: STAGES, outputs: [{ perRow: false, expression: div(POWER, stageValue(1)) }] }),
  (_, cotangent, { attributes, output }) => apply(softmaxGradientPrimitive, attributes, [output, cotangent]),
);

/** `y * (g - sum(g * y))`, of a softmax `y` and its cotangent `g`; linear in `g`, and its own adjoint. */
export const softmaxGradientPrimitive = /* @__PURE__ */ rowPrimitive(
  "softmaxGradient",
  2,
  () => ({
    stages: [{ reduction: "sum", expression: times(argument(0), argument(1)) }],
    outputs: [{ perRow: false, expression: times(argument(0), minus(argument(1), stageValue(0))) }],
  }),
  (index, cotangent, { attributes, inputs: [y, g] }) => {
    if (index === 1) return apply(softmaxGradientPrimitive, attributes, [y!, cotangent]);
    const total = (a: Tensor, b: Tensor) => sum(mul(a, b), { axes: attributes.axes, keepDims: true });
    return sub(mul(cotangent, sub(g!, total(g!, y!))), mul(g!, total(cotangent, y!)));
  },
);

export const logSoftmaxPrimitive = /* @__PURE__ */ rowPrimitive(
  "logSoftmax",
  1,
  () => ({
    stages: STAGES,
    outputs: [{ perRow: false, expression: minus(minus(argument(0), PEAK), logarithm(stageValue(1))) }],
  }),
  (_, cotangent, { attributes, output }) => apply(logSoftmaxGradientPrimitive, attributes, [output, cotangent]),
);

/** `g - exp(y) * sum(g)`, of a logarithm of softmax `y` and its cotangent `g`. */
const logSoftmaxGradientPrimitive = /* @__PURE__ */ rowPrimitive(
  "logSoftmaxGradient",
  2,
  () => ({
    stages: [{ reduction: "sum", expression: argument(1) }],
    outputs: [{ perRow: false, expression: minus(argument(1), times(exp(argument(0)), stageValue(0))) }],
  }),
  (index, cotangent, { attributes, inputs: [y, g] }) => {
    const options = { axes: attributes.axes, keepDims: true }, weighed = mul(cotangent, expTensor(y!));
    return index === 1 ? sub(cotangent, sum(weighed, options)) : neg(mul(weighed, sum(g!, options)));
  },
  () => samplesOf(2, { min: -5, max: -4 }), // the first operand is the result: logarithms of small numbers
);

const logSumExpPrimitive: Primitive<AxesAttributes> = {
  name: "logSumExp",
  samples: () => samplesOf(1),
  shape: ([shape], { axes }) => either.right(reducedShape(shape!, axes)),
  part: rowsPart,
  batch: batchRows,
  operator: /* @__PURE__ */ operatorOfSettings(({ axes }: AxesAttributes) =>
    rowOf({
      axes,
      stages: STAGES,
      outputs: [{ perRow: true, expression: plus(logarithm(stageValue(1)), PEAK) }],
    })
  ),
  vjp: (_, cotangent, { attributes, inputs: [x] }) => apply(weighedSoftmaxPrimitive, attributes, [x!, cotangent]),
};

/** `g * softmax(x)`, with a number `g` for each row. Subtracting the logarithm of the sum instead would lose digits of `x`. */
const weighedSoftmaxPrimitive: Primitive<AxesAttributes> = /* @__PURE__ */ rowPrimitive(
  "weighedSoftmax",
  2,
  () => ({
    stages: STAGES,
    outputs: [{ perRow: false, expression: times(POWER, div(argument(1), stageValue(1))) }],
  }),
  (index, cotangent, { attributes, inputs: [x, g] }) => {
    const y = apply(softmaxPrimitive, attributes, [x!]);
    return index === 1
      ? sum(mul(cotangent, y), { axes: attributes.axes, keepDims: true })
      : apply(softmaxGradientPrimitive, attributes, [y, mul(cotangent, g!)]);
  },
  () =>
    samplesOf(2).map(({ attributes, inputs: [x, g] }) => ({
      attributes,
      inputs: [x!, { ...g!, shape: reducedShape(g!.shape, attributes.axes) }],
    })),
);

/** The primitives of this file, for the generic checks. */
export const softmaxPrimitives = [
  softmaxPrimitive,
  softmaxGradientPrimitive,
  logSoftmaxPrimitive,
  logSoftmaxGradientPrimitive,
  logSumExpPrimitive,
  weighedSoftmaxPrimitive,
];

/** The axis of an operation. */
export type AxisOption = {
  /** Negative ones count from the end; the last if left out. */
  readonly axis?: number | undefined;
};

/**
 * Divides exponentials by their sum: positive numbers that add up to 1 along an axis. Large operands do not overflow.
 *
 * @param x At least one axis.
 * @param options `axis`: the axis along which the result adds up to 1, the last by default.
 * @throws {ShapeError} If the axis is out of range.
 *
 * @example
 * ```ts
 * import { softmax, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(softmax(tensor64([1000, 1000, -1000]))), [0.5, 0.5, 0]);
 * ```
 */
export function softmax<D extends DType>(x: Tensor<D>, options: AxisOption = {}): Tensor<D> {
  checkOptions("apply softmax", options, { axis: true });
  const { axis = -1 } = options;
  checkOperands("softmax", [x]);
  return applyChecked(softmaxPrimitive, { axes: [unwrap(normalizeAxis("softmax", x.shape, axis))] }, [x]);
}

/**
 * Computes the logarithm of {@link softmax}, without taking the logarithm of a number that underflowed to 0.
 *
 * @example
 * ```ts
 * import { logSoftmax, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(logSoftmax(tensor64([0, -1000]))), [0, -1000]);
 * ```
 *
 * @param x At least one axis.
 * @param options `axis`: the axis along which the exponentials of the result add up to 1, the last by default.
 * @throws {ShapeError} If the axis is out of range.
 */
export function logSoftmax<D extends DType>(x: Tensor<D>, options: AxisOption = {}): Tensor<D> {
  checkOptions("apply logSoftmax", options, { axis: true });
  const { axis = -1 } = options;
  checkOperands("logSoftmax", [x]);
  return applyChecked(logSoftmaxPrimitive, { axes: [unwrap(normalizeAxis("logSoftmax", x.shape, axis))] }, [x]);
}

/**
 * Computes `log(sum(exp(t)))` over axes, without overflow.
 *
 * @example
 * ```ts
 * import { logSumExp, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(logSumExp(tensor64([1000, 1000]))), 1000 + Math.LN2);
 * ```
 *
 * @param t Any shape.
 * @param options `axes`: one or several, all by default; `keepDims`: whether they stay with length 1, false by default.
 * @returns The shape without those axes; -Infinity where all elements are, and where there are none. Where all are, the
 * gradient is NaN, as {@link softmax} and the gradient in PyTorch are: no share of the elements is right.
 * @throws {ShapeError} If an axis is out of range or named twice.
 */
export function logSumExp<D extends DType>(
  t: Tensor<D>,
  options: ReductionOptions = {},
): Tensor<D> {
  checkOptions("apply logSumExp", options, { axes: true, keepDims: "flag" });
  const { axes, keepDims = false } = options;
  checkOperands("logSumExp", [t]);
  const resolved = resolveAxes("logSumExp", t.shape, axes);
  const kept = applyChecked(logSumExpPrimitive, { axes: resolved }, [t]);
  return keepDims ? kept : reshape(kept, droppedShape(t.shape, resolved));
}
