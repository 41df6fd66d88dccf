/**
 * What is known of a convolution of a program.
 *
 * @module
 */
import type { ConvolutionSizes } from "../../convolution.ts";
import type { DType } from "../../dtype.ts";
import type { ConvolutionOperation } from "../../program/operations/convolution.ts";
import type { Operand } from "../../program/program.ts";
import type { Bits } from "../assembler/registers.ts";

/** The parts of a convolution. */
export type ConvolutionParts = {
  readonly operation: ConvolutionOperation;
  readonly sizes: ConvolutionSizes;
  readonly dtype: DType;
  /** Bytes of an element, and bits of a vector. */
  readonly bytes: number;
  readonly bits: Bits;
};

/**
 * Tells whether each window is one element, and windows lie as the elements do: then images need not be copied to planes.
 *
 * @param image The operand whose elements windows are.
 */
export function isPointwise(
  { operation, sizes }: ConvolutionParts,
  { stride: steps }: Operand,
  width: number,
): boolean {
  const { geometry: { stride, padding } } = operation, { kernelHeight, kernelWidth } = sizes;
  const isPlain = kernelHeight * kernelWidth === 1 && stride.every((step) => step === 1) &&
    padding.every((margin) => margin === 0);
  return isPlain && steps[3] === 1 && steps[2] === width;
}
