/**
 * Dividing the channels of a batch into steps that fit in the second-level cache, and sums over such steps.
 *
 * @module
 */
import type { ConvolutionSizes } from "../../convolution.ts";
import type { DType } from "../../dtype.ts";
import { PIECE_BYTES } from "../block_sizes.ts";
import type { Context } from "../kernels.ts";
import {
  type StagedConvolution,
  type Terms,
  termsOf,
  type Transfers,
  transfers,
  withScratch,
} from "./scratch_transfer.ts";

/** Some channels of each of some consecutive images. */
export type ChannelRange = {
  readonly image: number;
  readonly images: number;
  readonly channel: number;
  readonly channels: number;
};

/** Channels of a batch that are computed at a time. */
export type ChannelStep = {
  /** The number of the first channel, counted over all images. */
  readonly start: number;
  readonly count: number;
  /** Runs of consecutive channels: `at` counts from the start, `from` over all images. */
  readonly runs: readonly { readonly at: number; readonly from: number; readonly count: number }[];
  /** The same channels, image by image: `at` counts from the start, `channel` in the image. */
  readonly parts: readonly { readonly at: number; readonly channel: number; readonly count: number }[];
};

/**
 * Cuts the groups of a batch, each of one channel, into steps: parts of an image, or whole images.
 *
 * @param mostBytes The most bytes in a step, if that is at least a channel.
 */
export function channelSteps(
  { batch, groups }: ConvolutionSizes,
  channelBytes: number,
  mostBytes: number = PIECE_BYTES,
): { readonly steps: readonly ChannelStep[]; readonly most: number } {
  const all = batch * groups, fitting = Math.min(all, Math.max(1, Math.floor(mostBytes / channelBytes)));
  const most = fitting > groups ? fitting - fitting % groups : fitting;
  const steps = Array.from({ length: Math.ceil(all / most) }, (_, k): ChannelStep => {
    const start = k * most, count = Math.min(most, all - start), parts: ChannelStep["parts"][number][] = [];
    for (let at = 0; at < count;) {
      const channel = (start + at) % groups, own = Math.min(groups - channel, count - at);
      parts.push({ at, channel, count: own });
      at += own;
    }
    return { start, count, runs: [{ at: 0, from: start, count }], parts };
  });
  return { steps, most };
}

/** Returns the most bytes in a step: calls are recorded after all operands have been copied in, so that there is only one. */
export const stepBytes = ({ recording }: Context): number => recording === undefined ? PIECE_BYTES : Infinity;

/** Returns a step over some channels. */
export function stepOver(
  { groups }: ConvolutionSizes,
  { image, images, channel, channels: count }: ChannelRange,
): ChannelStep {
  const start = image * groups + channel, each = Array.from({ length: images }, (_, k) => k);
  return {
    start,
    count: images * count,
    runs: each.map((k) => ({ at: k * count, from: start + k * groups, count })),
    parts: each.map((k) => ({ at: k * count, channel, count })),
  };
}

/** The sums over all images for kernels of single channels, to which steps are added in order. */
export type ChannelSums<D extends DType> = {
  /** The bytes of the sums, and of what else all steps share. */
  readonly lasting: readonly number[];
  /** The bytes of a channel with all that is kept of it while it is computed. */
  readonly channelBytes: number;
  /** Returns the bytes of what a step of at most so many channels needs; it may lie elsewhere for each. */
  readonly passing: (channels: number) => readonly number[];
  /** The most kernels that are called for so many images of a step, each with some channels. */
  readonly calls: (images: number) => number;
  /** Clears the sums, and prepares the rest. */
  readonly begin: (to: Transfers<D>, lasting: readonly number[]) => void;
  /** Clears what a step of at most so many channels needs, before the first step there. */
  readonly clear: (to: Transfers<D>, passing: readonly number[], channels: number) => void;
  /** Adds a step. */
  readonly add: (to: Transfers<D>, step: ChannelStep, lasting: readonly number[], passing: readonly number[]) => void;
  /** Writes the sums to the kernels. */
  readonly finish: (lasting: readonly number[]) => void;
};

/** Returns what computes those sums. */
export type ChannelSumsOf = <D extends DType>(problem: StagedConvolution<D>, terms: Terms) => ChannelSums<D>;

/** Computes them step by step; returns false if scratch memory is too small. */
export function addSteps<D extends DType>(problem: StagedConvolution<D>, sumsOf: ChannelSumsOf): boolean {
  const terms = termsOf(problem), { lasting, channelBytes, passing, ...sums } = sumsOf(problem, terms);
  const { steps, most } = channelSteps(problem.sizes, channelBytes);
  return withScratch(problem.context.scratch, [...lasting, ...passing(most)], (all) => {
    const shared = all.slice(0, lasting.length), own = all.slice(lasting.length), to = transfers(problem, terms);
    sums.begin(to, shared);
    sums.clear(to, own, most);
    for (const step of steps) sums.add(to, step, shared, own);
    sums.finish(shared);
  });
}
