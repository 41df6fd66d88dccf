/**
 * Channels as blocks of pixels, and back.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import type { Tensor } from "../tensor.ts";
import { rearrange } from "./einops.ts";
import { requireImage } from "./pooling_shape.ts";

/** Which channels make a block. */
export type DepthToSpaceOptions = {
  /**
   * The order of the channels. `"dcr"` if left out, as in ONNX and TensorFlow: first the position in the block, then
   * the channel. `"crd"`: first the channel, then the position in its block, as in PyTorch's `pixel_shuffle`.
   */
  readonly mode?: "dcr" | "crd" | undefined;
};

/**
 * Rearranges channels into blocks of pixels.
 *
 * @param x `[channels, height, width]`, or `[batch, channels, height, width]`.
 * @param block Height and width of the blocks.
 * @param options `mode`: `"dcr"` (default) or `"crd"`.
 * @returns `[…, channels / block^2, height * block, width * block]`.
 * @throws {ShapeError} If `x` has another number of axes, `block` is not a whole number of 1 or more, or its square does not divide
 * the number of channels.
 * @throws {RangeError} If the mode does not exist.
 *
 * @example
 * ```ts
 * import { depthToSpace, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(depthToSpace(tensor64([[[1]], [[2]], [[3]], [[4]]]), 2)), [[[1, 2], [3, 4]]]);
 * ```
 */
export function depthToSpace<D extends DType>(
  x: Tensor<D>,
  block: number,
  options: DepthToSpaceOptions = {},
): Tensor<D> {
  const channels = modeOf("depthToSpace", x, block, options) === "dcr" ? "(h1 w1 c)" : "(c h1 w1)";
  if (x.shape.at(-3)! % (block * block) !== 0) {
    throw new ShapeError({
      op: "depthToSpace",
      given: { x: x.shape, block: describe(block) },
      problem: `the number of channels must be a multiple of ${block * block}`,
      remedy: "make the blocks smaller, or add channels",
    });
  }
  return rearrange(x, `... ${channels} h w -> ... c (h h1) (w w1)`, { h1: block, w1: block });
}

/**
 * Rearranges blocks of pixels into channels: the inverse of {@link depthToSpace}.
 *
 * @param x `[channels, height, width]`, or `[batch, channels, height, width]`.
 * @param block Height and width of the blocks.
 * @param options `mode`: `"dcr"` (default) or `"crd"`.
 * @returns `[…, channels * block^2, height / block, width / block]`.
 * @throws {ShapeError} If `x` has another number of axes, or `block` is not a whole number of 1 or more that divides height and width.
 * @throws {RangeError} If the mode does not exist.
 *
 * @example
 * ```ts
 * import { spaceToDepth, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(spaceToDepth(tensor64([[[1, 2], [3, 4]]]), 2)), [[[1]], [[2]], [[3]], [[4]]]);
 * ```
 */
export function spaceToDepth<D extends DType>(
  x: Tensor<D>,
  block: number,
  options: DepthToSpaceOptions = {},
): Tensor<D> {
  const channels = modeOf("spaceToDepth", x, block, options) === "dcr" ? "(h1 w1 c)" : "(c h1 w1)";
  if (x.shape.slice(-2).some((length) => length % block !== 0)) {
    throw new ShapeError({
      op: "spaceToDepth",
      given: { x: x.shape, block: describe(block) },
      problem: "block must divide height and width",
      remedy: "pad or slice the image",
    });
  }
  return rearrange(x, `... c (h h1) (w w1) -> ... ${channels} h w`, { h1: block, w1: block });
}

function modeOf(op: string, x: Tensor, block: number, options: DepthToSpaceOptions): "dcr" | "crd" {
  requireImage(op, x);
  checkOptions(`apply ${op}`, options, { mode: true });
  if (!Number.isInteger(block) || block < 1) {
    throw new ShapeError({
      op,
      given: { x: x.shape, block: describe(block) },
      problem: "block must be a whole number of 1 or more",
      remedy: "2 makes blocks of 2 x 2",
    });
  }
  const { mode = "dcr" } = options;
  if (mode === "dcr" || mode === "crd") return mode;
  throw new RangeError(`Cannot apply ${op} with mode ${describe(mode)}: it must be "dcr" or "crd"; pass one of them`);
}
