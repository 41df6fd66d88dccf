/**
 * The comparison itself: reads the options of the command, measures workloads against PyTorch, prints the table.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { agree } from "./compare.ts";
import { drawFor } from "./draw.ts";
import { type Ours, startOurs } from "./ours.ts";
import { type ComparedSide, formatRow, formatSummary, HEAD, type Measured, type Row, rowOf, SIDES } from "./report.ts";
import { makeProbe } from "./probe.ts";
import type { Slice } from "./slice.ts";
import { summarize } from "./statistics.ts";
import { requestFor, startTorch, type Torch } from "./torch.ts";
import type { Workload } from "./workload.ts";

/** Slices of each side in a round. */
const SLICES = 3;
/** The share of slices that must count; if fewer do, up to as many rounds again are measured. */
const ENOUGH = 0.34;

/** The options of a command, and the best probes so far. */
type Settings = {
  readonly seed: number;
  readonly rounds: number;
  readonly milliseconds: number;
  readonly plain: boolean;
  readonly programs: boolean;
  readonly peaks: { compiled: number; plain: number; torch: number };
};

/**
 * Compares workloads with PyTorch, as the command says: `--seed --only --rounds --slice --no-plain --json --list --programs`.
 *
 * @param workloads All that the command knows.
 * @param given The arguments of the command.
 */
export async function compareWorkloads(workloads: readonly Workload[], given: readonly string[]): Promise<void> {
  const options = parseArgs([...given], {
    string: ["seed", "only", "rounds", "slice", "json"],
    boolean: ["no-plain", "list", "programs"],
  });
  const { seed: seedText = "1", only: text = "", rounds: roundsText = "3", slice = "40" } = options;
  const settings: Settings = {
    seed: Number(seedText),
    rounds: Number(roundsText),
    milliseconds: Number(slice),
    plain: options["no-plain"] !== true,
    programs: options.programs === true,
    peaks: { compiled: 0, plain: 0, torch: 0 },
  };
  const pattern = new RegExp(String(text)), chosen = workloads.filter(({ name }) => pattern.test(name));
  if (!options.list) {
    return await compareAll(chosen, settings, options.json === undefined ? undefined : String(options.json));
  }
  for (const workload of chosen) {
    console.log(workload.name.padEnd(42), shapesOf(requestFor(workload, settings.seed)));
  }
}

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

async function measure(
  workload: Workload,
  torch: Torch | undefined,
  { seed, rounds, milliseconds, plain, programs, peaks }: Settings,
): Promise<Measured> {
  const { name, family } = workload, drawn = workload.draw(drawFor(seed, name));
  const ours = await startOurs(name, seed);
  try {
    if (programs) console.log(ours.ready.program);
    const theirs = await torch?.prepare(workload, seed);
    const slices: { readonly [S in ComparedSide]: Slice[] } = { compiled: [], plain: [], torch: [] };
    const sides = SIDES.filter((side) => side === "torch" ? torch !== undefined : side === "compiled" || plain);
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

async function compareAll(chosen: readonly Workload[], settings: Settings, json: string | undefined): Promise<void> {
  const { seed, rounds, peaks } = settings;
  const torch = await startTorch(), measured: Measured[] = [], failed: string[] = [];
  /** Returns all rows, by the peaks known so far: those of the whole run are known at its end. */
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
      measured.push(await measure(workload, torch, settings));
      console.log(formatRow(rowOf(measured.at(-1)!, peaks)));
    } catch (error) {
      failed.push(workload.name);
      console.log(`${workload.name}\n  failed: ${error instanceof Error ? error.message : error}`);
    }
    if (json !== undefined) {
      const table = { seed, rounds, peaks, rows: rowsNow(), failed };
      Deno.writeTextFileSync(json, `${JSON.stringify(table, null, 1)}\n`);
    }
  }
  await torch?.close();
  console.log(`${formatSummary(rowsNow())}${failed.length > 0 ? `; failed: ${failed.join("; ")}` : ""}`);
}
