/**
 * The derivative of rows brought to mean 0 and variance 1, scaled and shifted: one operation of rows for the operand,
 * one for scale and shift. The derivatives of these are written in tensor operations, so that second derivatives are
 * those of the composed formula.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import { rowsPart } from "../../blas/parts/rows.ts";
import { operatorOfSettings, rowsOf } from "../../blas/program/operations/rows.ts";
import { type RowStage, stageValue } from "../../blas/rows.ts";
import {
  add as plus,
  argument,
  div as over,
  mul as times,
  type Scalar,
  sqrt,
  sub as minus,
} from "../../blas/scalar/scalar.ts";
import { reducedShape, type Shape, sizeOf } from "../../blas/shape.ts";
import { batchRows, shifted } from "../batch.ts";
import { applySeveral, type MultiPrimitive } from "../multi_primitive.ts";
import type { Sample, SampleInput } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { add, mul, scale, sub } from "./arithmetic.ts";
import { rsqrt, square } from "./power.ts";
import { reshape } from "./reshape.ts";
import { broadcastTo, sum } from "./sum.ts";

/** The settings of standardization. */
export type RowSettings = {
  /** The axes of a row, ascending. */
  readonly axes: readonly number[];
  /** The number of elements in a row. */
  readonly count: number;
  readonly epsilon: number;
  /** Whether the mean is subtracted; without it, the mean of squares takes the place of the variance. */
  readonly centered: boolean;
};

/** The settings of the derivative with respect to the operand. */
type GradientSettings = RowSettings & { readonly scaled: boolean };

/** The settings of the derivative with respect to scale and shift. */
type AffineSettings = RowSettings & {
  /** The axes along which scale and shift repeat. */
  readonly repeated: readonly number[];
  readonly scaled: boolean;
  readonly shifted: boolean;
};

/** Rows for the generic checks: over the last axes, over all but one, over those around one; contiguous, and interleaved. */
const SAMPLE_ROWS: readonly (readonly [shape: Shape, axes: readonly number[], affine: Shape])[] = [
  [[3, 4], [1], [4]],
  [[4, 3, 2], [0, 2], [3, 1]],
  [[2, 2, 3, 2], [2, 3], [2, 3, 1]],
  [[2, 40], [1], [1, 40]],
  [[40, 2], [0], [2]],
  [[0, 3], [1], [3]],
];

/** Returns samples of a primitive; `inputs` gives the operands after `x`, from the shapes of rows and of scale and shift. */
export const rowSamples = <A extends RowSettings>(
  settings: (sample: { readonly shape: Shape; readonly affine: Shape }) => readonly Omit<A, keyof RowSettings>[],
  inputs: (settings: A, row: Shape, x: Shape, affine: Shape) => readonly SampleInput[],
): readonly Sample<A>[] =>
  SAMPLE_ROWS.flatMap(([shape, axes, affine]) =>
    (shape[0] === 40 ? [false] : shape[1] === 40 ? [true] : [true, false]).flatMap((centered) =>
      settings({ shape, affine }).map((rest): Sample<A> => {
        const count = sizeOf(axes.map((axis) => shape[axis]!));
        // Both parts together are what A consists of.
        const attributes = { axes, count, epsilon: 0.5, centered, ...rest } as A;
        return {
          attributes,
          inputs: [{ shape, min: -1, max: 1 }, ...inputs(attributes, reducedShape(shape, axes), shape, affine)],
        };
      })
    )
  );

/** Returns samples of the statistics of rows. */
const statisticsOf = (settings: RowSettings, shape: Shape): readonly SampleInput[] => [
  ...settings.centered ? [{ shape, min: -0.5, max: 0.5 }] : [],
  { shape, min: 1, max: 2 },
  ...isCorrected(settings) ? [{ shape, min: -0.1, max: 0.1 }] : [],
];

/** The most elements of rows whose mean is corrected: in longer ones, its rounding counts for less than other roundings. */
const FEW = 16;

/**
 * Tells whether there is a third result for each row, after the mean and the variance: what the rounding of the mean took from
 * it, which is much beside the distances of a few numbers that are close together and far from 0.
 */
export const isCorrected = ({ centered, count }: RowSettings): boolean => centered && count <= FEW;

/** Returns the number of results for each row. */
const countOfStatistics = (settings: RowSettings): number =>
  (settings.centered ? 2 : 1) + (isCorrected(settings) ? 1 : 0);

