/**
 * nanograd, PyTorch, jax-js and TensorFlow.js on the same training steps and operations, one thread each:
 *
 *     OPENBLAS_NUM_THREADS=1 deno task bench:peers [--only=pattern] [--rounds=9] [--slice=40] [--json=FILE] [--write]
 *
 * The sides take turns, a slice of time each, in several rounds; a time is the median of the slices in which the core
 * was not slowed down (`breadth/probe.ts`), without the time in which other programs had the core (`breadth/clock.ts`).
 * All sides compute with the same numbers, and results that differ from nanograd's are reported. Sizes are round
 * (`breadth/draw.ts`, seed 0). `--write` puts the table into `README.md` and `docs/peers.md`, and the chart into
 * `docs/pictures/`; `deno fmt` then lays them out.
 *
 * On a machine that others use, it can run in pieces: `--only` picks workloads by a regular expression on their names,
 * `--json` adds what is measured to a file, workload by workload, and `--write` is for the last piece:
 *
 *     deno task bench:peers --json=peers.json --only='tiny|MLP'
 *     deno task bench:peers --json=peers.json --only='^(?!.*(tiny|MLP))' --write
 *
 * - nanograd and PyTorch are measured as in `breadth.ts`. jax-js runs each workload in one `jit`, on its WebAssembly
 *   device; TensorFlow.js runs on its WebAssembly backend, or in JavaScript where that lacks a kernel (`peers/rivals/`).
 * - PyTorch's side needs `/usr/bin/python3` with PyTorch; without it, its column is empty.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { agree } from "./breadth/compare.ts";
import { fillPlace } from "./breadth/markdown.ts";
import type { Slice } from "./breadth/slice.ts";
import { requestFor, startTorch, type Torch } from "./breadth/torch.ts";
import type { Workload } from "./breadth/workload.ts";
import { type Cell, joined, type Measured, readMeasured, timedRows, writeMeasured } from "./peers/measured.ts";
import { drawChart, peerTable } from "./peers/report.ts";
import { installRivals, type Side, type SideName, SIDES, startNanograd, startPeer } from "./peers/sides.ts";
import { PEER_WORKLOADS, SEED } from "./peers/workloads.ts";

const options = parseArgs(Deno.args, { string: ["only", "rounds", "slice", "json"], boolean: ["write"] });
const file = options.json === undefined ? undefined : String(options.json);
const rounds = Number(options.rounds ?? 9), milliseconds = Number(options.slice ?? 40);
const names = PEER_WORKLOADS.map(({ name }) => name);
const chosen = PEER_WORKLOADS.filter(({ name }) => new RegExp(String(options.only ?? "")).test(name));

/** A side whose call takes at least this many milliseconds is measured only in every third round. */
const SLOW = 400;

async function measure(workload: Workload, torch: Torch | undefined): Promise<Measured> {
  const cells: { [S in SideName]?: Cell } = {}, sides: { [S in SideName]?: Side } = await startNanograd(workload);
  for (const name of SIDES.filter((name) => sides[name] === undefined)) {
    try {
      sides[name] = await startPeer(name, workload, torch);
    } catch (error) {
      cells[name] = { note: `${name}: ${error instanceof Error ? error.message : error}` };
    }
  }
  const running = Object.entries(sides) as [SideName, Side][], slices: { [S in SideName]?: Slice[] } = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, side] of running) {
      const measured = slices[name] ??= [];
      if (round % 3 > 0 && measured[0]!.milliseconds > SLOW) continue;
      measured.push(await side.slice(milliseconds));
    }
  }
  const own = sides["nanograd, plain"]!;
  for (const [name, side] of running) {
    const wrong = agree(side.prints, own.prints, { ...workload.comparison, tolerance: 2e-3 })
      ? []
      : ["computes other values"];
    const note = [...side.note === undefined ? [] : [side.note], ...wrong].map((text) => `${name}: ${text}`).join("; ");
    cells[name] = note === "" ? {} : { note };
    await side.close();
  }
  const { inputs } = requestFor(workload, SEED);
  const shapes = inputs.map(({ shape }) => shape.join("x") || "()").join(" ");
  return { row: { name: workload.name, shapes, cells }, slices };
}

await installRivals();
const torch = await startTorch();
let measured = file === undefined ? [] : readMeasured(file);
for (const workload of chosen) {
  measured = joined(names, measured, [await measure(workload, torch)]);
  if (file !== undefined) writeMeasured(file, measured);
  const row = timedRows(measured).find(({ name }) => name === workload.name)!;
  const times = SIDES.map((name) => `${name} ${row.cells[name]?.time?.median.toPrecision(3) ?? "-"}`);
  console.log(`${row.name}: ${times.join("  ")}`);
}
await torch?.close();
const rows = timedRows(measured), missing = names.filter((name) => !rows.some((row) => row.name === name));
console.log(`\n${peerTable(rows)}`);
if (options.write && missing.length > 0) {
  console.error(
    `Cannot write a table without ${missing.join(", ")}: all workloads must be measured; ` +
      "measure them with the same --json=FILE",
  );
  Deno.exit(1);
}
if (options.write) {
  const root = new URL("../", import.meta.url);
  for (const document of [new URL("README.md", root), new URL("docs/peers.md", root)]) {
    Deno.writeTextFileSync(document, fillPlace(Deno.readTextFileSync(document), "peers", peerTable(rows)));
  }
  Deno.writeTextFileSync(new URL("docs/pictures/peers.svg", root), await drawChart(rows));
}
