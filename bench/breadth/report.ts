/**
 * The table of results.
 *
 * @module
 */
import type { Marks } from "./marks.ts";
import { summarize, type Summary } from "./statistics.ts";
import type { Slice } from "./slice.ts";

/** The sides of the comparison. */
export const SIDES = ["compiled", "plain", "torch"] as const;
/** One of the sides. */
export type ComparedSide = typeof SIDES[number];

/** The measurements of a workload. */
export type Measured = {
  readonly name: string;
  readonly family: string;
  readonly shapes: string;
  readonly marks: Marks;
  readonly compilation: number;
  /** The problem with its values or its program; `undefined` if there is none. */
  readonly wrong: string | undefined;
  readonly slices: { readonly [S in ComparedSide]: readonly Slice[] };
};

/**
 * A row of the table: times in milliseconds, and ratios of PyTorch's time to ours by medians (`ratio`) and by bests.
 */
export type Row = Omit<Measured, "slices"> & {
  readonly times: { readonly [S in ComparedSide]?: Summary | undefined };
  readonly ratio: { readonly compiled?: number | undefined; readonly plain?: number | undefined };
  readonly bestRatio: { readonly compiled?: number | undefined; readonly plain?: number | undefined };
  readonly met: { readonly compiled?: boolean | undefined; readonly plain?: boolean | undefined };
};

/** The best probe of each side. */
export type Peaks = { readonly [S in ComparedSide]: number };

/** Turns slices into rows; the peaks are those of the whole run. */
export function rowOf({ slices, ...measured }: Measured, peaks: Peaks): Row {
  const of = (side: ComparedSide) => slices[side].length === 0 ? undefined : summarize(slices[side], peaks[side]);
  const times = { compiled: of("compiled"), plain: of("plain"), torch: of("torch") };
  const over = (side: "compiled" | "plain", kind: "median" | "best"): number | undefined =>
    times.torch && times[side] && times.torch[kind] / times[side][kind];
  const ratio = { compiled: over("compiled", "median"), plain: over("plain", "median") };
  const met = (side: "compiled" | "plain"): boolean | undefined =>
    ratio[side] === undefined || measured.marks[side] === undefined ? undefined : ratio[side] >= measured.marks[side];
  return {
    ...measured,
    times,
    ratio,
    bestRatio: { compiled: over("compiled", "best"), plain: over("plain", "best") },
    met: { compiled: met("compiled"), plain: met("plain") },
  };
}

const number = (value: number | undefined): string =>
  value === undefined ? "-" : value >= 100 ? value.toFixed(0) : value.toPrecision(value >= 10 ? 3 : 2);

const time = (summary: Summary | undefined): string =>
  summary === undefined ? "-" : `${number(summary.best)} (${number(summary.median)})`;

const WIDTHS = [42, 18, 18, 18, 7, 7, 7, 7, 15] as const;

const line = (cells: readonly string[]): string =>
  cells.map((cell, k) => cell.padEnd(WIDTHS[k] ?? 0)).join(" ").trimEnd();

/** The table's head. */
export const HEAD = line([
  "workload",
  "compiled",
  "plain",
  "PyTorch",
  "ratio",
  "mark",
  "plain",
  "mark",
  "slices kept",
  "shapes",
]);

/** Formats one line of the table; an exclamation mark follows a mark that is missed. */
export function formatRow({ name, times, ratio, marks, met, shapes, wrong }: Row): string {
  const mark = (side: "compiled" | "plain") => `${marks[side] ?? "-"}${met[side] === false ? " !" : ""}`;
  const kept = SIDES.map((side) => times[side] === undefined ? "-" : `${Math.round(100 * times[side].kept)}%`).join(
    " ",
  );
  const times3 = SIDES.map((side) => time(times[side]));
  const cells = [
    name,
    ...times3,
    number(ratio.compiled),
    mark("compiled"),
    number(ratio.plain),
    mark("plain"),
    kept,
    shapes,
  ];
  return line(cells) + (wrong === undefined ? "" : `\n  ${wrong}`);
}

/** Counts the marks that are met. */
export function formatSummary(rows: readonly Row[]): string {
  const count = (side: "compiled" | "plain") => {
    const judged = rows.filter(({ met }) => met[side] !== undefined);
    return `${side}: ${judged.filter(({ met }) => met[side]).length} of ${judged.length} marks met`;
  };
  const wrong = rows.filter((row) => row.wrong !== undefined).length;
  return `${rows.length} workloads; ${count("compiled")}; ${count("plain")}; ${wrong} with wrong values or programs`;
}
