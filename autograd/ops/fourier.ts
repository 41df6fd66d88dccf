/**
 * The primitives of Fourier transforms, each the other's derivative.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import { standardFourier } from "../../blas/parts/fourier.ts";
import type { MutableComplexView } from "../../blas/fourier/transforms.ts";
import type { Shape } from "../../blas/shape.ts";
import { allocate, type MutableView, type View } from "../../blas/view.ts";
import { batchAlong } from "../batch.ts";
import { applySeveral, type MultiPrimitive } from "../multi_primitive.ts";
import { zeros } from "../values/constructors.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";

/** Real and imaginary parts, of the same shape. */
export type Complex<D extends DType> = { readonly real: Tensor<D>; readonly imaginary: Tensor<D> };

type FourierAttributes = { readonly axis: number; readonly sign: 1 | -1 };
type AxisAttributes = { readonly axis: number };
type LengthAttributes = AxisAttributes & { readonly length: number };

const withLength = (shape: Shape, axis: number, length: number): Shape =>
  shape.map((own, k) => k === axis ? length : own);

const spectrumShape = (shape: Shape, axis: number): Shape => withLength(shape, axis, Math.floor(shape[axis]! / 2) + 1);

/** Returns both parts of the results, allocated where only the other one is wanted. */
const pairOf = ([re, im]: readonly (MutableView | undefined)[], { dtype }: View, shape: Shape): MutableComplexView => [
  re ?? allocate(dtype, shape),
  im ?? allocate(dtype, shape),
];

/** Both operands and both results have the same shape. */
const fourierPrimitive: MultiPrimitive<FourierAttributes> = {
  name: "fourier",
  samples: () =>
    [[[5], 0, -1], [[2, 4], 1, 1], [[3, 2, 2], 0, -1], [[0, 3], 1, -1]].map(([shape, axis, sign]) => ({
      attributes: { axis, sign } as FourierAttributes, // the list has triples
      inputs: [{ shape: shape as Shape }, { shape: shape as Shape }], // as above
    })),
  shapes: ([real, imaginary]) => either.right([real!, imaginary!]),
  fill: ([real, imaginary], { axis, sign }, outputs) =>
    standardFourier().transformLines([real!, imaginary!], axis, sign, pairOf(outputs, real!, real!.shape)),
  batch: batchAlong,
  // The matrix of the transform is symmetric, so its adjoint has conjugate elements.
  vjps: (cotangents, { attributes: { axis, sign }, outputs }) =>
    both(cotangents, outputs, (given) => {
      const { real, imaginary } = fourier(given, axis, sign === 1 ? -1 : 1);
      return [real, imaginary];
    }),
};

/** Real numbers of length `n` to complex ones of length `floor(n / 2) + 1`. */
const realFourierPrimitive: MultiPrimitive<AxisAttributes> = {
  name: "realFourier",
  samples: () => [
    { attributes: { axis: 0 }, inputs: [{ shape: [5] }] },
    { attributes: { axis: 1 }, inputs: [{ shape: [3, 4] }] },
    { attributes: { axis: 0 }, inputs: [{ shape: [2, 0] }] },
  ],
  shapes: ([x], { axis }) => {
    const shape = spectrumShape(x!, axis);
    return either.right([shape, shape]);
  },
  fill: ([x], { axis }, outputs) =>
    standardFourier().transformRealLines(x!, axis, pairOf(outputs, x!, spectrumShape(x!.shape, axis))),
  batch: batchAlong,
  vjps: (cotangents, { attributes: { axis }, inputs: [x], outputs }) =>
    both(cotangents, outputs, (given) => [realFourierAdjoint(given, axis, innerShape(x!)[axis]!)]),
};

/** Complex numbers of length `floor(n / 2) + 1` to real ones of length `n`. */
const realFourierAdjointPrimitive: MultiPrimitive<LengthAttributes> = {
  name: "realFourierAdjoint",
  samples: () => [
    { attributes: { axis: 0, length: 5 }, inputs: [{ shape: [3] }, { shape: [3] }] },
    { attributes: { axis: 1, length: 4 }, inputs: [{ shape: [3, 3] }, { shape: [3, 3] }] },
    { attributes: { axis: 0, length: 2 }, inputs: [{ shape: [2, 0] }, { shape: [2, 0] }] },
  ],
  shapes: ([real], { axis, length }) => either.right([withLength(real!, axis, length)]),
  fill: ([real, imaginary], { axis }, [result]) =>
    standardFourier().transformToRealLines([real!, imaginary!], axis, result!),
  batch: batchAlong,
  vjps: ([cotangent], { attributes: { axis } }) => {
    const { real, imaginary } = realFourier(cotangent!, axis);
    return [real, imaginary];
  },
};

/** The primitives of this file, for the generic checks. */
export const fourierPrimitives = [fourierPrimitive, realFourierPrimitive, realFourierAdjointPrimitive];

/** Passes on the cotangents of both parts; that of a part on which nothing depends is 0. */
function both(
  [real, imaginary]: readonly (Tensor | null)[],
  outputs: readonly Tensor[],
  pass: (given: Complex<DType>) => readonly Tensor[],
): readonly (Tensor | null)[] {
  const [{ dtype }] = outputs as [Tensor]; // at least one result
  const shape = innerShape(outputs[0]!), none = () => zeros<DType>(shape, { dtype });
  return pass({ real: real ?? none(), imaginary: imaginary ?? none() });
}

/**
 * Computes `sum_j z[j] exp(sign 2 pi i j k / n)` along an axis, whose length is at least 1.
 *
 * @param z Checked.
 */
export function fourier<D extends DType>(z: Complex<D>, axis: number, sign: 1 | -1): Complex<D> {
  const [real, imaginary] = applySeveral(fourierPrimitive, { axis, sign }, [z.real, z.imaginary]);
  return { real: real!, imaginary: imaginary! };
}

/** Computes the first `floor(n / 2) + 1` numbers of {@link fourier} of real ones, with sign -1. */
export function realFourier<D extends DType>(t: Tensor<D>, axis: number): Complex<D> {
  const [real, imaginary] = applySeveral(realFourierPrimitive, { axis }, [t]);
  return { real: real!, imaginary: imaginary! };
}

/** Computes the adjoint of {@link realFourier}: the real part of {@link fourier}, with sign 1, of `z` with zeros added at the end. */
export function realFourierAdjoint<D extends DType>(z: Complex<D>, axis: number, length: number): Tensor<D> {
  return applySeveral(realFourierAdjointPrimitive, { axis, length }, [z.real, z.imaginary])[0]!;
}
