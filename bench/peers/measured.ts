/**
 * The measurements of the comparison with other libraries, and the file in which they stay until all are there.
 *
 * @module
 */
import type { Slice } from "../breadth/slice.ts";
import { median } from "../breadth/statistics.ts";
import { type SideName, SIDES } from "./sides.ts";

/** The milliseconds of a call: the median of slices, and half of the range of the middle half of them. */
export type Time = { readonly median: number; readonly spread: number };

/** The result of one side: a time, or the reason why there is none. */
export type Cell = { readonly time?: Time; readonly note?: string };

/** A workload with its cells. */
export type PeerRow = {
  readonly name: string;
  readonly shapes: string;
  readonly cells: { readonly [S in SideName]?: Cell };
};

/** Summarizes slices. */
export function timeOf(milliseconds: readonly number[]): Time {
  const sorted = milliseconds.toSorted((a, b) => a - b), quarter = Math.floor(sorted.length / 4);
  return { median: median(sorted), spread: (sorted[sorted.length - 1 - quarter]! - sorted[quarter]!) / 2 };
}

/** A row that so far has only notes, and the slices of each side. */
export type Measured = {
  readonly row: PeerRow;
  readonly slices: { readonly [S in SideName]?: readonly Slice[] };
};

/** The share of its best that the probe beside a slice must reach for the slice to count. */
const NEAR = 0.8;

/** Returns the rows with their times: medians of the slices beside which the core was as fast as it ever was. */
export function timedRows(measured: readonly Measured[]): readonly PeerRow[] {
  const peak = (side: SideName) =>
    Math.max(...measured.flatMap(({ slices }) => slices[side] ?? []).map(({ probe }) => probe));
  const peaks = new Map(SIDES.map((side) => [side, peak(side)]));
  return measured.map(({ row, slices }) => {
    const cells = SIDES.map((side): readonly [SideName, Cell] => {
      const all = slices[side] ?? [], good = all.filter(({ probe }) => probe >= NEAR * peaks.get(side)!);
      const counted = (good.length > 0 ? good : all).map(({ milliseconds }) => milliseconds);
      return [side, { ...row.cells[side], ...counted.length > 0 ? { time: timeOf(counted) } : {} }];
    });
    return { ...row, cells: Object.fromEntries(cells) };
  });
}

/**
 * Returns the measurements of both runs, in the order of `names`; of a workload that both measured, the later ones.
 *
 * @param names The workloads of the comparison; others are left out.
 */
export function joined(
  names: readonly string[],
  earlier: readonly Measured[],
  later: readonly Measured[],
): readonly Measured[] {
  return names.flatMap((name) => [...later, ...earlier].find(({ row }) => row.name === name) ?? []);
}

/** Reads the measurements of earlier runs; there are none if the file does not exist. */
export function readMeasured(path: string): readonly Measured[] {
  try {
    return JSON.parse(Deno.readTextFileSync(path)) as readonly Measured[]; // what writeMeasured wrote
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Writes the measurements for later runs. */
export function writeMeasured(path: string, measured: readonly Measured[]): void {
  Deno.writeTextFileSync(path, `${JSON.stringify(measured, undefined, 1)}\n`);
}
