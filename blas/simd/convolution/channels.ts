/**
 * Dividing the channels of a batch into steps that fit in the second-level cache.
 *
 * @module
 */
import type { ConvolutionSizes } from "../../convolution.ts";
import { PIECE_BYTES } from "../block_sizes.ts";

/** Consecutive channels of a batch. */
export type ChannelStep = {
  /** The number of the first channel, counted over all images. */
  readonly start: number;
  readonly count: number;
  /** The same channels, image by image: `at` counts from the start, `channel` in the image. */
  readonly parts: readonly { readonly at: number; readonly channel: number; readonly count: number }[];
};

/** Cuts the groups of a batch, each of one channel, into steps: parts of an image, or whole images. */
export function channelSteps(
  { batch, groups }: ConvolutionSizes,
  channelBytes: number,
): { readonly steps: readonly ChannelStep[]; readonly most: number } {
  const all = batch * groups, fitting = Math.min(all, Math.max(1, Math.floor(PIECE_BYTES / channelBytes)));
  const most = fitting > groups ? fitting - fitting % groups : fitting;
  const steps = Array.from({ length: Math.ceil(all / most) }, (_, k): ChannelStep => {
    const start = k * most, count = Math.min(most, all - start), parts: ChannelStep["parts"][number][] = [];
    for (let at = 0; at < count;) {
      const channel = (start + at) % groups, own = Math.min(groups - channel, count - at);
      parts.push({ at, channel, count: own });
      at += own;
    }
    return { start, count, parts };
  });
  return { steps, most };
}
