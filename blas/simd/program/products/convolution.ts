/**
 * Convolutions in a program's memory: matrix products whose first matrix is read from images, element by element, so
 * that windows are never unfolded.
 *
 * @module
 */
import { sizesOf } from "../../../convolution.ts";
import { BYTES_PER_ELEMENT, type DType } from "../../../dtype.ts";
import type { Lowered } from "../emitter.ts";
import { lowerForward } from "./conv_forward.ts";
import { lowerInput } from "./conv_input.ts";
import { lowerWeight } from "./conv_weight.ts";
import type { ConvolutionOperation, ConvolutionProblem } from "./conv_problem.ts";

/**
 * Lowers a convolution.
 *
 * @param shape The shape of the result, before any epilogue.
 * @returns `undefined` if an engine computes it better: for filters that see few of several channels, and for
 * strides that no matrix has.
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
  const sizes = sizesOf({ geometry, x: { shape: x }, w: { shape: w }, y: { shape: y } });
  if (sizes.groups > 1 && (sizes.channels < 4 || sizes.filters < 4)) return undefined;
  if ([...x, ...w, ...y].some((length) => length === 0) || sizes.kernelHeight * sizes.kernelWidth > 64) {
    return undefined;
  }
  const problem: ConvolutionProblem = { operation, geometry, sizes, bytes: BYTES_PER_ELEMENT[dtype], dtype };
  switch (form) {
    case "conv2d":
      return lowerForward(problem);
    case "conv2dInput":
      return lowerInput(problem);
    case "conv2dWeight":
      return lowerWeight(problem);
  }
}