/** Returns the distance from the mean; `statistics` are the mean, the variance, and what the mean lacks, as far as there are. */
const distance = (x: Scalar, [mean, _, lost]: readonly Scalar[], settings: RowSettings): Scalar => {
  if (!settings.centered) return x;
  return isCorrected(settings) ? minus(minus(x, mean!), lost!) : minus(x, mean!);
};

/** Returns the same for tensors. */
export const distanceOf = (x: Tensor, [mean, _, lost]: readonly Tensor[], settings: RowSettings): Tensor => {
  if (!settings.centered) return x;
  return isCorrected(settings) ? sub(sub(x, mean!), lost!) : sub(x, mean!);
};

/** Returns the variance of the results for each row. */
const varianceIn = <T>(statistics: readonly T[], { centered }: RowSettings): T => statistics[centered ? 1 : 0]!;

/** Returns the arguments for the results for each row: they follow `x`. */
const statisticArguments = (settings: RowSettings): readonly Scalar[] =>
  Array.from({ length: countOfStatistics(settings) }, (_, k) => argument(1 + k));

/** Returns the cotangents of the results for each row, given those of the mean and of the variance. */
const cotangentsOf = (mean: Tensor, variance: Tensor, settings: RowSettings): readonly Tensor[] => [
  ...settings.centered ? [mean] : [],
  variance,
  ...isCorrected(settings) ? [mean] : [],
];

export const reciprocalRoot = (variance: Scalar, { epsilon }: RowSettings): Scalar =>
  over(1, sqrt(plus(variance, epsilon)));

/**
 * Computes the cotangent of `x` from `x`, the statistics of its rows, the cotangent `g` and the scale if there is one:
 * `r (u - mean(u) - y mean(u y))`, where `u` is `g` times the scale, `y` the standardized `x`, and `r` the factor that
 * standardized it. It is linear in `u`, and its own adjoint.
 */
const standardizeGradientPrimitive: MultiPrimitive<GradientSettings> = {
  name: "standardizeGradient",
  samples: () =>
    rowSamples<GradientSettings>(
      () => [{ scaled: true }, { scaled: false }],
      (settings, row, x, affine) => [
        ...statisticsOf(settings, row),
        { shape: x, min: -1, max: 1 },
        ...settings.scaled ? [{ shape: affine, min: -1, max: 1 }] : [],
      ],
    ),
  shapes: ([x]) => either.right([x!]),
  part: rowsPart,
  batch: batchRows,
  operator: /* @__PURE__ */ operatorOfSettings((settings) => {
    const { axes, count, centered, scaled } = settings, statistics = statisticArguments(settings);
    const next = 1 + statistics.length,
      g = argument(next),
      root = reciprocalRoot(varianceIn(statistics, settings), settings);
    const y = times(distance(argument(0), statistics, settings), root), u = scaled ? times(g, argument(next + 1)) : g;
    const products: RowStage = { reduction: "sum", expression: times(u, y) };
    const along = times(y, times(stageValue(centered ? 1 : 0), 1 / count));
    return rowsOf({
      axes,
      stages: centered ? [{ reduction: "sum", expression: u }, products] : [products],
      outputs: [{
        perRow: false,
        expression: times(root, minus(centered ? minus(u, times(stageValue(0), 1 / count)) : u, along)),
      }],
    });
  }),
  vjps: ([c], { attributes, inputs }) => {
    const { axes, count, epsilon, centered, scaled } = attributes, [x] = inputs as readonly [Tensor]; // it has operands
    const next = 1 + countOfStatistics(attributes), statistics = inputs.slice(1, next);
    const [g, weight] = inputs.slice(next) as [Tensor, Tensor?]; // one or two are left
    const root = rsqrt(add(varianceIn(statistics, attributes), epsilon)), far = distanceOf(x, statistics, attributes);
    const y = mul(far, root), u = weight === undefined ? g : mul(g, weight);
    const total = (t: Tensor): Tensor => sum(t, { axes, keepDims: true }),
      average = (t: Tensor) => scale(total(t), 1 / count);
    const uBar = standardizeGradient(attributes, x, statistics, c!, null);
    const along = average(mul(u, y)), inner = sub(centered ? sub(u, average(u)) : u, mul(y, along));
    const yBar = scale(mul(root, add(mul(c!, along), mul(u, average(mul(c!, y))))), -1);
    const rootBar = add(total(mul(c!, inner)), total(mul(yBar, far))), farBar = mul(yBar, root);
    return [
      farBar,
      ...cotangentsOf(scale(total(farBar), -1), mul(rootBar, slopeOfRoot(root)), attributes),
      ...scaled ? [mul(uBar, weight!), mul(uBar, g)] : [uBar],
    ];
  },
};

