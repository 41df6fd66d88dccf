/**
 * The positions of the windows of a pooling on images.
 *
 * @module
 */
import type { RegionPlan } from "./program/operations/search.ts";
import type { Shape } from "./shape.ts";

/** The positions of the windows of a pooling on an image of two axes. */
export type PoolingGeometry = {
  /** The lengths of a window, down and across, 1 or more. */
  readonly size: readonly [height: number, width: number];
  /** The step from one window to the next, 1 or more. */
  readonly stride: readonly [height: number, width: number];
  /** How far windows reach beyond the image, 0 or more, less than their size. */
  readonly padding: readonly [top: number, left: number, bottom: number, right: number];
  /** The step from one element of a window to the next, 1 or more; 1 if omitted. */
  readonly dilation?: readonly [height: number, width: number];
};

/** Windows along an axis that overlap the image in the same way. */
type Group = {
  /** The first window, and how many there are. */
  readonly first: number;
  readonly count: number;
  /** The first element of the first window that is on the image, and how many of its elements are. */
  readonly start: number;
  readonly length: number;
};

/**
 * Returns the regions in which the largest elements of windows are searched: windows that reach beyond the image are
 * shorter, and have regions of their own. Every window must overlap the image.
 *
 * @param geometry Where the windows lie.
 * @param counts The number of rows of windows, and of windows in a row.
 * @param shape `[batch, channels, height, width]`; elements count from 0 to `height * width - 1` in each channel.
 */
export function poolingRegions(
  { size, stride, padding, dilation = [1, 1] }: PoolingGeometry,
  counts: readonly [rows: number, columns: number],
  shape: Shape,
): readonly RegionPlan[] {
  // Images have four axes.
  const [batch, channels, height, width] = shape as readonly [number, number, number, number];
  const rows = groupsOf(counts[0], size[0], stride[0], padding[0], height, dilation[0]);
  const columns = groupsOf(counts[1], size[1], stride[1], padding[1], width, dilation[1]);
  return rows.flatMap((row) =>
    columns.map((column): RegionPlan => ({
      place: [
        { start: 0, step: 1, count: batch },
        { start: 0, step: 1, count: channels },
        { start: row.first, step: 1, count: row.count },
        { start: column.first, step: 1, count: column.count },
      ],
      axes: [
        { length: batch, along: 0, step: 1 },
        { length: channels, along: 1, step: 1 },
        { length: row.count, along: 2, step: stride[0] },
        { length: column.count, along: 3, step: stride[1] },
        { length: row.length, along: 2, step: dilation[0] },
        { length: column.length, along: 3, step: dilation[1] },
      ],
      start: [0, 0, row.start, column.start],
      numbers: {
        offset: row.start * width + column.start,
        stride: [0, 0, stride[0] * width, stride[1], dilation[0] * width, dilation[1]],
      },
    }))
  );
}

/** Returns the windows of an axis, in groups. */
function groupsOf(
  count: number,
  size: number,
  stride: number,
  padding: number,
  length: number,
  dilation: number,
): readonly Group[] {
  const groups: Group[] = [];
  for (let k = 0, cut = NaN; k < count; k++) {
    // Of the elements `dilation` apart from `from` on, `skipped` are before the image.
    const from = k * stride - padding,
      skipped = Math.max(0, Math.ceil(-from / dilation)),
      start = from + skipped * dilation;
    const own = Math.min(size - skipped, Math.ceil((length - start) / dilation));
    const last = groups.at(-1);
    if (last !== undefined && last.length === own && cut === skipped) {
      groups[groups.length - 1] = { ...last, count: last.count + 1 };
    } else groups.push({ first: k, count: 1, start, length: own });
    cut = skipped;
  }
  return groups;
}
