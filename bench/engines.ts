/**
 * Prints how long operations and whole training steps take on every engine, copies in and out included.
 *
 * `deno run --allow-ffi bench/engines.ts [pattern]`; without `--allow-ffi`, or without a native library, that column
 * stays empty. A pattern picks workloads by name. All engines take turns at a workload, and the best of several rounds
 * counts: on a shared machine, the best is what can be reproduced.
 *
 * @module
 */
import * as nanograd from "@nanograd/nanograd";
import { type Engine, engines, nativeEngine, setEngine } from "@nanograd/nanograd/blas";
import { type EngineWorkload, engineWorkloads } from "./engine_workloads.ts";

/** Returns the best of several rounds of about 40 ms each, in milliseconds per call, for every engine. */
function times({ make }: EngineWorkload, candidates: readonly Engine[]): readonly number[] {
  const calls = candidates.map((engine) => {
    setEngine(engine);
    const run = make();
    // First calls take many times as long: code is not yet optimized, and no memory has been freed that could be used again.
    const start = performance.now();
    let count = 0;
    do {
      run();
      count++;
    } while (performance.now() - start < 40);
    return { engine, run, count };
  });
  const best = calls.map(() => Infinity);
  for (let round = 0; round < 7; round++) {
    calls.forEach(({ engine, run, count }, k) => {
      setEngine(engine);
      const start = performance.now();
      for (let i = 0; i < count; i++) run();
      best[k] = Math.min(best[k]!, (performance.now() - start) / count);
    });
  }
  return best;
}

const allowed = Deno.permissions.querySync({ name: "ffi" }).state === "granted";
const native = allowed ? await nativeEngine().catch(() => undefined) : undefined;
const columns = [engines.reference, engines.simd, ...(native === undefined ? [] : [native])];
const wanted = new RegExp(Deno.args[0] ?? "");

console.log(["milliseconds a call".padEnd(34), ...columns.map(({ name }) => name.padStart(12))].join(" "));
for (const workload of engineWorkloads(nanograd).filter(({ name }) => wanted.test(name))) {
  const cells = times(workload, columns).map((ms) => (ms < 0.1 ? ms.toPrecision(3) : ms.toFixed(3)).padStart(12));
  console.log([workload.name.padEnd(34), ...cells].join(" "));
}
