/**
 * Positions in images, grouped by their remainder after division by the stride: positions of a group meet the same
 * elements of the kernels.
 *
 * @module
 */
import type { Planes } from "./conv_images.ts";
import { channelDepth, type LongAxis } from "./conv_passes.ts";
import type { Depth } from "./tile.ts";

/** The positions of one remainder along one axis of images, and the elements of the kernel that they meet. */
export type Residue = {
  /** The first position, and the number of positions, which are a stride apart. */
  readonly first: number;
  readonly count: number;
  /** The elements of the kernel, and for each the number of windows by which it precedes the first one. */
  readonly taps: readonly { readonly index: number; readonly before: number }[];
  /** The window that meets the first position with the first of the elements. */
  readonly window: number;
};

/** Groups the positions of an axis by remainder. */
export function residuesOf(
  length: number,
  kernel: number,
  stride: number,
  dilation: number,
  padding: number,
): readonly Residue[] {
  return Array.from({ length: stride }, (_, remainder) => {
    const first = ((remainder - padding) % stride + stride) % stride;
    const taps = Array.from({ length: kernel }, (_, index) => ({ index, at: index * dilation }))
      .filter(({ at }) => at % stride === remainder)
      .map(({ index, at }) => ({ index, before: (at - remainder) / stride }));
    const count = first < length ? Math.floor((length - 1 - first) / stride) + 1 : 0;
    return { first, count, taps, window: (first + padding - remainder) / stride };
  });
}

/**
 * Returns the numbers of windows before the first and after the last existing one that would meet a position with some
 * element.
 */
export function outside(residues: readonly Residue[], windows: number): readonly [number, number] {
  const all = residues.filter(({ count, taps }) => count > 0 && taps.length > 0);
  const low = all.map(({ window, taps }) => window - Math.max(...taps.map(({ before }) => before)));
  const high = all.map(({ window, count, taps }) => window + count - 1 - Math.min(...taps.map(({ before }) => before)));
  return [Math.max(0, -Math.min(0, ...low)), Math.max(0, Math.max(0, ...high) - windows + 1)];
}

/** Positions with the same remainders on both axes. */
export type PositionPhase = { readonly down: Residue; readonly across: Residue; readonly taps: number };

/** Returns the largest number of windows by which an element of the kernel precedes the first one. */
export const latest = ({ taps }: Residue): number => Math.max(0, ...taps.map(({ before }) => before));

/** Returns the axis of a phase's sums: filters, and within them elements of the kernel. */
export function axisOf(phase: PositionPhase, filters: number, seen: Planes): LongAxis {
  const { taps } = phase;
  return { length: filters, terms: taps, a: seen.channel, b: taps * 32, depth: (count) => depthOf(phase, count, seen) };
}

/** Returns the order of a phase's sums: filters, and within them elements of the kernel. */
function depthOf(
  { down, across }: PositionPhase,
  filters: number,
  { channel, row, column }: Planes,
): Depth {
  const each = down.taps.flatMap((u) =>
    across.taps.map((v) => (latest(down) - u.before) * row + (latest(across) - v.before) * column)
  );
  return channelDepth(filters, channel, each);
}
