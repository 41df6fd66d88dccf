/**
 * Discrete Fourier transforms.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { normalizeAxis, sameShape, type Shape, unwrap } from "../../blas/shape.ts";
import { checkOperands } from "../primitive.ts";
import { isTensor, type Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { constant } from "../values/constructors.ts";
import { mul, scale } from "./arithmetic.ts";
import { type Complex, fourier, realFourier, realFourierAdjoint } from "./fourier.ts";
import { pad } from "./pad.ts";
import { partAlong } from "./slice.ts";
import type { AxisOption } from "./softmax.ts";

/** The settings of {@link irfft}. */
export type InverseRealFourierOptions = AxisOption & {
  /** The length of the result along the axis; if left out, the even one, `2 * (m - 1)`, where `z` has length `m`. */
  readonly length?: number | undefined;
};

/**
 * Computes the discrete Fourier transform along an axis: `Y[k] = sum_j z[j] exp(-2 pi i j k / n)`.
 *
 * Any length takes time in proportion to `n log n`: those whose prime factors are at most 13 directly, others by
 * Bluestein's algorithm over a power of two, some five times as long. To transform several axes, transform one after another.
 * Computed in float64, whatever the dtype, by kernels of their own, which compiled programs call.
 *
 * @param z `{ real, imaginary }`, of the same shape; {@link rfft} takes real numbers.
 * @param options `axis`, the last by default.
 * @returns `{ real, imaginary }`, the same shape.
 * @throws {TypeError} If `z` is not a record of two tensors.
 * @throws {ShapeError} If the two differ in shape, the axis is out of range, or it has length 0.
 * @throws {DTypeError} If the dtypes differ.
 * @see Van Loan, Computational Frameworks for the Fast Fourier Transform, 1992; Bluestein, A linear filtering approach to
 * the computation of discrete Fourier transform, 1970.
 *
 * @example
 * ```ts
 * import { fft, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const { real, imaginary } = fft({ real: tensor64([1, 2, 3, 4]), imaginary: tensor64([0, 0, 0, 0]) });
 * assertEquals(toList(real), [10, -2, -2, -2]);
 * assertEquals(toList(imaginary), [0, 2, 0, -2]);
 * ```
 */
export function fft<D extends DType>(z: Complex<D>, options: AxisOption = {}): Complex<D> {
  return fourier(z, complexAxis("fft", z, options), -1);
}

/**
 * Computes the inverse of {@link fft} along an axis: `z[j] = sum_k Y[k] exp(2 pi i j k / n) / n`.
 *
 * @param z `{ real, imaginary }`, of the same shape.
 * @param options `axis`, the last by default.
 * @returns `{ real, imaginary }`, the same shape.
 * @throws {TypeError} If `z` is not a record of two tensors.
 * @throws {ShapeError} If the two differ in shape, the axis is out of range, or it has length 0.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { ifft, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const { real, imaginary } = ifft({ real: tensor64([10, -2, -2, -2]), imaginary: tensor64([0, 2, 0, -2]) });
 * assertEquals(toList(real), [1, 2, 3, 4]);
 * assertEquals(toList(imaginary), [0, 0, 0, 0]);
 * ```
 */
export function ifft<D extends DType>(z: Complex<D>, options: AxisOption = {}): Complex<D> {
  const axis = complexAxis("ifft", z, options), { real, imaginary } = fourier(z, axis, 1);
  const factor = 1 / innerShape(z.real)[axis]!;
  return { real: scale(real, factor), imaginary: scale(imaginary, factor) };
}

/**
 * Computes the discrete Fourier transform of real numbers along an axis: the first half of {@link fft}, of which the
 * rest are conjugates.
 *
 * @param t At least one axis.
 * @param options `axis`, the last by default.
 * @returns `{ real, imaginary }`: the shape of `t` with `floor(n / 2) + 1` in place of the length `n` of the axis.
 * @throws {ShapeError} If the axis is out of range, or has length 0.
 *
 * @example
 * ```ts
 * import { rfft, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const { real, imaginary } = rfft(tensor64([1, 2, 3, 4]));
 * assertEquals(toList(real), [10, -2, -2]);
 * assertEquals(toList(imaginary), [0, 2, 0]);
 * ```
 */
