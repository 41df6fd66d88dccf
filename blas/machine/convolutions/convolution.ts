/**
 * Convolutions of programs in machine code.
 *
 * @module
 */
import { sizesOf } from "../../convolution.ts";
import { BYTES_PER_ELEMENT } from "../../dtype.ts";
import type { ConvolutionOperation } from "../../program/operations/convolution.ts";
import type { MachineLowering } from "../program/lowering.ts";
import { isDepthwise } from "./depthwise.ts";
import { lowerDepthwiseWeight } from "./depthwise_weight.ts";
import { lowerForward } from "./forward.ts";
import { lowerInput } from "./input.ts";
import { lowerWeight } from "./weight.ts";

/** The most elements of a kernel: each is a term in the code. */
const MOST_TAPS = 64;

/** Prepares a convolution; returns `undefined` if WebAssembly must compute it. */
export const lowerConvolution: MachineLowering<ConvolutionOperation> = (operation, results, bits) => {
  const { form, geometry, operands: [first, second] } = operation, { shape, dtype } = results[0]!;
  const [x, w, y] = form === "conv2d"
    ? [first.shape, second.shape, shape]
    : form === "conv2dInput"
    ? [shape, second.shape, first.shape]
    : [first.shape, shape, second.shape];
  const sizes = sizesOf({ geometry, x: { shape: x }, w: { shape: w }, y: { shape: y } });
  const isEmpty = [...x, ...w, ...y].some((length) => length === 0);
  if (isEmpty || sizes.kernelHeight * sizes.kernelWidth > MOST_TAPS) return undefined;
  const parts = { operation, sizes, dtype, bytes: BYTES_PER_ELEMENT[dtype], bits };
  switch (form) {
    case "conv2d":
      return lowerForward(parts);
    case "conv2dInput":
      return lowerInput(parts);
    case "conv2dWeight":
      return isDepthwise(sizes) ? lowerDepthwiseWeight(parts) : lowerWeight(parts);
  }
};
