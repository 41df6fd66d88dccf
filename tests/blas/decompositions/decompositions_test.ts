import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { SubtractProduct } from "../../../blas/decompositions/matrices.ts";
import { gemm } from "../../../blas/reference/gemm.ts";
import { factorCholesky } from "../../../blas/decompositions/cholesky.ts";
import { rotateRuns, symmetricEigenpairs } from "../../../blas/decompositions/eigh.ts";
import { factorLu, identity, solveLu } from "../../../blas/decompositions/lu.ts";
import {
  dotRuns,
  lengthOf,
  matrixOffsets,
  matrixWriter,
  powerOfTwoNear,
  readMatrix,
  reflectionOf,
  transposed,
  withMatrix,
} from "../../../blas/decompositions/matrices.ts";
import { factorQr } from "../../../blas/decompositions/qr.ts";
import { signOfRun } from "../../../blas/decompositions/signs.ts";
import { singularTriplets } from "../../../blas/decompositions/svd.ts";
import { solveTriangle } from "../../../blas/decompositions/triangular.ts";
import { allocate, transposeView, view } from "../../../blas/view.ts";

Deno.test("matrices are read through any strides, and written one after the other", () => {
  const stack = view(Float64Array.from({ length: 12 }, (_, i) => i), [2, 2, 3]),
    turned = transposeView(stack, [0, 2, 1]);
  assertEquals(matrixOffsets(turned), [0, 6]);
  assertEquals([...readMatrix(turned, 6)], [6, 9, 7, 10, 8, 11]);
  const result = allocate("float64", [2, 1, 2]), write = matrixWriter(result);
  write(Float64Array.of(1, 2));
  write(Float64Array.of(3, 4));
  assertEquals([result.get(0, 0, 1), result.get(1, 0, 0)], [2, 3]);
  assertEquals([...transposed(Float64Array.of(1, 2, 3, 4, 5, 6), 2, 3)], [1, 4, 2, 5, 3, 6]);
  assertEquals(withMatrix([5, 2, 3], 4, 1), [5, 4, 1]);
});

Deno.test("powers of two are near the largest number, and exist for all but those that are not finite", () => {
  assertEquals([0, 1, 3, -1e200, 5e-324].map((x) => powerOfTwoNear(Float64Array.of(0, x))), [
    1,
    1,
    2,
    2 ** 664,
    2 ** -1022,
  ]);
  assertEquals([NaN, -Infinity].map((x) => powerOfTwoNear(Float64Array.of(0, x))), [undefined, undefined]);
});

Deno.test("inner products of runs of every length are exact on whole numbers", () => {
  const a = Float64Array.from({ length: 12 }, (_, i) => i + 1);
  for (let n = 0; n < 12; n++) assertEquals(dotRuns(a, 0, a, 0, n), n * (n + 1) * (2 * n + 1) / 6);
});

Deno.test("lengths and reflections of numbers without squares have all their digits", () => {
  for (const size of [1, 1e-120, 1e-170, 1e-290]) {
    assertAlmostEquals(lengthOf(3 * size, 4 * size) / size, 5, 1e-14);
    const run = Float64Array.of(3, 2, 2, 2, 2).map((x) => x * size), reflection = reflectionOf(run, 0, 5)!;
    assertAlmostEquals(reflection.side / size, -5, 1e-14);
    assertAlmostEquals(reflection.factor, 1.6, 1e-14);
    assertAlmostEquals(run[1]! * reflection.scale * reflection.inverse, 0.25, 1e-14);
  }
  assertEquals(reflectionOf(Float64Array.of(1e-300, 0), 0, 2), undefined);
});

Deno.test("LU factors exchange rows, know the sign, and name a dependent column whatever the scale", () => {
  const swapped = factorLu(Float64Array.of(0, 2, 4, 0), 2);
  assertEquals([[...swapped.order], swapped.sign, swapped.dependent], [[1, 0], -1, -1]);
  assertEquals([...solveLu(swapped, 2, Float64Array.of(6, 4), 1)], [1, 3]);
  for (const scale of [1, 1e-30, 1e30]) {
    const dependent = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9).map((x) => x * scale);
    assertEquals(factorLu(dependent, 3).dependent, 2);
  }
  assertEquals(factorLu(Float64Array.of(1, 0, 0, 1e-300), 2).dependent, -1);
  assertEquals([...identity(2)], [1, 0, 0, 1]);
});

