/**
 * Directions of vectors: Euclidean normalization and cosine similarity.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { rowsPart } from "../../blas/parts/rows.ts";
import { operatorOfSettings, rowsOf } from "../../blas/program/operations/rows.ts";
import { stageValue } from "../../blas/rows.ts";
import {
  abs,
  argument,
  div as over,
  equal as same,
  greater,
  less,
  max as larger,
  mul as times,
  type Scalar,
  type ScalarLike,
  select,
  sqrt,
  sub as minus,
} from "../../blas/scalar/scalar.ts";
import {
  broadcastShapes,
  checkResultShape,
  normalizeAxis,
  reducedShape,
  resolveAxes,
  type Shape,
  unwrap,
} from "../../blas/shape.ts";
import { batchRows } from "../batch.ts";
import { applyElementwise, arithmetic } from "../elementwise.ts";
import { applySeveral, type MultiPrimitive } from "../multi_primitive.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { add, div, mul, neg } from "./arithmetic.ts";
import { maximum, where } from "./choice.ts";
import { equal } from "./comparison.ts";
import { checkEpsilon } from "./normalization.ts";
import { broadcastTo, sum } from "./sum.ts";

/** The options of {@link l2Normalize}. */
export type L2NormalizeOptions = {
  /** One axis or several that make up a vector; all if left out. */
  readonly axis?: number | readonly number[] | undefined;
  /** The smallest number to divide by, 1e-8 if left out. */
  readonly epsilon?: number | undefined;
};

/**
 * Divides vectors by their Euclidean length, or by `epsilon` where they are shorter than that.
 *
 * The gradient is finite everywhere, at 0 too, where it is that of `x / epsilon`.
 *
 * @param x Any shape.
 * @param options `axis`: one axis or several that make up a vector, all by default; `epsilon`: the smallest number to
 * divide by, 1e-8 by default.
 * @returns The shape of `x`.
 * @throws {ShapeError} If an axis is out of range or named twice.
 * @throws {RangeError} If `epsilon` is not a finite number of 0 or more.
 *
 * @example
 * ```ts
 * import { l2Normalize, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(l2Normalize(tensor64([[3, 4], [0, 0]]), { axis: 1 })), [[0.6, 0.8], [0, 0]]);
 * ```
 */
export function l2Normalize<D extends DType>(
  x: Tensor<D>,
  options: L2NormalizeOptions = {},
): Tensor<D> {
  checkOptions("apply l2Normalize", options, { axis: true, epsilon: true });
  const { axis, epsilon = 1e-8 } = options;
  checkOperands("l2Normalize", [x]);
  checkEpsilon("l2Normalize", epsilon);
  const settings = { axes: resolveAxes("l2Normalize", x.shape, axis), epsilon };
  return applySeveral(l2NormalizePrimitive, settings, [x])[0]!;
}

/** The options of {@link cosineSimilarity}. */
export type CosineSimilarityOptions = {
  /** The axis of the vectors, the last if left out. */
  readonly axis?: number | undefined;
  /** The smallest length to divide by, 1e-8 if left out. */
  readonly epsilon?: number | undefined;
};

/**
 * Computes the cosine of the angle between vectors: 1 for the same direction, 0 for a right angle, -1 for opposite
 * directions.
 *
 * @param a At least one axis.
 * @param b A shape that broadcasts with that of `a`.
 * @param options `axis`: the axis of the vectors, the last by default, counted in the broadcast shape; `epsilon`: the
 * smallest length to divide by, 1e-8 by default.
 * @returns The broadcast shape without the axis; 0 where a vector is 0.
 * @throws {ShapeError} If the shapes do not broadcast or the axis is out of range.
 * @throws {RangeError} If `epsilon` is not a finite number of 0 or more.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { cosineSimilarity, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const directions = tensor64([[2, 0], [0, 5], [-3, 0]]);
 * assertEquals(toList(cosineSimilarity(directions, tensor64([7, 0]))), [1, 0, -1]);
 * ```
 */
export function cosineSimilarity<D extends DType>(
  a: Tensor<D>,
  b: Tensor<NoInfer<D>>,
  options: CosineSimilarityOptions = {},
): Tensor<D> {
  checkOptions("apply cosineSimilarity", options, { axis: true, epsilon: true });
  const { axis = -1, epsilon = 1e-8 } = options;
  checkEpsilon("cosineSimilarity", epsilon);
  checkOperands("cosineSimilarity", [a, b]);
  const shape = unwrap(broadcastShapes("cosineSimilarity", [a.shape, b.shape]));
  checkResultShape("cosineSimilarity", shape);
  const along = unwrap(normalizeAxis("cosineSimilarity", shape, axis));
  const unit = (t: Tensor<D>): Tensor<D> => l2Normalize(broadcastTo(t, shape), { axis: along, epsilon });
  return sum(mul(unit(a), unit(b)), { axes: along });
}

/** The settings: the axes of a vector, and the smallest number to divide by. */
type NormSettings = { readonly axes: readonly number[]; readonly epsilon: number };

