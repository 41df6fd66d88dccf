/**
 * Products with few results, in plain calls and compiled: `blas/simd/exact_dot.ts` and `blas/simd/program/products/exact_tile.ts`.
 *
 * @module
 */
import { assertEquals, assertLess } from "@std/assert";
import { compile, constant, dot, matmul, nllLoss, sum, type Tensor, toList, transpose } from "../../../autograd/mod.ts";
import { mean, variance } from "../../../autograd/ops/mod.ts";
import { emitExactDot, emitPairDots, emitStridedDot } from "../../../blas/simd/exact_dot.ts";
import { KERNEL_VARIANTS, kernelMemory, wholes } from "./kernel_memory.ts";

/** Numbers of both signs whose products nearly cancel. */
const numbers = (n: number, salt: number): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 1 : -1) * (1 + (i * 7919 + salt) % 1009 / 1009));

const float32 = (values: Float32Array, shape: readonly number[]): Tensor<"float32"> =>
  constant(values, { dtype: "float32", shape });

/**
 * Calls a function plainly and compiled, and checks that each result is off by no more than two roundings of itself and a few of a
 * few terms. Lanes of such numbers have terms of one sign: as long chains in float32, they are off by more.
 */
function assertFewRoundings(
  f: (...operands: Tensor<"float32">[]) => Tensor<"float32">,
  operands: readonly Tensor<"float32">[],
  exact: readonly number[],
  terms: number,
  what: string,
): void {
  for (const made of [f, compile(f as (...operands: Tensor[]) => Tensor)]) {
    const flat = [toList(made(...operands))].flat(9) as number[];
    assertEquals(flat.length, exact.length);
    flat.forEach((value, i) =>
      assertLess(Math.abs(value - exact[i]!), 2 ** -23 * Math.abs(exact[i]!) + 6e-7 * Math.sqrt(terms), `${what}, ${i}`)
    );
  }
}

for (const [m, n] of [[1, 1], [1, 3], [5, 1], [2, 2], [2, 4], [7, 1]] as const) {
  Deno.test(`products of ${m} rows and ${n} columns that nearly cancel are off by few roundings, in any layout`, () => {
    for (const k of [101, 1003, 4010]) {
      const a = numbers(m * k, 1), b = numbers(k * n, 5).map(Math.abs);
      const exact = Array.from({ length: m * n }, (_, at) => {
        let total = 0;
        for (let i = 0; i < k; i++) total += a[Math.floor(at / n) * k + i]! * b[at % n * k + i]!;
        return total;
      });
      const turned = (v: Float32Array, rows: number) =>
        float32(v.map((_, i) => v[i % rows * k + Math.floor(i / rows)]!), [k, rows]);
      const lefts = [float32(a, [m, k]), transpose(turned(a, m))],
        rights = [transpose(float32(b, [n, k])), turned(b, n)];
      for (const left of lefts) {
        for (const right of rights) {
          assertFewRoundings((x, y) => matmul(x!, y!), [left, right], exact, k, `${m} x ${k} x ${n}`);
        }
      }
      if (m * n === 1) {
        assertFewRoundings((x, y) => dot(x!, y!), [float32(a, [k]), float32(b, [k])], exact, k, `dot ${k}`);
      }
    }
  });
}

Deno.test("compiled products of vectors of up to 2,048 elements lose no digit, however much cancels", () => {
  for (const n of [700, 1001, 1406, 2048]) {
    // Terms have either sign, and sums of four are not numbers of float32.
    const x = numbers(n, 3).map((v) => v * 4099), y = numbers(n, 500).map(Math.abs);
    const wanted = Math.fround(x.reduce((total, value, i) => total + value * y[i]!, 0));
    const made = toList(compile(dot)(float32(x, [n]), float32(y, [n])))[0]!;
    // What float64 rounds on the way may decide a tie.
    assertLess(Math.abs(made - wanted), 2 ** -23 * Math.abs(wanted) + 1e-9, String(n));
  }
});

