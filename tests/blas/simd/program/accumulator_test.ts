/**
 * Accumulators, and the loops that feed them (`reduced_levels.ts`).
 *
 * @module
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { Reduction } from "../../../../blas/reduction.ts";
import { type Accumulator, accumulatorOf } from "../../../../blas/simd/program/accumulator.ts";
import { loadLanes } from "../../../../blas/simd/program/lane_access.ts";
import { pointersTo } from "../../../../blas/simd/program/pointers.ts";
import { emitReducedLevels } from "../../../../blas/simd/program/reduced_levels.ts";
import { type FunctionBuilder, v128 } from "../../../../blas/wasm/mod.ts";
import { kernelMemory, wholes } from "../kernel_memory.ts";

const DTYPES = ["float32", "float64"] as const, WAYS = 3;
const PLAIN: { readonly [R in Reduction]: (a: number, b: number) => number } = {
  sum: (a, b) => a + b,
  product: (a, b) => a * b,
  max: (a, b) => Math.max(a, b),
  min: (a, b) => Math.min(a, b),
};

/** Accumulates six vectors, and returns the lanes and what all of them combine to. */
function accumulated(
  reduction: Reduction,
  dtype: (typeof DTYPES)[number],
  exact: boolean,
  numbers: readonly number[],
  minusZero = true,
) {
  const { run, put, take, lanes } = kernelMemory(
    dtype,
    false,
    (m) =>
      m.function({ name: "run", parameters: {} }, (f) => {
        const one = accumulatorOf(f, { reduction, dtype, ways: WAYS, exact, minusZero });
        const feed = (emit: () => void) => {
          one.begin();
          for (let k = 0; k < 6; k++) {
            one.absorb(v128.load(512, 16 * k), k % WAYS);
            if (k === 3) one.settle();
          }
          emit();
        };
        feed(() => f.do(v128.store(0, one.lanes())));
        feed(() => f.do(v128.store(16, one.lowest())));
      }),
  );
  put(512 / lanes.bytes, numbers.slice(0, 6 * lanes.count));
  run("run");
  const join = PLAIN[reduction], given = numbers.slice(0, 6 * lanes.count);
  const wanted = Array.from(
    { length: lanes.count },
    (_, lane) => given.filter((_, k) => k % lanes.count === lane).reduce(join),
  );
  return { lanes: take(0, lanes.count), lowest: take(lanes.count, 1)[0], wanted, whole: given.reduce(join) };
}

for (const dtype of DTYPES) {
  for (const reduction of ["sum", "product", "max", "min"] as const) {
    Deno.test(`${reduction} of lanes, and of all of them, in ${dtype}, in groups or one by one`, () => {
      const numbers = wholes(24, 4).map((x) => reduction === "product" ? x === 0 ? 1 : Math.sign(x) * 2 : x);
      for (const exact of [false, true]) {
        const { lanes, lowest, wanted, whole } = accumulated(reduction, dtype, exact, numbers);
        assertEquals([lanes, lowest], [wanted, whole]);
      }
    });
  }

  Deno.test(`extrema keep NaN and order -0 and 0, in ${dtype}`, () => {
    const zeros = wholes(24, 2).map((x) => x > 0 ? 0 : -0);
    for (const reduction of ["max", "min"] as const) {
      const { lanes, lowest, wanted, whole } = accumulated(reduction, dtype, false, zeros);
      assertEquals([lanes, lowest], [wanted, whole]);
      const all = new Array(24).fill(-0);
      assertEquals(accumulated(reduction, dtype, false, all).lowest, -0);
      assertEquals(accumulated(reduction, dtype, false, zeros.map((x, k) => k === 7 ? NaN : x)).lowest, NaN);
    }
  });
}

Deno.test("extrema of numbers that are never -0 are found without looking at signs, NaN still kept", () => {
  const numbers = wholes(24, 3).map((x) => x === 0 ? 0 : x);
  for (const dtype of DTYPES) {
    for (const reduction of ["max", "min"] as const) {
      const { lanes, lowest, wanted, whole } = accumulated(reduction, dtype, false, numbers, false);
      assertEquals([lanes, lowest], [wanted, whole]);
      assertEquals(accumulated(reduction, dtype, false, numbers.map((x, k) => k === 5 ? NaN : x), false).lowest, NaN);
    }
  }
});

Deno.test("sums of float32 that are exact lose no digit, and groups of them few", () => {
  const numbers = Array.from({ length: 24 }, (_, k) => k % 4 === 0 ? k % 8 === 0 ? 2 ** 24 : -(2 ** 24) : 1);
  assertEquals(accumulated("sum", "float32", true, numbers).lowest, 18);
  assertAlmostEquals(accumulated("sum", "float32", false, numbers).lowest!, 18, 4);
});

Deno.test("loops over reduced levels add every element, and lose no digits where sums settle", () => {
  for (const [rows, columns] of [[3, 8], [1, 2400], [150, 40], [7, 401]] as const) {
    const iterations = Math.floor(columns / 4), rest = columns % 4;
    const { run, put, take } = kernelMemory(
      "float32",
      false,
      (m) =>
        m.function({ name: "run", parameters: {} }, (f: FunctionBuilder) => {
          const pointers = pointersTo(f, [{ base: 4096, strides: [4 * columns, 4] }], { moves: () => true });
          const one: Accumulator = accumulatorOf(f, {
            reduction: "sum",
            dtype: "float32",
            ways: 1,
            exact: false,
            minusZero: true,
          });
          const at = (offset: number) => pointers.place(0, offset),
            single = (k: number) => [4 * (columns - rest + k)];
          emitReducedLevels({ pointers, lengths: [rows, columns], kept: 0, accumulators: [one] }, {
            iterations,
            step: 4,
            iteration: () => one.absorb(loadLanes(at, [0, 4, 8, 12], 4), 0),
            rest: () => {
              // One by one, beside three lanes of 0.
              for (let k = 0; k < rest; k++) {
                const { address, offset } = at(single(k)[0]!);
                one.absorb(v128.load32_zero(address, offset), 0);
              }
            },
          });
          f.do(v128.store(0, one.lowest()));
        }),
    );
    const numbers = Array.from({ length: rows * columns }, (_, k) => 2 ** 16 + k % 7);
    put(1024, numbers);
    run("run");
    const wanted = Math.fround(numbers.reduce((a, b) => a + b));
    assertAlmostEquals(take(0, 1)[0]! / wanted, 1, 2 ** -22, `${rows} times ${columns}`);
  }
});
