/**
 * Writing profiles as tables.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { InstructionProfile } from "./profile.ts";

/** The most characters of an instruction that are written. */
const MOST_TEXT = 120;

const TITLES = ["ms", "share", "calls", "us each", "GB/s", "GFLOP/s"], ON_THREADS = ["computing", "waiting"];

/**
 * Writes a profile as a table, with the instructions that take longest first, and those inside a loop below it.
 *
 * The columns are the time of all runs in milliseconds, its share of the whole, the number of runs, the time of one run in
 * microseconds, the bytes that are read and written in a second, and the functions of numbers that are computed in a second.
 * On several threads, two more say how many milliseconds each thread computed, and how many it waited for others before that.
 *
 * @param profile The result of `profileOf`.
 * @returns The lines of the table, with the total in the last one.
 * @throws {TypeError} If the argument is anything else.
 */
export function formatProfile(profile: readonly InstructionProfile[]): string {
  if (!Array.isArray(profile) || ![...profile].every(isMeasured)) {
    throw new TypeError(
      `Cannot format the profile ${describe(profile)}: it must be the list that profileOf returned; pass that`,
    );
  }
  const onThreads = profile.some(({ threads }) => threads.length > 0);
  const titles = [...TITLES, ...onThreads ? ON_THREADS : [], "instruction"];
  const rows = [titles, ...rowsOf(profile, 0, onThreads)],
    total = profile.reduce((sum, one) => sum + one.milliseconds, 0);
  const widths = titles.map((_, k) => Math.max(...rows.map((row) => row[k]!.length)));
  const last = titles.length - 1;
  const lines = rows.map((row) =>
    row.map((text, k) => k === last ? text : text.padStart(widths[k]!)).join("  ").trimEnd()
  );
  return [...lines, `${total.toFixed(3)} ms in all instructions`].join("\n");
}

const isMeasured = (one: unknown): boolean =>
  typeof one === "object" && one !== null && "milliseconds" in one && "inner" in one && Array.isArray(one.inner) &&
  "threads" in one && Array.isArray(one.threads);

function rowsOf(
  profile: readonly InstructionProfile[],
  depth: number,
  onThreads: boolean,
): readonly (readonly string[])[] {
  return profile.toSorted((a, b) => b.milliseconds - a.milliseconds).flatMap((one) => [
    rowOf(one, depth, onThreads),
    ...rowsOf(one.inner, depth + 1, onThreads),
  ]);
}

function rowOf(
  { text, outside, calls, milliseconds, share, bytes, flops, threads }: InstructionProfile,
  depth: number,
  onThreads: boolean,
): readonly string[] {
  const seconds = milliseconds / 1000;
  const rate = (amount: number | undefined): string =>
    amount === undefined || seconds === 0 ? "" : (amount * calls / seconds / 1e9).toFixed(2);
  const line = `${text.replaceAll(/\s*\n\s*/g, "; ")}${outside ? "  (outside WebAssembly)" : ""}`;
  return [
    milliseconds.toFixed(3),
    `${(100 * share).toFixed(1)} %`,
    String(calls),
    calls === 0 ? "" : (1000 * milliseconds / calls).toFixed(2),
    rate(bytes),
    rate(flops),
    ...onThreads
      ? [threads.map(({ computing }) => computing), threads.map(({ waiting }) => waiting)].map(eachThread)
      : [],
    "  ".repeat(depth) + (line.length > MOST_TEXT ? `${line.slice(0, MOST_TEXT - 1)}…` : line),
  ];
}

const eachThread = (milliseconds: readonly number[]): string => milliseconds.map((one) => one.toFixed(3)).join(" ");
