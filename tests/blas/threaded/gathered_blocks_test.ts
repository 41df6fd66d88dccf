/**
 * Calls whose results are copied out at once: blocks.ts, and maps.ts.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { engines } from "../../../blas/engines.ts";
import * as scalar from "../../../blas/scalar/scalar.ts";
import { importEngineMemory } from "../../../blas/simd/engine_memory.ts";
import { blockThreads } from "../../../blas/threaded/blocks.ts";
import { dividedMaps } from "../../../blas/threaded/maps.ts";
import { type Pool, startPool } from "../../../blas/threaded/pool.ts";
import { allocate, type View, view } from "../../../blas/view.ts";
import { f64, ModuleBuilder } from "../../../blas/wasm/mod.ts";

async function onThreads(threads: number, test: (pool: Pool) => void): Promise<void> {
  const pool = await startPool(threads);
  try {
    test(pool);
  } finally {
    pool.close();
  }
}

const numbers = (size: number): View => view(Float64Array.from({ length: size }, (_, k) => Math.sin(k + 1)), [size]);

/** Compares bits; `assertEquals` takes seconds. */
const isEqual = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.prototype.every.call(a, (x, k) => Object.is(x, b[k]));

Deno.test("results are gathered once, and those that are computed later are stored on their own", async () => {
  for (const threads of [1, 2, 3]) {
    await onThreads(threads, (pool) => {
      const { scratch, most, instantiate, run } = blockThreads(pool), m = new ModuleBuilder();
      importEngineMemory(m, undefined, undefined, true);
      const square = instantiate(
        m,
        m.function(
          { name: "run", parameters: { at: "i32" } },
          (f, { at }) => f.do(f64.store(at, f64.mul(f64.load(at), f64.load(at)))),
        ),
      );
      const start = scratch.reserve(8 * most) / 8;
      for (const count of [1, 2, most - 1, most]) {
        for (let call = 0; call < 20; call++) {
          let results: Float64Array | undefined;
          const stored = new Set<number>();
          run({
            count,
            load: (block, slot) => {
              scratch.float64[start + slot] = block;
              square(8 * (start + slot));
            },
            gather: { bytes: 8 * count, copy: () => results = scratch.float64.slice(start, start + count) },
            store: (block, slot) => {
              assert(!stored.has(block));
              stored.add(block);
              results![block] = scratch.float64[start + slot]!;
            },
          });
          assertEquals([...results!], Array.from({ length: count }, (_, k) => k * k));
        }
      }
    });
  }
});

Deno.test("a map that replaces its operand in shared memory leaves the caller's as it was, also one that is too large for that", async () => {
  await onThreads(2, (pool) => {
    const divide = dividedMaps(blockThreads(pool), engines.simd), x = scalar.argument(0), y = scalar.argument(1);
    for (const [size, expression] of [[70_001, scalar.mul(scalar.exp(x), x)], [1_100_003, scalar.mul(x, y)]] as const) {
      const operands = [0, 1].map(() => numbers(size)), wanted = allocate("float64", [size]);
      const before = operands.map(({ data }) => data.slice());
      engines.simd.map(expression, operands, wanted);
      for (let call = 0; call < 3; call++) {
        const made = divide(expression, operands, { dtype: "float64", shape: [size] })!();
        assert(isEqual(made.data, wanted.data));
      }
      operands.forEach(({ data }, k) => assert(isEqual(data, before[k]!)));
    }
  });
});
