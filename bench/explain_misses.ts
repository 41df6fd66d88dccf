/**
 * Explains the workloads of `bench/breadth.ts` that miss their marks, and writes that into `docs/performance.md`:
 *
 *     OPENBLAS_NUM_THREADS=1 deno run -A --no-check bench/breadth.ts --json=breadth.json
 *     deno run --allow-read --allow-write bench/explain_misses.ts breadth.json
 *
 * A compiled miss is run with `{ profile: true }`: the kind of instruction that takes the most time, its rates, and how
 * near they are to those of a bare loop of multiply-adds and of a copy on the same core. A plain miss is measured beside
 * the same computation inside a program, the allocation of its results, and the copying of its operands.
 *
 * @module
 */
import { compiledTable, copyRate, heaviest, plainParts, plainTable } from "./breadth/explain.ts";
import { fillPlace } from "./breadth/markdown.ts";
import { makeProbe } from "./breadth/probe.ts";
import type { Row } from "./breadth/report.ts";
import { makeRunner } from "./breadth/runner.ts";
import { warmUp } from "./breadth/slice.ts";
import { WORKLOADS } from "./breadth/workloads/mod.ts";

const [path] = Deno.args;
if (path === undefined) {
  console.error(
    "Cannot explain no measurements: a file of them must be given; make one with bench/breadth.ts --json=FILE",
  );
  Deno.exit(1);
}
const { rows, seed } = JSON.parse(Deno.readTextFileSync(path)) as {
  readonly rows: readonly Row[];
  readonly seed: number;
};
const missed = (side: "compiled" | "plain") =>
  WORKLOADS.filter(({ name }) => rows.some((row) => row.name === name && row.met[side] === false));

const probe = makeProbe(), rates = { flops: Math.max(...Array.from({ length: 200 }, probe)), bytes: copyRate() };
const compiled = missed("compiled").map((workload) => {
  const runner = makeRunner(workload, seed, true);
  warmUp(runner.compiled);
  return [workload.name, heaviest(runner.profile())] as const;
});
const plain = missed("plain").map((workload) =>
  [workload.name, plainParts(makeRunner(workload, seed), workload.dtype)] as const
);

const file = new URL("../docs/performance.md", import.meta.url);
const tables = { "compiled-profiles": compiledTable(compiled, rates), "plain-parts": plainTable(plain) };
Deno.writeTextFileSync(
  file,
  Object.entries(tables).reduce((text, [place, lines]) => fillPlace(text, place, lines), Deno.readTextFileSync(file)),
);
console.log(`the core: ${rates.flops.toFixed(0)} GFLOP/s, a copy: ${rates.bytes.toFixed(0)} GB/s`);
for (const lines of Object.values(tables)) console.log(lines);
