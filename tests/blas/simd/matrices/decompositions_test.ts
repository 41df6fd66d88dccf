import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Decompositions } from "../../../../blas/decompositions/decompositions.ts";
import { plainDecompositions } from "../../../../blas/decompositions/plain.ts";
import type { DType } from "../../../../blas/dtype.ts";
import { withEngine } from "../../../../blas/engine_in_use.ts";
import { engines } from "../../../../blas/engines.ts";
import { decompositionsInUse } from "../../../../blas/parts/decompositions.ts";
import type { Shape } from "../../../../blas/shape.ts";
import { createContext } from "../../../../blas/simd/context.ts";
import { hasSimd } from "../../../../blas/simd/features.ts";
import { decompositionsOn } from "../../../../blas/simd/matrices/decompositions.ts";
import { allocate, type MutableView, transposeView, type View, view } from "../../../../blas/view.ts";

const ignore = !hasSimd();
const plain = plainDecompositions();
const kernels = (mostRows?: number): Decompositions => decompositionsOn(createContext(), plain, mostRows);

/** Numbers without a pattern, with a heavier diagonal if asked. */
function numbers(dtype: DType, shape: Shape, seed: number, diagonal = 0): MutableView {
  const result: MutableView = allocate(dtype, shape), columns = shape.at(-1)!, rows = shape.at(-2)!;
  for (let k = 0; k < result.size; k++) {
    const x = Math.sin(k * 12.9898 + seed) * 43758.5453, i = Math.floor(k / columns) % rows;
    result.data[result.offset + k] = x - Math.floor(x) - 0.5 + (i === k % columns ? diagonal : 0);
  }
  return result;
}

const listOf = ({ data, offset, size }: View): readonly number[] =>
  Array.from({ length: size }, (_, k) => data[offset + k]!);

/** Compares what kernels and plain loops write to results of these shapes. */
function compare(
  dtype: DType,
  shapes: readonly Shape[],
  compute: (by: Decompositions, ...results: MutableView[]) => unknown,
  by: Decompositions,
  tolerance: number,
): void {
  const results = [by, plain].map((own) => {
    const outputs = shapes.map((shape): MutableView => allocate(dtype, shape));
    assertEquals(compute(own, ...outputs), undefined);
    return outputs.flatMap(listOf);
  });
  // An assertion for each number would take most of the time.
  const wrong = results[0]!.findIndex((x, k) => !(Math.abs(x - results[1]![k]!) <= tolerance));
  assertEquals(wrong, -1, `${dtype} ${shapes.join("; ")}: ${results[0]![wrong]} is not ${results[1]![wrong]}`);
}

const ORDERS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 31, 33, 40];

Deno.test({
  name: "kernels solve systems, factor and take determinants of every order as plain loops do",
  ignore,
  fn: () => {
    const own = kernels();
    for (const n of [...ORDERS, 200, 213]) {
      for (const dtype of ["float32", "float64"] as const) {
        const size = n > 100 ? 1 : 2,
          a = numbers(dtype, [size, n, n], n, n > 100 ? 9 : 2),
          turned = transposeView(a, [0, 2, 1]);
        const tolerance = dtype === "float32" ? 1e-5 : 1e-11, stack = [size, n, n];
        for (const given of n > 100 ? [turned] : [a, turned]) {
          compare(dtype, [stack], (by, x) => by.solve(given, undefined, x), own, tolerance);
          compare(dtype, [[size]], (by, x) => by.logDeterminant(given, x), own, tolerance * 10);
          if (n < 34) compare(dtype, [[size]], (by, x) => by.determinant(given, x), own, tolerance * 4 ** n);
          for (const width of n > 100 ? [10] : [0, 1, 3, 8, 10]) {
            const b = numbers(dtype, [size, n, width], width);
            compare(dtype, [[size, n, width]], (by, x) => by.solve(given, b, x), own, tolerance);
            for (const lower of [true, false]) {
              const side = n > 34 ? numbers(dtype, [size, n, n], n, 60) : given;
              compare(dtype, [b.shape], (by, x) => by.solveTriangular(side, b, lower, x), own, tolerance * 1e3);
            }
          }
          const positive = numbers(dtype, [size, n, n], n + 1, n + 1);
          compare(dtype, [stack], (by, l) => by.cholesky(positive, l), own, tolerance);
        }
      }
    }
  },
});

Deno.test({
  name: "kernels compute orthogonal factors, eigenvalues and singular values of every shape as plain loops do",
  ignore,
  fn: () => {
    const own = kernels();
    for (const n of ORDERS) {
      for (const dtype of ["float32", "float64"] as const) {
        const tolerance = dtype === "float32" ? 2e-5 : 1e-10;
        for (const m of n > 10 ? [n, n + 5] : [n, n + 1, n + 11]) {
          const a = numbers(dtype, [2, m, n], n + m, 1), wide = transposeView(a, [0, 2, 1]);
          const left = [2, m, n], square = [2, n, n];
          compare(dtype, [left, square], (by, q, r) => by.qr(a, q!, r!, n > 0), own, tolerance);
          compare(dtype, [left, [2, n], square], (by, u, s, v) => by.svd(a, u!, s!, v!), own, tolerance);
          compare(dtype, [square, [2, n], left], (by, u, s, v) => by.svd(wide, u!, s!, v!), own, tolerance);
        }
        const a = numbers(dtype, [2, n, n], n);
        compare(dtype, [[2, n], [2, n, n]], (by, x, y) => by.eigh(a, x!, y!), own, tolerance);
      }
    }
  },
});

