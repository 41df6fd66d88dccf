/**
 * Convolutions in a program's memory: matrix products whose first matrix is read straight from images, element by element,
 * so that what windows see is never written out.
 *
 * @module
 */
import type { ConvolutionGeometry, ConvolutionSizes } from "../../../convolution.ts";
import { BYTES_PER_ELEMENT, type DType } from "../../../dtype.ts";
import type { Lowered } from "../emitter.ts";
import type { Operand, Operation } from "../../../program/program.ts";
import { lowerForward } from "./conv_forward.ts";
import { lowerInput } from "./conv_input.ts";
import { lowerWeight } from "./conv_weight.ts";
import type { Planes } from "./conv_images.ts";

/** A convolution of a program. */
export type ConvolutionOperation = Extract<Operation, { readonly kind: "convolution" }>;

/** A convolution by its parts: the operands in their order, and all sizes. */
export type ConvolutionProblem = {
  readonly operation: ConvolutionOperation;
  readonly geometry: ConvolutionGeometry;
  readonly sizes: ConvolutionSizes;
  readonly bytes: number;
  readonly dtype: DType;
};

/**
 * Prepares a convolution for emission.
 *
 * @param shape The shape of the result, before any loop after it.
 * @returns `undefined` where an engine had better compute it: for filters that see few channels among several, or of
 * which only the adjoint in a single channel is wanted, and for strides that no matrix has.
 */
export function lowerConvolution(
  operation: ConvolutionOperation,
  shape: readonly number[],
  dtype: DType,
): Lowered | undefined {
  const { form, geometry, operands: [first, second] } = operation;
  const [x, w, y] = form === "conv2d"
    ? [first.shape, second.shape, shape]
    : form === "conv2dInput"
    ? [shape, second.shape, first.shape]
    : [first.shape, shape, second.shape];
  const { groups } = geometry;
  const sizes: ConvolutionSizes = {
    batch: x[0]!,
    channels: w[1]!,
    filters: w[0]! / groups,
    groups,
    height: x[2]!,
    width: x[3]!,
    kernelHeight: w[2]!,
    kernelWidth: w[3]!,
    outputHeight: y[2]!,
    outputWidth: y[3]!,
  };
  if (groups > 1 && (sizes.channels < 4 || sizes.filters < 4)) return undefined;
  // Channels are the columns of the product there: one of eight lanes would be of use.
  if (form === "conv2dInput" && sizes.channels === 1) return undefined;
  if ([...x, ...w, ...y].some((length) => length === 0) || sizes.kernelHeight * sizes.kernelWidth > 64) {
    return undefined;
  }
  const problem = { operation, geometry, sizes, bytes: BYTES_PER_ELEMENT[dtype], dtype };
  switch (form) {
    case "conv2d":
      return lowerForward(problem);
    case "conv2dInput":
      return lowerInput(problem);
    case "conv2dWeight":
      return lowerWeight(problem);
  }
}

/** The channels of one group of one image of an operand `[batch, channels, height, width]`. */
export function planesOf({ shape, stride }: Operand, groups: number, bytes: number): Planes {
  const [, channels, height, width] = shape as [number, number, number, number];
  const [, channel, row, column] = stride as [number, number, number, number];
  return {
    channels: channels / groups,
    height,
    width,
    channel: channel * bytes,
    row: row * bytes,
    column: column * bytes,
  };
}

/** Rounds up to whole lines of the cache, and leaves one between. */
export const alignedBytes = (bytes: number): number => bytes === 0 ? 0 : Math.ceil(bytes / 64) * 64 + 64;
