/**
 * Measures the present speed of the core: multiply-adds of a bare kernel whose numbers stay in registers.
 *
 * Other work on the same physical core makes it alternate between full and half speed for a second at a time, so a
 * slice counts only if the probes before and after it are near the best of the whole run.
 *
 * @module
 */
import { ownTime } from "./clock.ts";
import { f32x4, ModuleBuilder } from "../../blas/wasm/mod.ts";
import { hasRelaxedSimd } from "../../blas/simd/features.ts";

const ACCUMULATORS = 12, TURNS = 200_000, FLOPS = ACCUMULATORS * 4 * 2 * TURNS;

/** Makes the probe: each call takes about a millisecond and returns GFLOP/s. */
export function makeProbe(): () => number {
  const builder = new ModuleBuilder(), relaxed = hasRelaxedSimd();
  builder.function({ name: "run", parameters: { turns: "i32" }, result: "f32" }, (f, { turns }) => {
    const factor = f.let(f32x4.splat(0.999)), term = f.let(f32x4.splat(1e-3));
    const sums = Array.from({ length: ACCUMULATORS }, () => f.let(f32x4.splat(1)));
    f.for({ to: turns }, () => {
      for (const sum of sums) {
        f.set(sum, relaxed ? f32x4.relaxed_madd(sum, factor, term) : f32x4.add(f32x4.mul(sum, factor), term));
      }
    });
    f.push(f32x4.extract_lane(sums.reduce((a, b) => f.let(f32x4.add(a, b))), 0));
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(builder.toBytes()));
  const run = exports.run as (turns: number) => number; // exported under this name, with this signature
  for (let i = 0; i < 20; i++) run(TURNS); // until the runtime has optimized the code
  return () => {
    const start = ownTime();
    run(TURNS);
    return FLOPS / (ownTime() - start) / 1e6;
  };
}
