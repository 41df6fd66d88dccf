/**
 * Operations and networks that nobody tuned for, compiled and plain, against PyTorch on one thread.
 *
 *     OPENBLAS_NUM_THREADS=1 deno run -A --no-check bench/breadth.ts [--seed=1] [--only=pattern] [--rounds=3]
 *         [--slice=40] [--no-plain] [--json=path] [--list] [--programs]
 *
 * Shapes are drawn by the seed, the same for both. `--only` picks workloads by a regular expression on their names;
 * `--list` shows them with their shapes; `--programs` prints the programs that run; `--rounds=0` only compares values.
 * Times are in milliseconds, best (median). Ratios are PyTorch's time divided by ours, by medians, followed by the
 * mark to reach; an exclamation mark means that it is missed.
 *
 * - Compiled, single operations run inside a program with their arguments already there: the step of
 *   `compile(f).scan` whose carry holds the operands and the results (`breadth/runner.ts`). An operand that no
 *   instruction reads shows that the operation was folded away, and is reported. Networks are given their batch in
 *   each step, as in training.
 * - Plain, and in PyTorch, they are ordinary calls. "And backward" is the value together with the derivatives with
 *   respect to all operands, for a given cotangent.
 * - Compiled, plain and PyTorch take turns, several slices of time each, in several rounds. Around each slice a bare
 *   kernel is measured on the same core; slices in which it runs at less than 0.8 of its best in this run do not
 *   count (`slices kept`: the share that did, for each of the three). Time in which other programs had the core is
 *   excluded (`breadth/clock.ts`), on Linux; their use of the caches is not.
 * - Results are compared with PyTorch's (`breadth/fill.ts`); if they differ, the row says so.
 *
 * PyTorch's side is `breadth/torch_breadth.py`, run by `/usr/bin/python3` (Debian: python3-torch and
 * libopenblas0-pthread). A warning is printed if PyTorch uses the slow reference BLAS.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { agree } from "./breadth/compare.ts";
import { drawFor } from "./breadth/draw.ts";
import { type Ours, startOurs } from "./breadth/ours.ts";
import {
  type ComparedSide,
  formatRow,
  formatSummary,
  HEAD,
  type Measured,
  type Row,
  rowOf,
  SIDES,
} from "./breadth/report.ts";
import { makeProbe } from "./breadth/probe.ts";
import type { Slice } from "./breadth/slice.ts";
import { summarize } from "./breadth/statistics.ts";
import { requestFor, startTorch, type Torch } from "./breadth/torch.ts";
import type { Workload } from "./breadth/workload.ts";
import { WORKLOADS } from "./breadth/workloads/mod.ts";

const options = parseArgs(Deno.args, {
  string: ["seed", "only", "rounds", "slice", "json"],
  boolean: ["no-plain", "list", "programs"],
});
const { seed: seedText = "1", only: pattern = "", rounds: roundsText = "3", slice = "40" } = options;
const seed = Number(seedText),
  rounds = Number(roundsText),
  milliseconds = Number(slice),
  only = new RegExp(String(pattern));
const withPlain = options["no-plain"] !== true;
/** The number of slices of each side in a round. */
const SLICES = 3;
/** The share of slices that must count; if fewer do, up to as many rounds again are measured. */
const ENOUGH = 0.34;

const chosen = WORKLOADS.filter(({ name }) => only.test(name));
const peaks = { compiled: 0, plain: 0, torch: 0 };

/** Formats the shapes of the inputs briefly, "32x10 5"; without inputs, the settings. */
const shapesOf = ({ inputs, settings }: ReturnType<typeof requestFor>): string =>
  inputs.length === 0 ? JSON.stringify(settings) : inputs.map(({ shape }) => shape.join("x") || "()").join(" ");

/** Returns what is wrong with a workload's values or its program. */
function problemOf(
  { ready }: Ours,
  theirs: Awaited<ReturnType<Torch["prepare"]>> | undefined,
  { comparison }: Workload,
) {
  const exact = { ...comparison, tolerance: Math.max(comparison.tolerance, 1e-4) };
  const problems = [
    ...ready.unread.map((k) => `no instruction reads operand ${k}: the operation was folded away`),
    ...agree(ready.compiled, ready.plain, exact) ? [] : ["compiled and plain values differ"],
    ...theirs === undefined || agree(ready.plain, theirs, comparison)
      ? []
      : [`values differ: ours ${JSON.stringify(ready.plain)}, PyTorch's ${JSON.stringify(theirs)}`],
  ];
  return problems.length > 0 ? problems.join("; ") : undefined;
}

async function measure(workload: Workload, torch: Torch | undefined): Promise<Measured> {
  const { name, family } = workload, drawn = workload.draw(drawFor(seed, name));
  const ours = await startOurs(name, seed);
  try {
    if (options.programs) console.log(ours.ready.program);
    const theirs = await torch?.prepare(workload, seed);
    const slices: { readonly [S in ComparedSide]: Slice[] } = { compiled: [], plain: [], torch: [] };
    const sides = SIDES.filter((side) => side === "torch" ? torch !== undefined : side === "compiled" || withPlain);
    const lacking = () => sides.some((side) => summarize(slices[side], peaks[side]).kept < ENOUGH);
    for (let round = 0; round < rounds || (round < 2 * rounds && lacking()); round++) {
      for (const side of sides) {
        for (let k = 0; k < SLICES; k++) {
          const slice = await (side === "torch" ? torch!.slice(milliseconds) : ours.slice(side, milliseconds));
          slices[side].push(slice);
          peaks[side] = Math.max(peaks[side], slice.probe);
        }
      }
    }
    return {
      name,
      family,
      shapes: shapesOf(requestFor(workload, seed)),
      marks: drawn.marks ?? workload.marks,
      compilation: ours.ready.compilation,
      wrong: problemOf(ours, theirs, workload),
      slices,
    };
  } finally {
    ours.close();
  }
}

if (options.list) {
  for (const workload of chosen) {
    console.log(workload.name.padEnd(42), shapesOf(requestFor(workload, seed)));
  }
} else {
  const torch = await startTorch(), measured: Measured[] = [], failed: string[] = [];
  /** Returns all rows, by the peaks so far; the peaks of the whole run are known only at its end. */
  const rowsNow = (): readonly Row[] => measured.map((one) => rowOf(one, peaks));
  if (torch === undefined) console.log("PyTorch is not installed: no ratios");
  else if (torch.probe < makeProbe()() / 2) {
    console.log(
      `PyTorch's products run at ${torch.probe.toFixed(0)} GFLOP/s only: no fair rival; install libopenblas0-pthread`,
    );
  }
  console.log(`seed ${seed}; milliseconds a call, best (median); ratios: PyTorch's time over ours\n${HEAD}`);
  for (const workload of chosen) {
    try {
      measured.push(await measure(workload, torch));
      console.log(formatRow(rowOf(measured.at(-1)!, peaks)));
    } catch (error) {
      failed.push(workload.name);
      console.log(`${workload.name}\n  failed: ${error instanceof Error ? error.message : error}`);
    }
    if (typeof options.json === "string") {
      const table = { seed, rounds, peaks, rows: rowsNow(), failed };
      Deno.writeTextFileSync(options.json, `${JSON.stringify(table, null, 1)}\n`);
    }
  }
  await torch?.close();
  console.log(`${formatSummary(rowsNow())}${failed.length > 0 ? `; failed: ${failed.join("; ")}` : ""}`);
}
