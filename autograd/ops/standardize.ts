/**
 * The part that layer, group, batch and RMS normalization share: one operation that brings rows to mean 0 and variance
 * 1, scales and shifts them.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import { rowsPart } from "../../blas/parts/rows.ts";
import { operatorOfSettings, rowsOf } from "../../blas/program/operations/rows.ts";
import { type RowStage, stageValue } from "../../blas/rows.ts";
import { add as plus, argument, div as over, mul as times, sub as minus } from "../../blas/scalar/scalar.ts";
import { reducedShape, sizeOf } from "../../blas/shape.ts";
import { batchRows } from "../batch.ts";
import { applySeveral, type MultiPrimitive } from "../multi_primitive.ts";
import type { Tensor } from "../tensor.ts";
import { add, mul, scale } from "./arithmetic.ts";
import { finite } from "./variance.ts";
import {
  affineGradients,
  distanceOf,
  isCorrected,
  reciprocalRoot,
  rowSamples,
  type RowSettings,
  standardizeGradient,
  standardizeGradientPrimitives,
} from "./standardize_gradient.ts";
import { broadcastTo } from "./sum.ts";

/** The settings of the operation. */
type StandardizeSettings = RowSettings & {
  /** Whether there is an operand to scale by, and one to shift by. */
  readonly scaled: boolean;
  readonly shifted: boolean;
};

/**
 * The primitive: operands are `x`, and the scale and the shift if there are any. Its results are the standardized rows, and
 * the mean and the variance of each row; then, for short rows, what the rounding of the mean took from it, whose derivative is 0.
 */
const standardizePrimitive: MultiPrimitive<StandardizeSettings> = {
  name: "standardize",
  samples: () =>
    rowSamples<StandardizeSettings>(
      () => [{ scaled: true, shifted: true }, { scaled: false, shifted: false }],
      ({ scaled, shifted }, _, __, shape) => [scaled, shifted].filter((is) => is).map(() => ({ shape })),
    ),
  shapes: ([x], settings) => {
    const row = reducedShape(x!, settings.axes), lost = isCorrected(settings) ? [row] : [];
    return either.right(settings.centered ? [x!, row, row, ...lost] : [x!, row]);
  },
  part: rowsPart,
  batch: batchRows,
  operator: /* @__PURE__ */ operatorOfSettings((settings) => {
    const { axes, count, centered, scaled, shifted } = settings,
      x = argument(0),
      mean = over(stageValue(0), count);
    const far = centered ? minus(x, mean) : x, squares: RowStage = { reduction: "sum", expression: times(far, far) };
    // Distances are from the rounded mean, and on average off by what that rounding took from it.
    const isOff = isCorrected(settings),
      off = over(stageValue(2), count),
      square = over(stageValue(centered ? 1 : 0), count);
    const variance = isOff ? minus(square, finite(times(off, off))) : square;
    const standard = times(isOff ? minus(far, off) : far, reciprocalRoot(variance, settings));
    const weighed = scaled ? times(standard, argument(1)) : standard;
    return rowsOf({
      axes,
      stages: [
        ...centered ? [{ reduction: "sum", expression: x } as const] : [],
        squares,
        ...isOff ? [{ reduction: "sum", expression: far } as const] : [],
      ],
      outputs: [
        { perRow: false, expression: shifted ? plus(weighed, argument(scaled ? 2 : 1)) : weighed },
        ...centered ? [{ perRow: true, expression: mean }] : [],
        { perRow: true, expression: variance },
        ...isOff ? [{ perRow: true, expression: off }] : [],
      ],
    });
  }),
  vjps: (cotangents, { attributes, inputs, outputs }) => {
    const { centered, scaled, shifted, count } = attributes, [x] = inputs as readonly [Tensor]; // it has operands
    const weight = scaled ? inputs[1]! : null, statistics = outputs.slice(1), [g, ...rest] = cotangents;
    const [meanBar, varianceBar] = centered ? rest : [null, rest[0]];
    const shares: Tensor[] = [];
    if (g) shares.push(standardizeGradient(attributes, x, statistics, g, weight));
    if (meanBar) shares.push(broadcastTo(scale(meanBar, 1 / count), x.shape));
    if (varianceBar) shares.push(mul(scale(varianceBar, 2 / count), distanceOf(x, statistics, attributes)));
    const ofAffine = g && (scaled || shifted)
      ? affineGradients(attributes, x, statistics, g, inputs[1]!.shape)
      : inputs.slice(1).map(() => null);
    return [shares.length === 0 ? null : shares.reduce((a, b) => add(a, b)), ...ofAffine];
  },
};

/** The primitives of this file and of its derivative, for the generic checks. */
export const standardizePrimitives = /* @__PURE__ */ (() => [standardizePrimitive, ...standardizeGradientPrimitives])();

/** The scale and the shift of rows: shapes that broadcast to that of `x`, the same for both; `null` for none. */
export type Affine<D extends DType> = { readonly weight: Tensor<D> | null; readonly bias: Tensor<D> | null };

/** Rows brought to mean 0 and variance 1, scaled and shifted; their statistics with axes of length 1. */
export type Standardized<D extends DType> = {
  readonly output: Tensor<D>;
  readonly mean: Tensor<D>;
  readonly variance: Tensor<D>;
};

/** Divides distances from the mean over axes by the root of their mean square plus epsilon, then scales and shifts. */
export function standardize<D extends DType>(
  x: Tensor<D>,
  axes: readonly number[],
  epsilon: number,
  affine: Affine<D>,
): Standardized<D> {
  // The output and its moments: three results.
  const [output, mean, variance] = standardized(x, axes, epsilon, true, affine) as readonly [
    Tensor<D>,
    Tensor<D>,
    Tensor<D>,
  ];
  return { output, mean, variance };
}

/** Does the same without subtracting the mean. */
export function divideByRoot<D extends DType>(
  x: Tensor<D>,
  axes: readonly number[],
  epsilon: number,
  weight: Tensor<D> | null,
): Tensor<D> {
  return standardized(x, axes, epsilon, false, { weight, bias: null })[0]!;
}

function standardized<D extends DType>(
  x: Tensor<D>,
  axes: readonly number[],
  epsilon: number,
  centered: boolean,
  { weight, bias }: Affine<D>,
): readonly Tensor<D>[] {
  const count = sizeOf(axes.map((axis) => x.shape[axis]!));
  const settings = { axes, count, epsilon, centered, scaled: weight !== null, shifted: bias !== null };
  return applySeveral(standardizePrimitive, settings, [x, weight, bias].filter((t) => t !== null));
}