export function rfft<D extends DType>(t: Tensor<D>, options: AxisOption = {}): Complex<D> {
  checkOptions("apply rfft", options, { axis: true });
  checkOperands("rfft", [t]);
  const axis = unwrap(normalizeAxis("rfft", innerShape(t), options.axis ?? -1));
  requireLength("rfft", innerShape(t), axis);
  return realFourier(t, axis);
}

/**
 * Computes the inverse of {@link rfft} along an axis.
 *
 * Numbers beyond the first half are left out, and 0 stands for those that are missing, as in NumPy. The imaginary part of
 * the first number does not count, nor does that of the last if the length is even.
 *
 * @param z `{ real, imaginary }`, of the same shape: the first half of a spectrum.
 * @param options `length` of the result: `2 * (m - 1)` by default, where `z` has length `m`, so an odd one must be given;
 * `axis`, the last by default.
 * @returns The shape of `z` with `length` along the axis.
 * @throws {TypeError} If `z` is not a record of two tensors.
 * @throws {ShapeError} If the two differ in shape, the axis is out of range or has length 0, or `length` is not a whole
 * number of 1 or more.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { irfft, rfft, tensor64, toList } from "@nanograd/nanograd";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * assertEquals(toList(irfft(rfft(tensor64([1, 2, 3, 4])))), [1, 2, 3, 4]);
 * const odd = irfft(rfft(tensor64([1, 2, 3])), { length: 3 });
 * toList(odd).forEach((x, i) => assertAlmostEquals(x, i + 1, 1e-15));
 * ```
 */
export function irfft<D extends DType>(z: Complex<D>, options: InverseRealFourierOptions = {}): Tensor<D> {
  checkOptions("apply irfft", options, { axis: true, length: true });
  const axis = complexAxis("irfft", z, { axis: options.axis }), shape = innerShape(z.real), given = shape[axis]!;
  const { length = 2 * (given - 1) } = options;
  if (!Number.isInteger(length) || length < 1) {
    throw new ShapeError({
      op: "irfft",
      given: { z: shape, length: describe(length) },
      problem: "length must be a whole number of 1 or more",
      remedy: "if left out, it is twice that of z less 2: pass length 1 for a single number",
    });
  }
  const count = Math.floor(length / 2) + 1;
  // All but the first and, if there is one, the middle number stand for their conjugates too.
  const weights = Float64Array.from({ length: count }, (_, k) => (k === 0 || 2 * k === length ? 1 : 2) / length);
  const factor = constant<D>(weights, { dtype: z.real.dtype, shape: shape.map((_, k) => k === axis ? count : 1) });
  const half = (part: Tensor<D>): Tensor<D> => mul(resized(part, axis, count), factor);
  return realFourierAdjoint({ real: half(z.real), imaginary: half(z.imaginary) }, axis, length);
}

/** Removes elements beyond a length, or adds zeros. */
function resized<D extends DType>(t: Tensor<D>, axis: number, length: number): Tensor<D> {
  const given = innerShape(t)[axis]!;
  if (given >= length) return given === length ? t : partAlong(t, axis, 0, length);
  return pad(t, innerShape(t).map((_, k) => [0, k === axis ? length - given : 0] as const));
}

/** Checks complex numbers and their options, and returns the axis. */
function complexAxis(op: string, z: Complex<DType>, options: { readonly axis?: number | undefined }): number {
  checkOptions(`apply ${op}`, options, { axis: true });
  if (typeof z !== "object" || z === null || !isTensor(z.real) || !isTensor(z.imaginary)) {
    throw new TypeError(
      `Cannot apply ${op} to ${describe(z)}: it must be a record { real, imaginary } of two tensors; ` +
        "rfft takes real numbers",
    );
  }
  checkOperands(op, [z.real, z.imaginary]);
  const real = innerShape(z.real), imaginary = innerShape(z.imaginary);
  if (!sameShape(real, imaginary)) {
    throw new ShapeError({
      op,
      given: { real, imaginary },
      problem: "both parts must have the same shape",
      remedy: "broadcastTo makes them equal",
    });
  }
  const axis = unwrap(normalizeAxis(op, real, options.axis ?? -1));
  requireLength(op, real, axis);
  return axis;
}

function requireLength(op: string, shape: Shape, axis: number): void {
  if (shape[axis]! > 0) return;
  throw new ShapeError({
    op,
    given: { t: shape },
    problem: `axis ${axis} must have at least one element`,
    remedy: "skip what is empty",
  });
}
