/**
 * Parts of an array and the places that they go to, as lengths and steps.
 *
 * @module
 */
import { rowMajorStrides, sizeOf } from "../shape.ts";
import type { MutableView, Range, View } from "../view.ts";
import { coalesce, forEachRun, type Walk } from "../walk.ts";
import { copyRun, type Elements } from "./elementwise/transfer.ts";

/** Elements of any strides, and their place in an array: one range for each axis. */
export type Part = {
  readonly data: View["data"];
  readonly offset: number;
  readonly stride: readonly number[];
  readonly place: readonly Range[];
};

/** Returns the piece of a part whose place is at indices `from` to `to - 1` of an axis; `undefined` if no element is there. */
export function partWithin(part: Part, axis: number, from: number, to: number): Part | undefined {
  const { start, step, count } = part.place[axis]!, ends = [(from - start) / step, (to - 1 - start) / step];
  const low = Math.max(0, Math.ceil(Math.min(...ends))), high = Math.min(count - 1, Math.floor(Math.max(...ends)));
  if (low > high) return undefined;
  if (low === 0 && high === count - 1) return part;
  const place = part.place.slice();
  place[axis] = { start: start + low * step, step, count: high - low + 1 };
  return { ...part, place, offset: part.offset + low * part.stride[axis]! };
}

/** A walk through a part and its place, and the position in the whole array of the first element's place. */
export type PartWalk = Walk & { readonly start: number };

/** Returns the walk through a part of an array of a shape. */
export function walkOf({ stride, place }: Part, whole: readonly number[]): PartWalk {
  const start = place.reduce((sum, { start }, axis) => sum + start * whole[axis]!, 0);
  const steps = place.map(({ step }, axis) => step * whole[axis]!);
  return { ...coalesce(place.map(({ count }) => count), [stride, steps]), start };
}

/**
 * Runs of at least `LONG` elements are copied by a call each. A call takes as long as copying 256 elements once more
 * into scratch memory, moving and copying them out: shorter runs take that way, unless they are so far apart that they
 * would be copied in one by one.
 */
const LONG = 256, LONG_APART = 48;

/** Tells whether source and target have runs of adjacent elements so long that copying run by run is fastest. */
export function hasLongRuns({ shape, strides: [from, to] }: Walk): boolean {
  const run = shape.at(-1)!;
  if (from!.at(-1) !== 1 || to!.at(-1) !== 1 || run < LONG_APART) return false;
  return run >= LONG || from!.slice(0, -1).every((step) => Math.abs(step) > WASTE * run);
}

/** Copies the elements of a walk run by run. */
export function copyRuns({ shape, strides }: Walk, data: View["data"], offset: number, to: Elements, at: number): void {
  const last = shape.length - 1, length = shape[last]!, from = data as Elements; // only read
  // A loop here walks along the axis around the runs: a visit to each of many short runs takes as long as its copy.
  const rows = last === 0 ? 1 : shape[last - 1]!;
  const [fromRow, toRow] = strides.map((steps) => last === 0 ? 0 : steps[last - 1]!) as [number, number]; // of both sides
  const outer: Walk = last < 1
    ? { shape: [1], strides: strides.map(() => [0]) }
    : { shape: [...shape.slice(0, last - 1), 1], strides: strides.map((steps) => [...steps.slice(0, last - 1), 0]) };
  forEachRun(outer, [offset, at], ([p, q]) => {
    for (let row = 0, read = p!, write = q!; row < rows; row++, read += fromRow, write += toRow) {
      to.set(from.subarray(read, read + length), write);
    }
  });
}

/** Elements copied to scratch memory: the position of the first one, and the steps there. */
export type Staged = { readonly origin: number; readonly steps: readonly number[] };

/** A range is copied in whole up to this multiple of the elements in use, and in pieces of at least this many elements. */
export const WASTE = 3, SHORTEST = 16;

/**
 * Copies elements in, as the fewest ranges of their array that cover them with few others in between.
 *
 * @param at The position to copy to; {@link WASTE} times the elements must fit there.
 * @returns `undefined` if the ranges would be too short.
 */
export function stage(
  { data, offset }: Pick<Part, "data" | "offset">,
  { shape, strides: [steps] }: Walk,
  heap: Elements,
  at: number,
): Staged | undefined {
  const axes = steps!.map((_, axis) => axis).filter((axis) => steps![axis] !== 0)
    .sort((a, b) => Math.abs(steps![b]!) - Math.abs(steps![a]!));
  let outer = 0;
  const reachOf = (own: readonly number[]) =>
    own.reduce((sum, axis) => sum + Math.abs(steps![axis]!) * (shape[axis]! - 1), 1);
  const countOf = (own: readonly number[]) => sizeOf(own.map((axis) => shape[axis]!));
  while (reachOf(axes.slice(outer)) > WASTE * countOf(axes.slice(outer))) outer++;
  const length = reachOf(axes.slice(outer)), looped = axes.slice(0, outer);
  if (outer > 0 && length < SHORTEST) return undefined;
  const before = axes.slice(outer).reduce((sum, axis) => sum - Math.min(0, steps![axis]! * (shape[axis]! - 1)), 0);
  const lengths = looped.map((axis) => shape[axis]!), compact = rowMajorStrides([...lengths, length]);
  const own = steps!.slice();
  looped.forEach((axis, k) => own[axis] = compact[k]!);
  const pieces: Walk = { shape: [...lengths, 1], strides: [[...looped.map((axis) => steps![axis]!), 0], compact] };
  forEachRun(pieces, [offset - before, at], ([p, q]) => copyRun(data, p!, heap, q!, length));
  return { origin: at + before, steps: own };
}

/** The row-major array that is assembled from parts. */
export type Target = Pick<MutableView, "data" | "offset" | "dtype" | "shape">;
