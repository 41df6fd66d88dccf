/**
 * nanograd, PyTorch, jax-js and TensorFlow.js on the same training steps and operations, one thread each:
 *
 *     OPENBLAS_NUM_THREADS=1 deno task bench:peers [--only=pattern] [--rounds=9] [--slice=40] [--write]
 *
 * The sides take turns, a slice of time each, in several rounds; a time is the median of the slices in which the core
 * was not slowed down (`breadth/probe.ts`), without the time in which other programs had the core (`breadth/clock.ts`).
 * All sides compute with the same numbers, and results that differ from nanograd's are reported. Sizes are round
 * (`breadth/draw.ts`, seed 0). `--write` puts the table into `docs/peers.md` and the chart into `docs/pictures/`; `deno fmt` then lays them out.
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
import { type Cell, drawChart, type PeerRow, peerTable, timeOf } from "./peers/report.ts";
import { installRivals, type Side, type SideName, SIDES, startNanograd, startPeer } from "./peers/sides.ts";
import { PEER_WORKLOADS, SEED } from "./peers/workloads.ts";

const options = parseArgs(Deno.args, { string: ["only", "rounds", "slice"], boolean: ["write"] });
const rounds = Number(options.rounds ?? 9), milliseconds = Number(options.slice ?? 40);
const chosen = PEER_WORKLOADS.filter(({ name }) => new RegExp(String(options.only ?? "")).test(name));

/** The share of its best that the probe beside a slice must reach for the slice to count. */
const NEAR = 0.8;

/** A side whose call takes at least this many milliseconds is measured only in every third round. */
const SLOW = 400;

/** The best probe of each side in the run. */
const peaks = new Map<SideName, number>();

/** A row that so far has only notes, and its slices. */
type Measured = { readonly row: PeerRow; readonly slices: ReadonlyMap<SideName, readonly Slice[]> };

async function measure(workload: Workload, torch: Torch | undefined): Promise<Measured> {
  const cells: { [S in SideName]?: Cell } = {}, sides: { [S in SideName]?: Side } = await startNanograd(workload);
  for (const name of SIDES.filter((name) => sides[name] === undefined)) {
    try {
      sides[name] = await startPeer(name, workload, torch);
    } catch (error) {
      cells[name] = { note: `${name}: ${error instanceof Error ? error.message : error}` };
    }
  }
  const running = Object.entries(sides) as [SideName, Side][], slices = new Map<SideName, Slice[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, side] of running) {
      if (round % 3 > 0 && slices.get(name)![0]!.milliseconds > SLOW) continue;
      slices.set(name, [...slices.get(name) ?? [], await side.slice(milliseconds)]);
    }
  }
  const own = sides["nanograd, plain"]!;
  for (const [name, side] of running) {
    peaks.set(name, Math.max(peaks.get(name) ?? 0, ...slices.get(name)!.map(({ probe }) => probe)));
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

/** Returns the row with its times, by the peaks so far; the peaks of the whole run are known only at its end. */
function timed({ row, slices }: Measured): PeerRow {
  const cells = SIDES.map((name): readonly [SideName, Cell] => {
    const all = slices.get(name) ?? [], good = all.filter(({ probe }) => probe >= NEAR * peaks.get(name)!);
    const counted = (good.length > 0 ? good : all).map(({ milliseconds }) => milliseconds);
    return [name, { ...row.cells[name], ...counted.length > 0 ? { time: timeOf(counted) } : {} }];
  });
  return { ...row, cells: Object.fromEntries(cells) };
}

await installRivals();
const torch = await startTorch(), measured: Measured[] = [];
for (const workload of chosen) {
  measured.push(await measure(workload, torch));
  const row = timed(measured.at(-1)!);
  const times = SIDES.map((name) => `${name} ${row.cells[name]?.time?.median.toPrecision(3) ?? "-"}`);
  console.log(`${row.name}: ${times.join("  ")}`);
}
await torch?.close();
const rows = measured.map(timed);
console.log(`\n${peerTable(rows)}`);
if (options.write) {
  const root = new URL("../", import.meta.url), document = new URL("docs/peers.md", root);
  Deno.writeTextFileSync(document, fillPlace(Deno.readTextFileSync(document), "peers", peerTable(rows)));
  Deno.writeTextFileSync(new URL("docs/pictures/peers.svg", root), await drawChart(rows));
}
