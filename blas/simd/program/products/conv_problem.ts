/**
 * The operands and sizes of a convolution, and their layout in memory.
 *
 * @module
 */
import { CACHE_LINE, toLines } from "../../../alignment.ts";
import type { ConvolutionGeometry, ConvolutionSizes } from "../../../convolution.ts";
import type { DType } from "../../../dtype.ts";
import type { Operand, Operation } from "../../../program/program.ts";
import type { Planes } from "./conv_images.ts";

/** A convolution of a program. */
export type ConvolutionOperation = Extract<Operation, { readonly kind: "convolution" }>;

/** The parts of a convolution: the operands in their order, and all sizes. */
export type ConvolutionProblem = {
  readonly operation: ConvolutionOperation;
  readonly geometry: ConvolutionGeometry;
  readonly sizes: ConvolutionSizes;
  readonly bytes: number;
  readonly dtype: DType;
};

/** Returns the channels of one group of one image of an operand `[batch, channels, height, width]`. */
export function planesOf({ shape, stride }: Operand, groups: number, bytes: number): Planes {
  const [, channels, height, width] = shape as [number, number, number, number]; // images or kernels: four axes
  const [, channel, row, column] = stride as [number, number, number, number]; // images or kernels: four axes
  return {
    channels: channels / groups,
    height,
    width,
    channel: channel * bytes,
    row: row * bytes,
    column: column * bytes,
  };
}

/** The sizes of the product that computes a convolution. */
export type ProductCounts = {
  /** The elements of a kernel. */
  readonly taps: number;
  /** The terms of each sum of a forward convolution: the elements of a filter. */
  readonly k: number;
  /** The windows of an image. */
  readonly p: number;
};

/** Returns the sizes of the product that computes a convolution. */
export function countsOf(
  { channels, kernelHeight, kernelWidth, outputHeight, outputWidth }: ConvolutionSizes,
): ProductCounts {
  const taps = kernelHeight * kernelWidth;
  return { taps, k: channels * taps, p: outputHeight * outputWidth };
}

/** Returns where the elements of a kernel meet an image, in bytes from where its first one does. */
export function tapOffsets(
  { sizes: { kernelHeight, kernelWidth }, geometry: { dilation } }: ConvolutionProblem,
  { row, column }: Planes,
): readonly number[] {
  return Array.from(
    { length: kernelHeight * kernelWidth },
    (_, tap) => Math.floor(tap / kernelWidth) * dilation[0] * row + tap % kernelWidth * dilation[1] * column,
  );
}

/** Rounds bytes up to whole cache lines, and adds one line before the next region. */
export const alignedBytes = (bytes: number): number => bytes === 0 ? 0 : toLines(bytes) + CACHE_LINE;
