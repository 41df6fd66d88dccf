/**
 * `gemm` and `gemmBatched` of the `simd` engine against plain loops.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { DType, ReadonlyDataOf } from "../../../blas/dtype.ts";
import { reference } from "../../../blas/reference/mod.ts";
import { blasOn } from "../../../blas/simd/blas.ts";
import { createContext } from "../../../blas/simd/context.ts";
import { hasRelaxedSimd } from "../../../blas/simd/features.ts";
import { type MutableView, unsafeView, type View } from "../../../blas/view.ts";
import { assertSame, clone, EPSILON, factor, layout, list, plain, random, size, VARIANTS, viewOf } from "./operands.ts";

for (const { name, dtype, blas } of VARIANTS) {
  const tolerance = (terms: number) => 4 * (terms + 2) * EPSILON[dtype];

  Deno.test(`gemm() agrees with plain loops on any views (${name})`, () => {
    const problem = fc.record({
      m: size,
      n: size,
      k: size,
      alpha: factor,
      beta: factor,
      a: layout,
      b: layout,
      c: layout,
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(problem, ({ m, n, k, alpha, beta, seed, ...how }) => {
        const next = random(seed), a = viewOf(dtype, [m, k], how.a, next), b = viewOf(dtype, [k, n], how.b, next);
        const c = viewOf(dtype, [m, n], { ...how.c, repeat: false }, next), wanted = clone(c);
        const before = [a.data.slice(), b.data.slice()];
        reference.gemm({ alpha, a, b, beta, c: wanted });
        blas.gemm({ alpha, a, b, beta, c });
        assertSame(c, wanted, tolerance(k));
        assertEquals([a.data, b.data] as unknown, before, "operands must not change");
      }),
      { numRuns: 300 },
    );
  });

  Deno.test(`with beta 0, gemm() overwrites NaN in c and in the scratch memory (${name})`, () => {
    for (const [m, n] of [[1, 1], [1, 9], [7, 1], [2, 2], [6, 8], [7, 9], [13, 17], [5, 3]] as const) {
      // Long sums in float32 are computed in slabs; those of 2 x 2 results as products of vectors.
      for (const k of [0, 1, 5, ...m * n === 15 || m * n === 4 ? [6500] : []]) {
        for (const alpha of [0, 1, -2]) {
          const next = random(m + n + k),
            a = viewOf(dtype, [m, k], plain, next),
            b = viewOf(dtype, [k, n], plain, next);
          for (const permuted of [false, true]) {
            const c = viewOf(dtype, [m, n], { ...plain, permuted }, next), wanted = clone(c);
            // First, a product that leaves NaN wherever one was computed.
            for (const beta of [1, 0]) {
              c.data.fill(NaN);
              blas.gemm({ alpha, a, b, beta, c });
            }
            reference.gemm({ alpha, a, b, beta: 0, c: wanted });
            assert(list(c as View).every((x) => !Number.isNaN(x)), `${m} x ${k} x ${n}, alpha ${alpha}`);
            list(wanted as View).forEach((x, i) => assertAlmostEquals(list(c as View)[i]!, x, tolerance(k) * (1 + k)));
          }
        }
      }
    }
  });

  Deno.test(`gemmBatched() is one gemm() for each matrix (${name})`, () => {
    const problem = fc.record({
      batch: fc.integer({ min: 0, max: 5 }),
      m: fc.integer({ min: 1, max: 14 }),
      n: fc.integer({ min: 1, max: 14 }),
      k: fc.integer({ min: 1, max: 14 }),
      beta: factor,
      a: layout,
      b: layout,
      c: layout,
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(problem, ({ batch, m, n, k, beta, seed, ...how }) => {
        const next = random(seed), a = viewOf(dtype, [batch, m, k], how.a, next);
        const b = viewOf(dtype, [batch, k, n], how.b, next);
        const c = viewOf(dtype, [batch, m, n], { ...how.c, repeat: false }, next), wanted = clone(c);
        reference.gemmBatched({ alpha: 0.5, a, b, beta, c: wanted });
        blas.gemmBatched({ alpha: 0.5, a, b, beta, c });
        assertSame(c, wanted, tolerance(k));
      }),
      { numRuns: 150 },
    );
  });

  Deno.test(`gemm() with beta 0 never reads what c held, and with alpha 0 never a or b (${name})`, () => {
    for (const [m, n, k] of [[1, 9, 5], [9, 1, 5], [7, 9, 5], [40, 50, 300]] as const) {
      const ones = viewOf(dtype, [m, k], plain, () => 1), b = viewOf(dtype, [k, n], plain, () => 1);
      const c = viewOf(dtype, [m, n], plain, () => NaN), nothing = viewOf(dtype, [m, k], plain, () => NaN);
      blas.gemm({ alpha: 2, a: ones, b, beta: 0, c });
      assertEquals(list(c), new Array(m * n).fill(2 * k));
      blas.gemm({ alpha: 0, a: nothing, b, beta: 3, c });
      assertEquals(list(c), new Array(m * n).fill(6 * k));
      blas.gemm({ alpha: 0, a: nothing, b, beta: 0, c });
      assertEquals(list(c), new Array(m * n).fill(0));
    }
  });

  Deno.test(`gemm() passes infinities and NaN on to the elements that they concern, and no others (${name})`, () => {
    for (const k of [1, 3, 4, 5, 300]) {
      const a = viewOf(dtype, [13, k], plain, () => 1), b = viewOf(dtype, [k, 11], plain, () => 1);
      a.data[a.offset + 4 * k] = Infinity;
      b.data[b.offset + (k - 1) * 11 + 10] = NaN;
      const c = viewOf(dtype, [13, 11], plain, () => 0);
      blas.gemm({ alpha: 1, a, b, beta: 0, c });
      list(c).forEach((value, at) =>
        assertEquals(value, at % 11 === 10 ? NaN : Math.trunc(at / 11) === 4 ? Infinity : k)
      );
    }
  });

  Deno.test(`an element of gemm() with many results is the same wherever it stands, in a batch or alone (${name})`, () => {
    const next = random(5), k = 700, a = viewOf(dtype, [40, k], plain, next), b = viewOf(dtype, [k, 40], plain, next);
    const c = viewOf(dtype, [40, 40], plain, next), part = viewOf(dtype, [21, 37], plain, next);
    blas.gemm({ alpha: 1, a, b, beta: 0, c });
    const pick = (v: View<typeof dtype>, i: number, j: number, shape: readonly number[]) =>
      unsafeView<typeof dtype>(v.data, shape, v.stride, v.offset + i * v.stride[0]! + j * v.stride[1]!);
    blas.gemm({ alpha: 1, a: pick(a, 17, 0, [21, k]), b: pick(b, 0, 2, [k, 37]), beta: 0, c: part });
    assertEquals(list(part), list(pick(c, 17, 2, [21, 37])));
    const stack = viewOf(dtype, [3, 40, 40], plain, next),
      repeat = <D extends DType>(v: MutableView<D>) =>
        unsafeView<D>(v.data as ReadonlyDataOf<D>, [3, ...v.shape], [0, ...v.stride], v.offset);
    blas.gemmBatched({ alpha: 1, a: repeat(a), b: repeat(b), beta: 0, c: stack });
    assertEquals(list(stack), [...list(c), ...list(c), ...list(c)]);
  });

  Deno.test(`gemm() gives the same in blocks as whole, beyond rounding (${name})`, () => {
    const fused = name.startsWith("fused"), context = createContext({ fused, maximumBytes: 1 << 20 });
    const inBlocks = blasOn(context, { depth: { float32: 64, float64: 64 }, bytes: 8192 });
    for (
      const [m, n, k] of [[700, 30, 500], [700, 10, 300], [30, 900, 700], [300, 310, 900], [5, 6, 40_000], [
        1,
        700,
        700,
      ]] as const
    ) {
      for (const how of [plain, { ...plain, permuted: true }, { ...plain, step: 2 }, { ...plain, step: -1 }]) {
        const next = random(m);
        const a = viewOf(dtype, [m, k], how, next), b = viewOf(dtype, [k, n], how, next);
        const c = viewOf(dtype, [m, n], plain, next), wanted = clone(c);
        blas.gemm({ alpha: 1, a, b, beta: 0.5, c: wanted });
        inBlocks.gemm({ alpha: 1, a, b, beta: 0.5, c });
        assertSame(c, wanted, k * EPSILON[dtype]);
      }
    }
    assert(context.scratch.memory.buffer.byteLength <= 1 << 20);
  });

  Deno.test(`gemm() packs a last row that is copied in as it lies, after gathering those before it (${name})`, () => {
    const blas = blasOn(createContext({ fused: name.startsWith("fused") }), {
      depth: { float32: 64, float64: 64 },
      bytes: 1024,
    });
    const next = random(7), wide = viewOf(dtype, [25, 1000], plain, next), b = viewOf(dtype, [50, 9], plain, next);
    const a = unsafeView<typeof dtype>(wide.data as View<typeof dtype>["data"], [25, 50], [1000, 2], wide.offset);
    const c = viewOf(dtype, [25, 9], plain, next), wanted = clone(c);
    reference.gemm({ alpha: 1, a, b, beta: 0, c: wanted });
    blas.gemm({ alpha: 1, a, b, beta: 0, c });
    assertSame(c, wanted, tolerance(50));
  });

  Deno.test(`gemm() gives the same bits every time (${name})`, () => {
    const next = random(1), a = viewOf(dtype, [131, 77], plain, next), b = viewOf(dtype, [77, 93], plain, next);
    const c = viewOf(dtype, [131, 93], plain, next), again = viewOf(dtype, [131, 93], plain, next);
    blas.gemm({ alpha: 1, a, b, beta: 0, c });
    for (let i = 0; i < 200; i++) {
      blas.gemm({ alpha: 1, a, b, beta: 0, c: again }); // long enough for the optimizing compiler to take over
      assertEquals(list(again), list(c));
    }
  });
}

Deno.test("fused and unfused kernels agree with the reference to rounding, and differ from one another", {
  ignore: !hasRelaxedSimd(),
}, () => {
  const next = random(3), a = viewOf("float64", [30, 200], plain, next), b = viewOf("float64", [200, 30], plain, next);
  const results = [true, false].map((fused) => {
    const c = viewOf("float64", [30, 30], plain, () => 0);
    blasOn(createContext({ fused })).gemm({ alpha: 1, a, b, beta: 0, c });
    return list(c);
  });
  results[0]!.forEach((x, i) => assertAlmostEquals(x, results[1]![i]!, 1e-13));
  assert(results[0]!.some((x, i) => x !== results[1]![i]), "both paths were one");
});

Deno.test("gemm() is computed in parts if the scratch memory cannot grow, from then on", () => {
  const context = createContext(), { gemm } = blasOn(context), next = random(2);
  const a = viewOf("float64", [600, 600], plain, next), c = viewOf("float64", [600, 600], plain, next);
  const { memory } = context.scratch, wanted = clone(c);
  let attempts = 0;
  memory.grow = () => {
    attempts++;
    throw new RangeError("WebAssembly.Memory.grow(): Unable to grow instance memory");
  };
  for (let k = 0; k < 2; k++) {
    gemm({ alpha: 1, a, b: a, beta: 0.5, c });
    reference.gemm({ alpha: 1, a, b: a, beta: 0.5, c: wanted });
    assertSame(c, wanted, 1e-12);
  }
  assertEquals([attempts, memory.buffer.byteLength], [1, 1 << 20]);
});

Deno.test("twenty thousand products of mixed sizes leave the scratch memory as large as the largest needs", () => {
  const context = createContext(), { gemm } = blasOn(context), sizes = [3, 17, 32, 8, 64, 1];
  const operands = sizes.map((n) => viewOf("float32", [n, n], plain, random(n)));
  const results = sizes.map((n) => viewOf("float32", [n, n], plain, () => 0));
  const mark = context.scratch.mark();
  for (let i = 0; i < 20_000; i++) {
    const a = operands[i % sizes.length]!, c = results[i % sizes.length]!;
    gemm({ alpha: 1, a, b: a, beta: 0, c });
  }
  assertEquals(context.scratch.mark(), mark);
  assertEquals(context.scratch.memory.buffer.byteLength, 1 << 20);
});
