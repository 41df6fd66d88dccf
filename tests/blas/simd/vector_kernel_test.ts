/**
 * The kernels of level 1, and the loop that they share (`run_loop.ts`), on every length up to a few iterations.
 *
 * @module
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { LaneInstructions, Vector } from "../../../blas/simd/lane_instructions.ts";
import { forEachElement, horizontal } from "../../../blas/simd/run_loop.ts";
import { buildVector } from "../../../blas/simd/vector_kernel.ts";
import { type ModuleBuilder, v128 } from "../../../blas/wasm/mod.ts";
import { KERNEL_VARIANTS, kernelMemory, wholes } from "./kernel_memory.ts";

const LENGTHS = Array.from({ length: 41 }, (_, n) => n);

for (const [dtype, fused] of KERNEL_VARIANTS) {
  const where = `in ${dtype}${fused ? " with fused multiply-add" : ""}`;

  Deno.test(`level 1 kernels equal plain loops for every length ${where}`, () => {
    const { run, put, take } = kernelMemory(dtype, fused, buildVector);
    for (const n of LENGTHS) {
      const a = wholes(n), b = wholes(n, 5), x = put(8, [...a, 99, 99]), y = put(1001, [...b, 77, 77]);
      const total = (f: (p: number, q: number) => number) => a.reduce((sum, p, i) => sum + f(p, b[i]!), 0);
      assertEquals(run("dot", n, x, y), total((p, q) => p * q));
      assertEquals(run("asum", n, x), total(Math.abs));
      assertEquals(run("amax", n, x), Math.max(0, ...a.map(Math.abs)));
      assertEquals(run("sumOfSquares", n, x, 0.5), total((p) => p * p / 4));
      run("axpy", n, 3, x, y);
      assertEquals(take(1001, n + 2), [...b.map((q, i) => q + 3 * a[i]!), 77, 77]);
      run("scal", n, -2, x);
      assertEquals(take(8, n + 2), [...a.map((p) => -2 * p), 99, 99]);
    }
  });

  Deno.test(`find() gives the first element of an absolute value, and the first NaN ${where}`, () => {
    const { run, put } = kernelMemory(dtype, fused, buildVector), x = put(4, [1, -3, NaN, 3, NaN, 0]);
    assertEquals([3, 0, NaN, 7].map((value) => run("find", 6, x, value)), [1, 5, 2, -1]);
    assertEquals(run("find", 2, x, NaN), -1);
  });

  Deno.test(`dot() and asum() of many numbers lose no digits to a sum that grows ${where}`, () => {
    const { run, put } = kernelMemory(dtype, fused, buildVector), n = 20_000, x = put(0, new Array(n).fill(0.1));
    const each = dtype === "float32" ? Math.fround(0.1) : 0.1;
    assertAlmostEquals(run("asum", n, x) / (n * each), 1, dtype === "float32" ? 1e-6 : 1e-12);
    assertAlmostEquals(run("dot", n, x, x) / (n * each * each), 1, dtype === "float32" ? 1e-6 : 1e-12);
  });

  Deno.test(`forEachElement() visits each element once, and settles after each block of iterations ${where}`, () => {
    const iterations = 3, unroll = 2;
    const build = (m: ModuleBuilder, lanes: LaneInstructions) =>
      m.function({ name: "count", parameters: { n: "i32", x: "i32" }, result: "i32" }, (f, { n, x }) => {
        const settled = f.local("i32"), { scalar, vector } = lanes;
        forEachElement(
          f,
          lanes,
          { n, pointers: [x], unroll, settle: { iterations, emit: () => f.increment(settled, 1) } },
          (at) => f.do(v128.store(x, vector.add(v128.load(x, at), vector.const(1)), at)),
          () => f.do(scalar.store(x, scalar.add(scalar.load(x), 1))),
        );
        f.return(settled);
      });
    const { run, put, take, lanes } = kernelMemory(dtype, fused, build);
    for (const n of LENGTHS) {
      const settled = run("count", n, put(3, new Array(n + 2).fill(0)));
      assertEquals(take(2, n + 3), [0, ...new Array(n).fill(1), 0, 0]);
      assertEquals(settled, Math.floor(n / (iterations * unroll * lanes.count)));
    }
  });

  Deno.test(`horizontal() combines vectors and then their lanes ${where}`, () => {
    const { run, put, lanes } = kernelMemory(
      dtype,
      fused,
      (m, lanes) =>
        m.function({ name: "sum", parameters: { x: "i32" }, result: lanes.type }, (f, { x }) => {
          const vectors: Vector[] = [0, 16, 32].map((at) => v128.load(x, at));
          f.return(horizontal(f, lanes, vectors, lanes.vector.add, lanes.scalar.add));
        }),
    );
    const numbers = wholes(3 * lanes.count, 2);
    assertEquals(run("sum", put(4, numbers)), numbers.reduce((a, b) => a + b));
  });
}