/** Returns the derivative of `(variance + epsilon)^(-1/2)`, given its value. */
const slopeOfRoot = (root: Tensor): Tensor => scale(mul(root, square(root)), -0.5);

/** Returns the cotangent of `x`; `g` is the cotangent of the result, not yet multiplied by the scale. */
export function standardizeGradient(
  { axes, count, epsilon, centered }: RowSettings,
  x: Tensor,
  statistics: readonly Tensor[],
  g: Tensor,
  weight: Tensor | null,
): Tensor {
  const settings = { axes, count, epsilon, centered, scaled: weight !== null };
  return applySeveral(standardizeGradientPrimitive, settings, [
    x,
    ...statistics,
    g,
    ...weight === null ? [] : [weight],
  ])[0]!;
}

/** Computes the cotangents of scale and shift, if there are any: sums of `g` times the standardized `x`, and of `g`. */
const affineGradientsPrimitive: MultiPrimitive<AffineSettings> = {
  name: "affineGradients",
  samples: () =>
    rowSamples<AffineSettings>(
      ({ shape, affine }) => {
        const repeated = repeatedAxes(shape, affine);
        return [{ repeated, scaled: true, shifted: true }, { repeated, scaled: true, shifted: false }];
      },
      (settings, row, x) => [...statisticsOf(settings, row), { shape: x, min: -1, max: 1 }],
    ),
  shapes: ([x], { repeated, scaled, shifted }) =>
    either.right([scaled, shifted].filter((is) => is).map(() => reducedShape(x!, repeated))),
  part: rowsPart,
  batch: (operands, context) => {
    const { attributes } = context;
    return batchRows(operands, { ...context, attributes: { ...attributes, repeated: shifted(attributes.repeated) } });
  },
  operator: /* @__PURE__ */ operatorOfSettings((settings) => {
    const { repeated, scaled, shifted } = settings, statistics = statisticArguments(settings);
    const g = argument(1 + statistics.length), root = reciprocalRoot(varianceIn(statistics, settings), settings);
    const y = times(distance(argument(0), statistics, settings), root);
    const sums = [...scaled ? [times(g, y)] : [], ...shifted ? [g] : []];
    return rowsOf({
      axes: repeated,
      stages: sums.map((expression) => ({ reduction: "sum", expression })),
      outputs: sums.map((_, k) => ({ perRow: true, expression: stageValue(k) })),
    });
  }),
  vjps: (cotangents, { attributes, inputs }) => {
    const { scaled, shifted, epsilon } = attributes, next = 1 + countOfStatistics(attributes);
    const statistics = inputs.slice(1, next), g = inputs[next]!, [x] = inputs as readonly [Tensor]; // it has operands
    const ofScale = scaled ? cotangents[0] : null, last = shifted ? cotangents.at(-1) : null;
    const ofShift = last && broadcastTo(last, x.shape);
    if (!ofScale) return [null, ...statistics.map(() => null), ofShift ?? null];
    const root = rsqrt(add(varianceIn(statistics, attributes), epsilon)), far = distanceOf(x, statistics, attributes);
    const yBar = mul(ofScale, g), farBar = mul(yBar, root), gBar = mul(ofScale, mul(far, root));
    return [
      farBar,
      ...cotangentsOf(scale(farBar, -1), mul(mul(yBar, far), slopeOfRoot(root)), attributes),
      ofShift ? add(gBar, ofShift) : gBar,
    ];
  },
};

/** Returns the cotangents of scale and shift, of their shape; at least one of them is needed. */
export function affineGradients(
  { axes, count, epsilon, centered, scaled, shifted }: RowSettings & Pick<AffineSettings, "scaled" | "shifted">,
  x: Tensor,
  statistics: readonly Tensor[],
  g: Tensor,
  shape: Shape,
): readonly Tensor[] {
  const settings = { axes, count, epsilon, centered, repeated: repeatedAxes(x.shape, shape), scaled, shifted };
  return applySeveral(affineGradientsPrimitive, settings, [x, ...statistics, g]).map((t) => reshape(t, shape));
}

/** Returns the axes along which an operand of the second shape is repeated to have the first. */
function repeatedAxes(shape: Shape, own: Shape): readonly number[] {
  const lead = shape.length - own.length;
  return shape.flatMap((_, axis) => axis < lead || own[axis - lead] === 1 ? [axis] : []);
}

/** The primitives of this file, for the generic checks. */
export const standardizeGradientPrimitives = [standardizeGradientPrimitive, affineGradientsPrimitive];