Deno.test({
  name: "results that are not wanted are left out, and do not change the others",
  ignore,
  fn: () => {
    const own = kernels(),
      a = numbers("float64", [3, 20, 20], 5),
      fresh = (...shape: number[]): MutableView => allocate("float64", shape);
    const [q, r, values, vectors] = [fresh(3, 20, 20), fresh(3, 20, 20), fresh(3, 20), fresh(3, 20, 20)];
    const [u, s, v, alone, only, most] = [
      fresh(3, 20, 20),
      fresh(3, 20),
      fresh(3, 20, 20),
      fresh(3, 20, 20),
      fresh(3, 20),
      fresh(3, 20),
    ];
    own.qr(a, q, r, false);
    own.qr(a, undefined, alone, false);
    assertEquals(listOf(alone), listOf(r));
    own.eigh(a, values, vectors);
    own.eigh(a, only, undefined);
    assertEquals(listOf(only), listOf(values));
    own.svd(a, u, s, v);
    own.svd(a, undefined, most, undefined);
    assertEquals(listOf(most), listOf(s));
  },
});

Deno.test({
  name: "kernels name the matrix that fails and the place, as plain loops do",
  ignore,
  fn: () => {
    const own = kernels(),
      stack = (...matrices: readonly (readonly number[])[]) =>
        view(Float64Array.from(matrices.flat()), [matrices.length, 3, 3]);
    const fine = [1, 2, 0, 0, 1, 1, 1, 0, 3],
      dependent = [1, 2, 3, 4, 5, 6, 7, 8, 9],
      results: MutableView = allocate("float64", [2, 3, 3]);
    const cases: readonly ((by: Decompositions) => unknown)[] = [
      (by) => by.solve(stack(fine, dependent), undefined, results),
      (by) => by.logDeterminant(stack(fine, dependent), allocate("float64", [2])),
      (by) => by.cholesky(stack([4, 0, 0, 0, 4, 0, 0, 0, 4], [1, 0, 0, 0, 1, 2, 0, 2, 1]), results),
      (by) => by.qr(stack(fine, [1, 1, 0, 1, 1, 0, 0, 0, 1]), undefined, undefined, true),
      (by) => by.solveTriangular(stack(fine, [1, 0, 0, 5, 0, 0, 5, 5, 0]), stack(fine, fine), true, results),
      (by) => by.solveTriangular(stack(fine, [1, 0, 0, 5, 0, 0, 5, 5, 0]), stack(fine, fine), false, results),
    ];
    const failures = cases.map((f) => f(own));
    assertEquals(failures, cases.map((f) => f(plain)));
    assertEquals(failures.every((failure) => failure !== undefined), true);
  },
});

Deno.test({
  name: "matrices that are not finite, of rank 0 or nearly so, or of extreme size are decomposed as by plain loops",
  ignore,
  fn: () => {
    const own = kernels(), zero: MutableView = allocate("float64", [1, 18, 18]);
    zero.data.fill(0, zero.offset, zero.offset + zero.size);
    const low = view(Float64Array.from({ length: 324 }, (_, k) => Math.floor(k / 18) + 1), [1, 18, 18]);
    const tiny = view(Float64Array.from({ length: 324 }, (_, k) => 1e-300 * Math.sin(k * k)), [1, 18, 18]);
    for (const a of [zero, low, tiny]) {
      const u: MutableView = allocate("float64", [1, 18, 18]), v: MutableView = allocate("float64", [1, 18, 18]);
      const s: MutableView = allocate("float64", [1, 18]);
      own.svd(a, u, s, v);
      for (const side of [u, v]) {
        for (const [i, j] of [[0, 0], [0, 1], [3, 17], [17, 17]] as const) {
          let sum = 0;
          for (let k = 0; k < 18; k++) sum += side.get(0, k, i) * side.get(0, k, j);
          assertAlmostEquals(sum, i === j ? 1 : 0, 1e-12);
        }
      }
      let back = 0;
      for (let k = 0; k < 18; k++) back += u.get(0, 4, k) * s.get(0, k) * v.get(0, 2, k);
      assert(Math.abs(back - a.get(0, 4, 2)) <= 1e-13 * s.get(0, 0));
    }
    const spoiled = numbers("float64", [1, 3, 3], 0), last: MutableView = allocate("float64", [1, 3, 3]);
    spoiled.data[spoiled.offset + 4] = Infinity;
    own.qr(spoiled, last, undefined, false);
    assert(listOf(last).every(Number.isNaN));
    own.eigh(spoiled, undefined, last);
    assert(listOf(last).every(Number.isNaN));
    own.svd(spoiled, undefined, undefined, last);
    assert(listOf(last).every(Number.isNaN));
  },
});

