/**
 * Reductions as functions: against sums computed exactly, NaN, nothing.
 *
 * @module
 */
import { assert, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { BYTES_PER_ELEMENT, type DType } from "../../../../blas/dtype.ts";
import type { Reduction } from "../../../../blas/engine.ts";
import { buildReduce } from "../../../../blas/simd/program/reduce_function.ts";
import { ALL_FUNCTIONS } from "../../../../blas/simd/math/mod.ts";
import { add, argument, type Scalar } from "../../../../blas/scalar/scalar.ts";
import { rowMajorStrides, type Shape, sizeOf } from "../../../../blas/shape.ts";
import { over, RELAXED } from "../../program/memory/memory.ts";

const DTYPES: readonly DType[] = ["float32", "float64"];
const REDUCTIONS: readonly Reduction[] = ["sum", "product", "max", "min"];

/** Reduces numbers in row-major order. */
function reduce(
  reduction: Reduction,
  dtype: DType,
  shape: Shape,
  axes: readonly number[],
  values: ArrayLike<number>,
  expression: Scalar = argument(0),
): readonly number[] {
  const bytes = BYTES_PER_ELEMENT[dtype], size = sizeOf(shape), result = Math.ceil(size * bytes / 64) * 64 + 64;
  const kept = shape.filter((_, axis) => !axes.includes(axis)), count = sizeOf(kept);
  const { memory, run } = over(Math.ceil((result + count * bytes + 64) / 65536), (m, slowPaths) =>
    buildReduce(m, {
      reduction,
      axes,
      dtype,
      relaxed: RELAXED,
      slowPaths,
      functions: ALL_FUNCTIONS,
      loop: {
        shape,
        operands: [{ value: 0, shape, stride: rowMajorStrides(shape), offset: 0 }],
        expressions: [expression],
      },
      address: () => 0,
      result,
    }));
  const all = dtype === "float32" ? new Float32Array(memory.buffer) : new Float64Array(memory.buffer);
  all.fill(NaN);
  all.set(values);
  run();
  const to = result / bytes;
  assert([...all.subarray(to + count, to + count + 4)].every(Number.isNaN), "nothing is written behind the result");
  return [...all.subarray(to, to + count)];
}

Deno.test("reductions of nothing give the identity", () => {
  for (const dtype of DTYPES) {
    for (const [shape, axes] of [[[0], [0]], [[3, 0], [1]], [[0, 3], [0]], [[2, 0, 2], [1, 2]]] as const) {
      const all = REDUCTIONS.map((reduction) => new Set(reduce(reduction, dtype, shape, axes, [])));
      assertEquals(all, [0, 1, -Infinity, Infinity].map((value) => new Set([value])));
    }
    assertEquals(reduce("sum", dtype, [3, 0], [0], []), []);
  }
});

Deno.test("max and min are NaN if any element is, in every position, along rows and down columns", () => {
  for (const dtype of DTYPES) {
    for (const reduction of ["max", "min"] as const) {
      for (const n of [1, 3, 5, 17, 40]) {
        for (let at = 0; at < n; at++) {
          const values = Array.from({ length: n }, (_, i) => i === at ? NaN : i - 3);
          assertEquals(reduce(reduction, dtype, [n], [0], values), [NaN]);
          const table = values.flatMap((value) => [1, value, 3, 4, 5]);
          assertEquals(reduce(reduction, dtype, [n, 5], [0], table), [1, NaN, 3, 4, 5]);
        }
      }
    }
  }
});

Deno.test("sums of a million float32 keep their digits, in any layout", () => {
  const n = 1_000_000, values = Float32Array.from({ length: n }, (_, i) => 0.1 + (i * 7919 % 1009) / 1009);
  const exact = values.reduce((sum, value) => sum + value, 0); // in float64
  for (const [shape, axes] of [[[n], [0]], [[1000, 1000], [0, 1]], [[n, 1], [0]]] as const) {
    const [sum] = reduce("sum", "float32", shape, axes, values);
    assertLess(Math.abs(sum! - exact) / exact, 1e-7);
  }
  for (const [shape, axes] of [[[125_000, 8], [0]], [[8, 125_000], [1]], [[50, 8, 2500], [0, 2]]] as const) {
    const sums = reduce("sum", "float32", shape, axes, values), joined = sums.reduce((sum, value) => sum + value, 0);
    assertEquals(sums.length, 8);
    assertLess(Math.abs(joined - exact) / exact, 1e-7);
  }
});

Deno.test("the reduced values are computed in the same loop", () => {
  fc.assert(fc.property(fc.nat(60), fc.nat(40), fc.constantFrom(...DTYPES), (m, n, dtype) => {
    const values = Array.from({ length: m * n }, (_, i) => i % 11);
    const wanted = (rows: boolean) =>
      Array.from(
        { length: rows ? m : n },
        (_, k) => values.reduce((sum, value, i) => (rows ? Math.floor(i / n) : i % n) === k ? sum + value + 1 : sum, 0),
      );
    assertEquals(reduce("sum", dtype, [m, n], [1], values, add(argument(0), 1)), wanted(true));
    assertEquals(reduce("sum", dtype, [m, n], [0], values, add(argument(0), 1)), wanted(false));
  }));
});

Deno.test("products of float32 do not overflow on the way", () => {
  assertEquals(reduce("product", "float32", [4], [0], [1e30, 1e30, 1e-30, 1e-30]).map(Math.fround), [1]);
});
