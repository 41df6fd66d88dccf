/**
 * Whole training steps with Adam, compiled, against PyTorch on one thread in the same run.
 *
 *     OPENBLAS_NUM_THREADS=1 deno run -A bench/training.ts [--native] [--rounds=3] [workload...]
 *
 * Each round runs every workload here and in PyTorch (`python3` with torch; omitted if it is not installed), one after
 * the other; the best and the median of the rounds are shown. `plain` is the same step without `compile`.
 *
 * @module
 */
import { setEngine } from "@nanograd/nanograd/blas";
import { nativeEngine } from "@nanograd/nanograd/blas";
import { parseArgs } from "@std/cli/parse-args";
import { WORKLOADS } from "./training_workloads.ts";

const { native, rounds = "3", _: chosen } = parseArgs(Deno.args, { boolean: ["native"], string: ["rounds"] });
const names = chosen.length > 0 ? chosen.map(String) : Object.keys(WORKLOADS);
if (native) setEngine(await nativeEngine());

/** Returns the time of one call in milliseconds: the best of some runs of many calls. */
function best(f: () => void, milliseconds = 600, repetitions = 6): number {
  // Long enough for the runtime to replace its first code by optimized code.
  const warm = performance.now();
  let calls = 0;
  while (performance.now() - warm < 250 || calls < 3) {
    f();
    calls++;
  }
  const turns = Math.max(1, Math.floor(milliseconds / repetitions / ((performance.now() - warm) / calls)));
  let least = Infinity;
  for (let k = 0; k < repetitions; k++) {
    const start = performance.now();
    for (let i = 0; i < turns; i++) f();
    least = Math.min(least, (performance.now() - start) / turns);
  }
  return least;
}

/** Returns PyTorch's time; `undefined` if it is not installed. */
function torch(name: string): number | undefined {
  const script = new URL("./torch_training.py", import.meta.url).pathname;
  for (const python of ["python3", "/usr/bin/python3"]) {
    try {
      const { success, stdout } = new Deno.Command(python, { args: [script, name], stderr: "null" }).outputSync();
      if (success) return JSON.parse(new TextDecoder().decode(stdout)).ms;
    } catch {
      // This program does not exist; try the next one.
    }
  }
  return undefined;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const both = (values: readonly number[]): string =>
  values.length === 0 ? "-" : `${Math.min(...values).toPrecision(3)} (${median(values).toPrecision(3)})`;

console.log("milliseconds a step: best (median) of", rounds, "rounds", native ? "with the native engine" : "");
console.log(
  ["workload", "compiled", "plain", "PyTorch", "times faster"].map((t) => t.padEnd(18)).join(""),
  "compilation",
);
for (const name of names) {
  const ours: number[] = [], plain: number[] = [], theirs: number[] = [];
  let compilation = 0;
  for (let round = 0; round < Number(rounds); round++) {
    const { compiled, plainly } = WORKLOADS[name]!();
    const begun = performance.now();
    compiled();
    compilation = Math.max(compilation, performance.now() - begun);
    ours.push(best(compiled));
    if (round === 0) plain.push(best(plainly, 200, 2));
    const measured = torch(name);
    if (measured !== undefined) theirs.push(measured);
  }
  const ratio = theirs.length === 0
    ? "-"
    : `${(Math.min(...theirs) / Math.min(...ours)).toPrecision(3)} (${(median(theirs) / median(ours)).toPrecision(3)})`;
  const cells = [name, both(ours), both(plain), both(theirs), ratio];
  console.log(cells.map((t) => t.padEnd(18)).join(""), `${compilation.toFixed(0)} ms`);
}
