/**
 * The part of the default engine that convolves.
 *
 * @module
 */
import { type EnginePart, enginePart } from "../engine_in_use.ts";
import type { ConvolutionForm } from "../program/operations/convolution.ts";
import { conv2d, conv2dInput, conv2dWeight } from "../reference/convolution.ts";
import { convolutionOn } from "../simd/convolution/mod.ts";
import { standardContext } from "./context.ts";

/** Computes convolutions of images, and both adjoints. */
export const convolutionPart: EnginePart<ConvolutionForm> = /* @__PURE__ */ enginePart(
  ["conv2d", "conv2dInput", "conv2dWeight"],
  () => {
    const context = standardContext();
    return context === undefined ? { conv2d, conv2dInput, conv2dWeight } : convolutionOn(context);
  },
);
