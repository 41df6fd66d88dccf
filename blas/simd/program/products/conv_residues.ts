/**
 * Positions in images, sorted by what is left after division by the stride: those that are seen through the same elements of
 * the kernels.
 *
 * @module
 */
import type { Planes } from "./conv_images.ts";
import { channelDepth, type LongAxis } from "./conv_passes.ts";
import type { Depth } from "./tile.ts";

/** The positions of one remainder on one axis of images, and the elements of the kernel that they are seen through. */
export type Residue = {
  /** The first position, and how many there are, a stride apart. */
  readonly first: number;
  readonly count: number;
  /** Elements of the kernel, and how many windows before the first one each is seen by. */
  readonly taps: readonly { readonly index: number; readonly before: number }[];
  /** The window that sees the first position through the first of the elements. */
  readonly window: number;
};

/** Sorts the positions of an axis by remainder. */
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

/** Windows outside those that there are, on both sides of an axis, which see positions through some element. */
export function outside(residues: readonly Residue[], windows: number): readonly [number, number] {
  const all = residues.filter(({ count, taps }) => count > 0 && taps.length > 0);
  const low = all.map(({ window, taps }) => window - Math.max(...taps.map(({ before }) => before)));
  const high = all.map(({ window, count, taps }) => window + count - 1 - Math.min(...taps.map(({ before }) => before)));
  return [Math.max(0, -Math.min(0, ...low)), Math.max(0, Math.max(0, ...high) - windows + 1)];
}

/** Positions with the same remainders on both axes. */
export type PositionPhase = { readonly down: Residue; readonly across: Residue; readonly taps: number };

/** How many windows earlier than the first an element of the kernel is seen by, at most. */
export const latest = ({ taps }: Residue): number => Math.max(0, ...taps.map(({ before }) => before));

/** What a phase adds up: filters, in them elements of the kernel. */
export function axisOf(phase: PositionPhase, filters: number, seen: Planes): LongAxis {
  const { taps } = phase;
  return { length: filters, terms: taps, a: seen.channel, b: taps * 32, depth: (count) => depthOf(phase, count, seen) };
}

/** The order of a phase's sums: filters, in them elements of the kernel. */
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