Deno.test("a Hilbert matrix of order 8, nearly singular, is regular still", () => {
  const n = 8, hilbert = Float64Array.from({ length: n * n }, (_, at) => 1 / (Math.floor(at / n) + at % n + 1));
  assertEquals(factorLu(hilbert.slice(), n).dependent, -1);
  assert(typeof factorCholesky(hilbert, n) !== "number");
});

Deno.test("triangles are solved without a look at the other one", () => {
  const a = Float64Array.of(2, NaN, 1, 5), b = Float64Array.of(2, 11);
  assertEquals([solveTriangle(a, 2, b, 1, true), ...b], [-1, 1, 2]);
  assertEquals(solveTriangle(Float64Array.of(1, 1, 0, 0), 2, Float64Array.of(1, 1), 1, false), 1);
});

Deno.test("QR has LAPACK's signs", () => {
  // python3 -c "import numpy as np; print(np.linalg.qr([[3., 1], [4, 2], [0, 5]])[1])"
  //   ->  [[-5. -2.2], [0. -5.015974481593781]]
  const { r } = factorQr(Float64Array.of(3, 1, 4, 2, 0, 5), 3, 2);
  [-5, -2.2, 0, -5.015974481593781].forEach((x, i) => assertAlmostEquals(r[i]!, x, 1e-14));
});

Deno.test("the sign of a run is that of the first of its largest elements, up to rounding", () => {
  assertEquals(signOfRun(Float64Array.of(0.5, -1, 1 + 1e-15), 0, 3), -1);
  assertEquals(signOfRun(Float64Array.of(-5, 0, 0), 1, 2), 1);
});

Deno.test("rotations turn a pair of runs", () => {
  const a = Float64Array.of(1, 0, 0, 1);
  rotateRuns(a, 0, 2, 2, 0.6, 0.8);
  assertEquals([...a], [0.6, 0.8, -0.8, 0.6]);
});

Deno.test("eigenvalues of the second difference are those of the formula", () => {
  const n = 40, a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    a[i * n + i] = 2;
    if (i > 0) a[i * n + i - 1] = a[(i - 1) * n + i] = -1;
  }
  symmetricEigenpairs(a, n).values.forEach((value, k) =>
    assertAlmostEquals(value, 4 * Math.sin((k + 1) * Math.PI / (2 * (n + 1))) ** 2, 1e-14)
  );
});

Deno.test("singular values of very different size are exact relative to themselves", () => {
  const scales = [1, 1e-8, 1e-16, 1e-24], a = new Float64Array(16);
  // Orthogonal columns of length 2.
  const signs = [1, 1, 1, 1, 1, -1, 1, -1, 1, 1, -1, -1, 1, -1, -1, 1];
  signs.forEach((sign, at) => a[at] = sign * scales[at % 4]!);
  singularTriplets(a, 4, 4).s.forEach((s, k) => assertAlmostEquals(s / (2 * scales[k]!), 1, 1e-14));
});

Deno.test("large matrices are factored and solved in blocks, as small ones are column by column", () => {
  const n = 200,
    width = 20,
    entry = (i: number, j: number): number => Math.sin(i * 12.9898 + j * 78.233) + (i === j ? 6 : 0);
  const a = Float64Array.from({ length: n * n }, (_, k) => entry(Math.floor(k / n), k % n));
  const b = Float64Array.from({ length: n * width }, (_, k) => Math.cos(k));
  let products = 0;
  const subtract: SubtractProduct = (x, y, z) => {
    products++;
    gemm({ alpha: -1, a: x, b: y, beta: 1, c: z });
  };
  const plain = factorLu(a.slice(), n), blocked = factorLu(a.slice(), n, subtract);
  assertEquals([blocked.order, blocked.sign, blocked.dependent], [plain.order, plain.sign, plain.dependent]);
  blocked.lu.forEach((x, k) => assertAlmostEquals(x, plain.lu[k]!, 1e-11));
  const [x, y] = [solveLu(plain, n, b, width), solveLu(blocked, n, b, width, subtract)];
  y.forEach((own, k) => assertAlmostEquals(own, x[k]!, 1e-11));
  const symmetric = a.map((own, k) => own + a[(k % n) * n + Math.floor(k / n)]! + (k % (n + 1) === 0 ? 400 : 0));
  const [l, m] = [factorCholesky(symmetric, n), factorCholesky(symmetric, n, subtract)] as [Float64Array, Float64Array];
  m.forEach((own, k) => assertAlmostEquals(own, l[k]!, 1e-12));
  assert(products > 12);
  const indefinite = symmetric.slice();
  indefinite[150 * n + 150] = -1;
  assertEquals(factorCholesky(indefinite, n, subtract), factorCholesky(indefinite, n));
});