const SAMPLES: readonly (readonly [settings: NormSettings, shape: Shape])[] = [
  [{ axes: [1], epsilon: 0.1 }, [3, 4]],
  [{ axes: [0], epsilon: 0.1 }, [40, 2]],
  [{ axes: [0, 2], epsilon: 100 }, [2, 3, 40]],
  [{ axes: [1], epsilon: 0.1 }, [0, 3]],
];

/** The largest magnitude of a vector's elements. */
const SIZE = /* @__PURE__ */ stageValue(0);
/** A power of two that brings the squares of elements into range. Float32 never reaches the limits that are beyond its range. */
const FACTOR = /* @__PURE__ */ (() =>
  select(
    greater(SIZE, 2 ** 60),
    select(greater(SIZE, 2 ** 400), 2 ** -600, 2 ** -80),
    select(less(SIZE, 2 ** -60), select(less(SIZE, 2 ** -400), 2 ** 600, 2 ** 100), 1),
  ))();

/** Vectors divided by their length or by `epsilon`, and their lengths. */
const l2NormalizePrimitive: MultiPrimitive<NormSettings> = {
  name: "l2Normalize",
  samples: () => SAMPLES.map(([attributes, shape]) => ({ attributes, inputs: [{ shape, min: 0.5, max: 2 }] })),
  shapes: ([x], { axes }) => either.right([x!, reducedShape(x!, axes)]),
  part: rowsPart,
  batch: batchRows,
  operator: /* @__PURE__ */ operatorOfSettings(({ axes, epsilon }) => {
    const scaled = times(argument(0), FACTOR), length = over(sqrt(stageValue(1)), FACTOR);
    return rowsOf({
      axes,
      stages: [
        { reduction: "max", expression: abs(argument(0)) },
        { reduction: "sum", expression: times(scaled, scaled) },
      ],
      outputs: [
        { perRow: false, expression: over(argument(0), larger(length, epsilon)) },
        { perRow: true, expression: length },
      ],
    });
  }),
  vjps: ([g, lengthBar], { attributes, inputs: [x], outputs: [y, length] }) => {
    const ofOutput = g && applySeveral(l2NormalizeGradientPrimitive, attributes, [y!, length!, g])[0]!;
    if (!lengthBar) return [ofOutput ?? null];
    const ofLength = mul(lengthBar, div(x!, where(equal(length!, 0), 1, length!))); // 0 at 0
    return [ofOutput ? add(ofOutput, ofLength) : ofLength];
  },
};

/** Returns the slope of `max(length, epsilon)` with respect to the length: 1, 0, or one half where they are equal. */
const isLonger = (length: Scalar, epsilon: ScalarLike): Scalar =>
  select(greater(length, epsilon), 1, select(same(length, epsilon), 0.5, 0));

/** Computes `(g - y sum(g y)) / length` from the result `y`, the lengths and the cotangent `g`; where `epsilon` was the divisor, the sum is left out. */
const l2NormalizeGradientPrimitive: MultiPrimitive<NormSettings> = {
  name: "l2NormalizeGradient",
  samples: () =>
    SAMPLES.map(([attributes, shape]) => ({
      attributes,
      inputs: [{ shape, min: -1, max: 1 }, { shape: reducedShape(shape, attributes.axes), min: 1, max: 2 }, {
        shape,
        min: -1,
        max: 1,
      }],
    })),
  shapes: ([y]) => either.right([y!]),
  part: rowsPart,
  batch: batchRows,
  operator: /* @__PURE__ */ operatorOfSettings(({ axes, epsilon }) => {
    const [y, length, g] = [argument(0), argument(1), argument(2)], part = isLonger(length, epsilon);
    const along = select(part, times(y, times(part, stageValue(0))), 0);
    return rowsOf({
      axes,
      stages: [{ reduction: "sum", expression: times(g, y) }],
      outputs: [{ perRow: false, expression: over(minus(g, along), larger(length, epsilon)) }],
    });
  }),
  vjps: ([c], { attributes, inputs: [y, length, g], outputs: [output] }) => {
    const { axes, epsilon } = attributes, total = (t: Tensor): Tensor => sum(t, { axes, keepDims: true });
    const part = applyElementwise(isLongerPrimitive, [length!, epsilon]), divisor = maximum(length!, epsilon);
    const ofY = mul(div(part, divisor), add(mul(c!, total(mul(g!, y!))), mul(g!, total(mul(c!, y!)))));
    return [
      neg(ofY),
      neg(div(mul(part, total(mul(c!, output!))), divisor)),
      applySeveral(l2NormalizeGradientPrimitive, attributes, [y!, length!, c!])[0]!,
    ];
  },
};

const isLongerPrimitive = /* @__PURE__ */ arithmetic("isLonger", (length, epsilon) => isLonger(length, epsilon));

/** The primitives of this file, for the generic checks. */
export const normPrimitives = [isLongerPrimitive];

/** The primitives with several results. */
export const multiNormPrimitives = [l2NormalizePrimitive, l2NormalizeGradientPrimitive];