Deno.test("sums that nearly cancel are off by few roundings, of all elements, along rows and down columns", () => {
  for (const n of [260, 1003, 10_011]) {
    const values = numbers(n, 3), exact = values.reduce((total, value) => total + value, 0);
    assertFewRoundings((x) => sum(x!), [float32(values, [n])], [exact], n, `${n}`);
    const three = Float32Array.from({ length: 3 * n }, (_, i) => values[Math.floor(i / 3)]!);
    assertFewRoundings(
      (x) => sum(x!, { axes: [0] }),
      [float32(three, [n, 3])],
      [exact, exact, exact],
      n,
      `columns ${n}`,
    );
    const picked = float32(values.map((value) => -value), [n, 1]);
    const classes = new Array<number>(n).fill(0);
    assertFewRoundings((x) => nllLoss(x!, classes, { reduction: "sum" }), [picked], [exact], n, `losses ${n}`);
  }
});

Deno.test("the mean of equal numbers is that number, compiled too, and their variance is 0", () => {
  const tenth = Math.fround(0.1);
  for (const [shape, axes] of [[[3, 100, 2], [0, 2]], [[4, 102, 5], [0, 2]], [[300, 20], [1]]] as const) {
    const x = float32(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.1), shape);
    const means = compile((x: Tensor<"float32">) => mean(x, { axes })),
      spread = compile((x: Tensor) => variance(x, { axes }));
    for (const made of [means(x), mean(x, { axes })]) {
      assertEquals(new Set(toList(made) as number[]), new Set([tenth]));
    }
    assertEquals(new Set(toList(spread(x)) as number[]), new Set([0]));
  }
});

for (const [dtype, fused] of KERNEL_VARIANTS) {
  if (dtype === "float64") continue;
  Deno.test(`inner products of any length are those of plain loops${fused ? ", with fused multiply-add" : ""}`, () => {
    const { run, put, lanes, memory } = kernelMemory(dtype, fused, (m, lanes) => {
      const two = { n: "i32", x: "i32", y: "i32" } as const;
      m.function({ name: "near", parameters: two, result: "f64" }, (f, { n, x, y }) => {
        f.return(emitExactDot(f, lanes, n, x, y));
      });
      const four = { ...two, xStep: "i32", yStep: "i32" } as const;
      m.function({ name: "apart", parameters: four, result: "f64" }, (f, { n, x, y, xStep, yStep }) => {
        f.return(emitStridedDot(f, lanes, n, { at: x, step: xStep }, { at: y, step: yStep }));
      });
      m.function({ name: "pairs", parameters: { ...four, sums: "i32" } }, (f, { n, x, y, xStep, yStep, sums }) => {
        emitPairDots(f, lanes, n, { at: x, step: xStep }, { at: y, step: yStep }, { sums, pairs: 2 });
      });
    });
    const wide = new Float64Array(memory.buffer, 40_000, 4);
    for (const n of [0, 1, 3, 4, 7, 16, 19, 256, 257, 275, 500]) {
      const x = wholes(5 * n + 3, 3), y = wholes(3 * n, 2), at = [put(2000, x), put(16, y)] as const;
      const dot = (from: number, step: number, other: number) =>
        Array.from({ length: n }, (_, i) => x[from + i * step]! * y[i * other]!).reduce((sum, value) => sum + value, 0);
      assertEquals(run("near", n, ...at), dot(0, 1, 1));
      for (const [step, other] of [[2, 1], [5, 3]] as const) {
        const steps = [step * lanes.bytes, other * lanes.bytes] as const;
        assertEquals(run("apart", n, ...at, ...steps), dot(0, step, other));
        wide.fill(7);
        run("pairs", n, ...at, ...steps, 40_000);
        assertEquals([...wide], [0, 1, 2, 3].map((row) => 7 + dot(row, step, other)));
      }
    }
  });
}
