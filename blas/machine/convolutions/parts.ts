/**
 * What is known of a convolution of a program.
 *
 * @module
 */
import type { ConvolutionSizes } from "../../convolution.ts";
import type { DType } from "../../dtype.ts";
import type { ConvolutionOperation } from "../../program/operations/convolution.ts";
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
