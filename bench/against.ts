/**
 * Compares the speed of this tree with another one's, in one process:
 *
 *     deno run -A --no-check bench/against.ts [--only=pattern] [--seconds=2] [--swap] OTHER_TREE
 *
 * It runs every row of `engines.ts`, on each engine, and of `training.ts`, compiled and plain. Both trees take turns in
 * slices of some 8 ms, and the ratios printed are new over old, of the best slices and of the medians. `blas/version.ts`
 * must differ, or the two copies share what they are running. `--swap` loads the other tree last: a row that is slower
 * either way is slower.
 *
 * @module
 */
import type { Engine } from "@nanograd/nanograd/blas";
import { parseArgs } from "@std/cli/parse-args";
import { engineWorkloads } from "./engine_workloads.ts";
import { type Library, trainingWorkloads } from "./training_workloads.ts";

const { only = "", seconds = "2", swap, _: [other] } = parseArgs(Deno.args, {
  string: ["only", "seconds", "_"],
  boolean: ["swap"],
});
if (typeof other !== "string") throw new Error("Cannot compare speeds: no other tree: a folder with a mod.ts; name it");
const trees = [await Deno.realPath(other), new URL("..", import.meta.url).pathname];

/** A row of one tree: `choose` makes that tree's engine the one in use, which takes longer than a small operation. */
type Row = { readonly name: string; readonly choose: () => void; readonly make: () => () => unknown };
type Blas = typeof import("@nanograd/nanograd/blas");

/** Returns the rows of one tree. */
async function rows(tree: string): Promise<readonly Row[]> {
  const library: Library = await import(`${tree}/mod.ts`), blas: Blas = await import(`${tree}/blas/mod.ts`);
  const native = await blas.nativeEngine().catch(() => undefined);
  const { simd, reference } = blas.engines;
  const on = (engine: Engine, name: string, make: Row["make"]): Row => ({
    name,
    choose: () => void blas.setEngine(engine),
    make,
  });
  return [
    ...Object.entries(trainingWorkloads(library)).flatMap(([name, make]) => [
      on(simd, `${name} compiled`, () => make().compiled),
      on(simd, `${name} plain`, () => make().plainly),
    ]),
    ...[simd, ...(native === undefined ? [] : [native]), reference].flatMap((engine) =>
      engineWorkloads(library).map(({ name, make }) => on(engine, `${engine.name}: ${name}`, make))
    ),
  ];
}

/** Prepares a row; what it returns takes the milliseconds of one of `turns` calls. */
function prepare({ choose, make }: Row): (turns: number) => number {
  choose();
  const run = make();
  return (turns) => {
    choose();
    const start = performance.now();
    for (let k = 0; k < turns; k++) run();
    return (performance.now() - start) / turns;
  };
}

/** Measures until the runtime has optimized its code; returns how many calls take about 8 ms. */
function warm(measure: (turns: number) => number): number {
  const end = performance.now() + 150;
  let turns = 1;
  for (let slices = 0; performance.now() < end || slices < 2; slices++) {
    turns = Math.max(1, Math.min(2 * turns, Math.round(8 / measure(turns))));
  }
  return turns;
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const least = (values: readonly number[]): number => Math.min(...values);
const loaded: (readonly Row[])[] = [];
for (const k of swap ? [1, 0] : [0, 1]) loaded[k] = await rows(trees[k]!);
const wanted = new RegExp(String(only));

console.log(`${"new over old".padEnd(48)}  best median  new, ms`);
for (const row of loaded[1]!.filter(({ name }) => wanted.test(name))) {
  const old = loaded[0]!.find(({ name }) => name === row.name);
  if (old === undefined) continue;
  const sides = (swap ? [row, old] : [old, row]).map(prepare), times: number[][] = [[], []];
  const turns = Math.min(...sides.map(warm)), end = performance.now() + 1000 * Number(seconds);
  for (let round = 0; performance.now() < end || round < 4; round++) {
    for (const k of round % 2 === 0 ? [0, 1] : [1, 0]) times[k]!.push(sides[k]!(turns));
  }
  const [before, after] = (swap ? [1, 0] : [0, 1]).map((k) => times[k]!);
  const ratios = [least, middle].map((f) => (f(after!) / f(before!)).toFixed(3).padStart(6));
  console.log(row.name.padEnd(48), ...ratios, ` ${least(after!).toPrecision(3)}`);
}
