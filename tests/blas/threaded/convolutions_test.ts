/**
 * Plain convolutions on several threads (convolutions.ts), and lists of calls (recorded_calls.ts).
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { engines } from "../../../blas/engines.ts";
import { importEngineMemory } from "../../../blas/simd/engine_memory.ts";
import { instantiateOn } from "../../../blas/simd/instantiate.ts";
import { blockThreads } from "../../../blas/threaded/blocks.ts";
import { dividedConvolutions } from "../../../blas/threaded/convolutions.ts";
import { startPool } from "../../../blas/threaded/pool.ts";
import { buildCalls, listBytes, recorder } from "../../../blas/threaded/recorded_calls.ts";
import { allocate, type MutableView } from "../../../blas/view.ts";
import { f64, i32, ModuleBuilder } from "../../../blas/wasm/mod.ts";
import { numbersOf, randomOf } from "../program/programs.ts";
import { seeds } from "../simd/program/small_programs.ts";

Deno.test("a list of calls is made in order, and counted without a list", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 }), m = new ModuleBuilder();
  importEngineMemory(m);
  const at = { at: "i32" } as const;
  const add = m.function({ parameters: { ...at, x: "i32" } }, (f, { at, x }) => {
    f.do(i32.store(at, i32.add(i32.load(at), x)));
  });
  const scale = m.function({ parameters: { ...at, x: "f64" } }, (f, { at, x }) => {
    f.do(i32.store(at, i32.mul(i32.load(at), i32.trunc_sat_f64_s(f64.add(x, 0.5)))));
  });
  const run = instantiateOn(memory, {})(m, buildCalls(m, [add, scale])), { begin, add: record, end } = recorder();
  for (const address of [undefined, 1024]) {
    begin(new Int32Array(memory.buffer), address);
    record(0, [64, 5]);
    record(1, [64, 3]);
    record(0, [64, 1]);
    assertEquals(end(), 3);
  }
  run(1024);
  assertEquals(new Int32Array(memory.buffer)[16], 16);
  assert(listBytes(3) - listBytes(2) >= 4 * 25);
});

Deno.test("convolutions and their adjoints in the images have the bits of one thread, in any geometry and groups", async () => {
  const pool = await startPool(3), divided = dividedConvolutions(blockThreads(pool), 0);
  try {
    fc.assert(
      fc.property(seeds, fc.constantFrom("float32" as const, "float64" as const), (seed, dtype) => {
        const random = randomOf(seed), length = (least: number, more: number) => least + random.below(more);
        const groups = random.pick([1, 1, 2, 3]),
          [batch, channels, filters] = [length(2, 4), length(2, 9), length(2, 20)];
        const [height, width, kernelHeight, kernelWidth] = [length(9, 14), length(9, 14), length(1, 4), length(1, 4)];
        const pair = (least: number, more: number) => [length(least, more), length(least, more)] as const;
        const stride = pair(1, 2), dilation = pair(1, 2), padding = [...pair(0, 3), ...pair(0, 3)] as const;
        const geometry = { stride, dilation, padding: padding as readonly [number, number, number, number], groups };
        const out = (size: number, kernel: number, axis: 0 | 1) =>
          Math.floor((size + padding[axis] + padding[axis + 2]! - dilation[axis] * (kernel - 1) - 1) / stride[axis]) +
          1;
        const yShape = [batch, groups * filters, out(height, kernelHeight, 0), out(width, kernelWidth, 1)];
        const x = numbersOf(random, { dtype, shape: [batch, groups * channels, height, width] });
        const w = numbersOf(random, { dtype, shape: [groups * filters, channels, kernelHeight, kernelWidth] });
        const y = numbersOf(random, { dtype, shape: yShape });
        for (
          const [name, operands, shape] of [
            ["conv2d", { x, w }, y.shape],
            ["conv2dInput", { w, y }, x.shape],
          ] as const
        ) {
          const results = [divided, engines.simd].map((engine): MutableView => {
            const result = allocate(dtype, shape), key = name === "conv2d" ? "y" : "x";
            engine[name]({ geometry, ...operands, [key]: result } as never); // the operands of that function
            return result;
          });
          const [found, wanted] = results as [MutableView, MutableView];
          assert(Array.from(found.data).every((value, k) => Object.is(value, wanted.data[k])), name);
        }
      }),
      { numRuns: 40, endOnFailure: true },
    );
  } finally {
    pool.close();
  }
});