Deno.test({
  name: "large systems are left to the products of an engine that was chosen, and all to the reference engine",
  ignore,
  fn: () => {
    const a = numbers("float64", [1, 80, 80], 3, 20), results: MutableView = allocate("float64", [1, 80, 80]);
    let calls = 0;
    const counting: Decompositions = { ...plain, solve: (...given) => (calls++, plain.solve(...given)) };
    decompositionsOn(createContext(), counting, 64).solve(a, undefined, results);
    decompositionsOn(createContext(), counting, 80).solve(a, undefined, results);
    decompositionsOn(createContext({ maximumBytes: 2 ** 20 }), counting).solve(
      numbers("float64", [1, 120, 120], 3, 20),
      undefined,
      allocate("float64", [1, 120, 120]),
    );
    assertEquals(calls, 2);
    const small = numbers("float64", [1, 20, 20], 3, 20), fresh = (): MutableView => allocate("float64", [1, 20, 20]);
    const [other, third] = [fresh(), fresh()];
    withEngine(engines.reference, () => decompositionsInUse().solve(small, undefined, other));
    plain.solve(small, undefined, third);
    assertEquals(listOf(other), listOf(third));
  },
});

Deno.test("factors of matrices of low rank are orthonormal, though what is left of their columns has no squares", () => {
  const patterns = [() => 1, (i: number, j: number) => (i + j) % 2, (i: number, j: number) => (i * j) % 5];
  for (const n of [14, 16, 31, 38, 47]) {
    for (const pattern of patterns) {
      const elements = Float64Array.from({ length: n * n }, (_, k) => pattern(Math.floor(k / n), k % n));
      for (const by of ignore ? [plain] : [plain, kernels()]) {
        const [q, r, u, v, vectors] = [1, 2, 3, 4, 5].map(() => allocate("float64", [n, n])) as MutableView<
          "float64"
        >[];
        const [s, values] = [allocate("float64", [n]), allocate("float64", [n])], a = view(elements, [n, n]);
        by.qr(a, q, r, false);
        by.svd(a, u, s, v);
        by.eigh(a, values, vectors);
        for (const factor of [q, u, v, vectors]) {
          const columns = listOf(factor!);
          for (let i = 0; i < n; i++) {
            for (let j = 0; j <= i; j++) {
              let product = i === j ? -1 : 0;
              for (let k = 0; k < n; k++) product += columns[k * n + i]! * columns[k * n + j]!;
              if (!(Math.abs(product) < 1e-13)) throw new Error(`columns ${i} and ${j} of ${n}: off by ${product}`);
            }
          }
        }
      }
    }
  }
});

Deno.test("an infinite number is not taken for 0, nor is a matrix of huge numbers for a singular one", () => {
  const a = view(Float64Array.of(2, 1, 1, Infinity), [2, 2]), one = view(Float64Array.of(1, 1), [2, 1]);
  const huge = view(Float64Array.of(3e300, 1e300, 0, 2e300), [2, 2]);
  for (const by of ignore ? [plain] : [plain, kernels()]) {
    const x = allocate("float64", [2, 1]), l = allocate("float64", [2, 2]), result = allocate("float64", []);
    assertEquals([by.solve(a, one, x), ...listOf(x)], [undefined, 0.5, 0]);
    assertEquals([by.logDeterminant(a, result), ...listOf(result)], [undefined, Infinity]);
    assertEquals([by.cholesky(a, l), l.get(1, 1)], [undefined, Infinity]);
    assertEquals(by.qr(huge, undefined, l, true), undefined);
    // Infinite below 0 is not positive.
    assertEquals(by.cholesky(view(Float64Array.of(2, 1, 1, -Infinity), [2, 2]), l)?.position, 2);
  }
});

Deno.test({
  name: "matrices of every size fit into the memory of kernels, or are decomposed by plain loops",
  ignore,
  fn: () => {
    // Singular values of 84 x 84 to 97 x 97 counted as fitting into 1 MiB, and did not, as those of 1,800 x 1,800 into 256.
    let isPlain = 0;
    const counting = { ...plain, svd: (...all: Parameters<Decompositions["svd"]>) => (isPlain++, plain.svd(...all)) };
    const by = () => decompositionsOn(createContext({ maximumBytes: 2 ** 20 }), counting);
    for (let n = 60; n <= 100; n += 1) {
      const a = numbers("float64", [n, n], n, n), of = (...shape: number[]): MutableView => allocate("float64", shape);
      assertEquals(by().qr(a, of(n, n), of(n, n), false), undefined);
      assertEquals(by().solve(a, a, of(n, n)), undefined);
      by().eigh(a, of(n), of(n, n));
      for (const [rows, columns] of [[n, n], [n, n - 7], [n - 7, n]] as const) {
        const few = Math.min(rows, columns);
        by().svd(numbers("float64", [rows, columns], n), of(rows, few), of(few), of(columns, few));
      }
    }
    assert(isPlain > 10 && isPlain < 120, `${isPlain} of 123`);
  },
});
