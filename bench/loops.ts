/**
 * Prints the table of loops inside the graph: training steps of recurrent networks and gradients through differential
 * equations beside PyTorch on one thread, first calls, and the memory of a long loop.
 *
 * ```sh
 * OPENBLAS_NUM_THREADS=1 deno run -A bench/loops.ts [--rounds=3] [workload...]
 * ```
 *
 * Each round measures every workload here and in PyTorch, one after another, in processor time; the best and the median
 * of the rounds are shown. A first call traces, compiles and runs: cold in a process that has not computed anything
 * yet, warm in one that has compiled the same before.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "@std/cli/parse-args";
import { formatProgram } from "@nanograd/nanograd";
import { longLoops, LOOPS } from "./loop_workloads.ts";

const { rounds = "3", first, _: chosen } = parseArgs(Deno.args, { string: ["rounds", "first"] });

/** Returns the processor time of a call in milliseconds, whatever else the machine does. */
function milliseconds(f: () => void): number {
  const start = process.cpuUsage();
  f();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Returns the time for one call: the best of many runs. */
function best(f: () => void, repetitions = 30): number {
  let calls = 0, spent = 0;
  for (; spent < 300 || calls < 3; calls++) spent += milliseconds(f);
  const turns = Math.max(1, Math.floor(20 / (spent / calls)));
  const run = () => {
    for (let k = 0; k < turns; k++) f();
  };
  return Math.min(...Array.from({ length: repetitions }, () => milliseconds(run) / turns));
}

/** Runs a program and reads the line of JSON that it prints; `undefined` if it cannot be run. */
function measuredBy(program: string, args: readonly string[]): number | undefined {
  try {
    const { success, stdout } = new Deno.Command(program, { args: [...args], stderr: "null" }).outputSync();
    return success ? JSON.parse(new TextDecoder().decode(stdout)).ms : undefined;
  } catch {
    return undefined; // it does not exist
  }
}

const pathOf = (file: string): string => new URL(file, import.meta.url).pathname;
const torch = (name: string): number | undefined => {
  const script = pathOf("./torch_loops.py");
  return measuredBy("python3", [script, name]) ?? measuredBy("/usr/bin/python3", [script, name]);
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const both = (values: readonly number[]): string =>
  values.length === 0 ? "-" : `${Math.min(...values).toPrecision(3)} (${median(values).toPrecision(3)})`;

function ratio(theirs: readonly number[], ours: readonly number[]): string {
  if (theirs.length === 0) return "-";
  const [least, middle] = [Math.min(...theirs) / Math.min(...ours), median(theirs) / median(ours)];
  return `${least.toPrecision(3)} (${middle.toPrecision(3)})`;
}

function printTable(names: readonly string[]): void {
  const row = (cells: readonly string[]) => console.log(cells.map((text) => text.padEnd(20)).join("").trimEnd());
  console.log(`milliseconds: best (median) of ${rounds} rounds`);
  row(["workload", "compiled", "PyTorch", "times faster", "first call, cold", "warm"]);
  for (const name of names) {
    const ours: number[] = [], theirs: number[] = [], cold: number[] = [], warm: number[] = [];
    for (let round = 0; round < Number(rounds); round++) {
      const run = LOOPS[name]!(), time = milliseconds(run);
      if (round > 0) warm.push(time);
      ours.push(best(run));
      cold.push(measuredBy(Deno.execPath(), ["run", "-A", pathOf("./loops.ts"), `--first=${name}`])!);
      const measured = torch(name);
      if (measured !== undefined) theirs.push(measured);
    }
    row([name, both(ours), both(theirs), ratio(theirs, ours), both(cold), both(warm)]);
  }
}

/** Prints how much memory the gradient of a long loop needs. */
function printMemory(): void {
  const { start, whole, segments } = longLoops();
  const [all, few] = [whole, segments].map((f) => {
    return Number(/Memory: ([\d,]+) bytes/.exec(formatProgram(f, start))![1]!.replaceAll(",", ""));
  }) as [number, number];
  const parts = (all / few).toPrecision(3);
  console.log(`\nmemory of a gradient through 10,000 steps: ${all} bytes, with checkpoints ${few}: 1/${parts}`);
}

if (typeof first === "string") console.log(JSON.stringify({ ms: milliseconds(LOOPS[first]!()) }));
else {
  printTable(chosen.length > 0 ? chosen.map(String) : Object.keys(LOOPS));
  if (chosen.length === 0) printMemory();
}
