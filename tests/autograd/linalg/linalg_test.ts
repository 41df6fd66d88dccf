import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  compile,
  expandDims,
  eye,
  fft,
  gradient,
  key,
  matmul,
  mul,
  ones,
  randomNormal,
  rfft,
  ShapeError,
  sum,
  type Tensor,
  tensor32,
  tensor64,
  toArray,
  toList,
  toNumber,
  transpose,
  zeros,
} from "../../../mod.ts";
import { cholesky } from "../../../autograd/linalg/cholesky.ts";
import { determinant, logDeterminant } from "../../../autograd/linalg/determinant.ts";
import { eigh } from "../../../autograd/linalg/eigh.ts";
import { leastSquares } from "../../../autograd/linalg/least_squares.ts";
import { alignRightSides, singularError } from "../../../autograd/linalg/matrices.ts";
import { matrixPower } from "../../../autograd/linalg/matrix_power.ts";
import { norm } from "../../../autograd/linalg/norm.ts";
import { LINALG_MULTI_PRIMITIVES, LINALG_PRIMITIVES } from "../../../autograd/linalg/primitives.ts";
import { qr } from "../../../autograd/linalg/qr.ts";
import { inverse, solve } from "../../../autograd/linalg/solve.ts";
import { solveTriangular } from "../../../autograd/linalg/solve_triangular.ts";
import { svd } from "../../../autograd/linalg/svd.ts";

type T64 = Tensor<"float64">;

const make = (seed: number, shape: readonly number[]): T64 => randomNormal(key(seed), shape, { dtype: "float64" });

function assertNear(actual: Tensor, expected: Tensor, tolerance: number): void {
  assertEquals(actual.shape, expected.shape);
  toList(actual).forEach((x, i) => assertAlmostEquals(x, toList(expected)[i]!, tolerance));
}

const sizes = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), fc.nat(1e6));
const identity = (n: number): T64 => eye(n, n, { dtype: "float64" });

Deno.test("the factors of every matrix multiply to it, and are orthonormal and triangular", () => {
  fc.assert(fc.property(sizes, ([m, n, seed]) => {
    const a = make(seed, [m, n]), k = Math.min(m, n), { q, r } = qr(a), { u, s, v } = svd(a);
    assertNear(matmul(q, r), a, 1e-13);
    assertNear(matmul(transpose(q), q), identity(k), 1e-13);
    (toArray(r) as number[][]).forEach((row, i) => assertEquals(row.slice(0, i).every((x) => x === 0), true));
    assertNear(matmul(mul(u, s), transpose(v)), a, 1e-13);
    assertNear(matmul(transpose(u), u), identity(k), 1e-12);
    assertNear(matmul(transpose(v), v), identity(k), 1e-12);
    const values = toList(s);
    assertEquals(values.every((x, i) => x >= 0 && (i === 0 || x <= values[i - 1]!)), true);
  }));
});

Deno.test("a matrix of any rank has singular vectors that are orthonormal, those of 0 too", () => {
  fc.assert(fc.property(sizes, fc.integer({ min: 0, max: 3 }), ([m, n, seed], rank) => {
    const a = matmul(make(seed, [m, rank]), make(seed + 1, [rank, n])), k = Math.min(m, n), { u, s, v } = svd(a);
    assertNear(matmul(mul(u, s), transpose(v)), a, 1e-12);
    assertNear(matmul(transpose(u), u), identity(k), 1e-12);
    assertNear(matmul(transpose(v), v), identity(k), 1e-12);
  }));
});

Deno.test("eigenvectors turn a symmetric matrix into its eigenvalues, repeated ones too", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 14 }), fc.nat(1e6), fc.boolean(), (n, seed, repeated) => {
    const x = make(seed, [n, repeated ? Math.ceil(n / 3) : n]),
      a = matmul(x, transpose(x)),
      { values, vectors } = eigh(a);
    assertNear(matmul(mul(vectors, values), transpose(vectors)), a, 1e-12 * n * n);
    assertNear(matmul(transpose(vectors), vectors), identity(n), 1e-12);
    assertEquals(toList(values), toList(values).toSorted((p, q) => p - q));
  }));
});

Deno.test("scales of 1e±200 neither overflow nor vanish", () => {
  for (const scale of [1e200, 1e-200]) {
    const a = mul(tensor64([[3, 0], [4, 5]]), scale), { q, r } = qr(a), { u, s, v } = svd(a);
    assertNear(mul(matmul(q, r), 1 / scale), mul(a, 1 / scale), 1e-14);
    assertNear(mul(matmul(mul(u, s), transpose(v)), 1 / scale), mul(a, 1 / scale), 1e-14);
    assertAlmostEquals(toList(eigh(mul(tensor64([[2, 1], [1, 2]]), scale)).values)[1]! / scale, 3, 1e-14);
    assertAlmostEquals(toNumber(norm(tensor64([3 * scale, 4 * scale]))) / scale, 5, 1e-15);
  }
});

Deno.test("norms and their gradients neither overflow nor vanish, in either dtype, and lose no digit to that", () => {
  const slope = gradient((t: Tensor) => norm(t));
  for (const [make, scales] of [[tensor32, [2 ** 100, 2 ** -100, 2 ** -140]], [tensor64, [1e300, 1e-300]]] as const) {
    for (const scale of scales) {
      const t = make([3 * scale, 4 * scale]);
      assertAlmostEquals(toNumber(norm(t)) / scale, 5, 1e-15);
      [0.6, 0.8].forEach((x, k) => assertAlmostEquals(toList(slope(t))[k]!, x, make === tensor32 ? 1e-7 : 1e-15));
    }
  }
  assertEquals(toNumber(norm(tensor32([49]))), 49);
  assertEquals([Infinity, NaN].map((x) => toNumber(norm(tensor64([x, 1])))), [Infinity, NaN]);
});

Deno.test("programs compute only those results of decompositions and transforms that they need, with the same numbers", () => {
  const a = randomNormal(key(7), [2, 6, 5], { dtype: "float64" }), square = matmul(transpose(a, [0, 2, 1]), a);
  const parts: readonly ((a: Tensor<"float64">) => Tensor<"float64">)[] = [
    (a) => qr(a).q,
    (a) => qr(a).r,
    (a) => svd(a).u,
    (a) => svd(a).s,
    (a) => svd(a).v,
    (a) => rfft(a).real,
    (a) => rfft(a).imaginary,
    (a) => fft({ real: a, imaginary: mul(a, 2) }).imaginary,
  ];
  for (const part of parts) assertEquals(toArray(compile(part)(a)), toArray(part(a)));
  for (const part of ["values", "vectors"] as const) {
    const own = (a: Tensor<"float64">) => eigh(a)[part];
    assertEquals(toArray(compile(own)(square)), toArray(own(square)));
  }
});

Deno.test("the signs of vectors do not depend on rounding", () => {
  assertEquals(toList(eigh(tensor64([[0, 1], [1, 0]])).vectors).map(Math.sign), [1, 1, -1, 1]);
  assertEquals(toList(svd(tensor64([[-2, 0], [0, -1]])).u), [1, 0, 0, 1]);
  assertEquals(toArray(svd(tensor64([[-2, 0], [0, -1]])).v), [[-1, 0], [0, -1]]);
});

Deno.test("a vector is solved like a column, also one for each matrix of a stack", () => {
  const a = make(1, [2, 3, 3]), b = make(2, [2, 3]), x = solve(a, b);
  assertEquals(x.shape, [2, 3]);
  assertEquals(alignRightSides("solve", a, b).b.shape, [2, 3, 1]);
  assertNear(sum(mul(a, expandDims(x, 1)), { axes: 2 }), b, 1e-12);
  assertEquals(solve(a, make(3, [3])).shape, [2, 3]);
  assertEquals(solve(a, make(3, [3, 5])).shape, [2, 3, 5]);
});

Deno.test("singular matrices are errors that say so", () => {
  const singular = tensor64([[1, 2, 3], [4, 5, 6], [7, 8, 9]]), b = tensor64([1, 2, 3]);
  for (
    const [name, f] of Object.entries({
      solve: () => solve(singular, b),
      inverse: () => inverse(singular),
      logDeterminant: () => logDeterminant(singular),
      leastSquares: () => leastSquares(singular, b),
    })
  ) assertThrows(f, RangeError, `Cannot apply ${name} to a singular matrix, [3, 3]: `);
  assertThrows(
    () => inverse(singular),
    RangeError,
    "columns must be independent, and column 2 depends on those before it, up to rounding; add a small multiple of eye",
  );
  assertThrows(() => matrixPower(zeros([2, 2]), -1), RangeError, "a singular matrix");
  assertThrows(
    () => solveTriangular(tensor64([[1, 0], [1, 0]]), tensor64([1, 1])),
    RangeError,
    "its diagonal must not have zeros, and has one at 1",
  );
  assertThrows(
    () => inverse(tensor64([[[1, 0], [0, 1]], [[1, 2], [2, 4]]])),
    RangeError,
    "Cannot apply inverse to a stack of 2 matrices of which number 1 is singular, [2, 2]: ",
  );
  assertThrows(() => leastSquares(tensor64([[1, 2, 3], [2, 4, 6]]), tensor64([1, 2])), RangeError, "a singular matrix");
  const message = singularError("f", tensor64([[1]]).view, 0, "problem", "remedy").message;
  assertEquals(message, "Cannot apply f to a singular matrix, [1, 1]: problem; remedy");
});

Deno.test("a compiled program says, too, that a matrix is singular", () => {
  const invert = compile((a: T64) => inverse(a));
  assertNear(invert(tensor64([[0, 2], [4, 0]])), tensor64([[0, 0.25], [0.5, 0]]), 0);
  assertThrows(() => invert(zeros([2, 2], { dtype: "float64" })), RangeError, "singular");
});

Deno.test("badly scaled matrices that are not singular are no errors", () => {
  assertEquals(toList(solve(tensor64([[1, 0], [0, 2 ** -99]]), tensor64([1, 1]))), [1, 2 ** 99]);
  assertNear(solve(tensor64([[1e-20, 2e-20], [1, 3]]), tensor64([3e-20, 4])), tensor64([1, 1]), 1e-14);
});

Deno.test("the determinant of a singular matrix is 0, and has no gradient", () => {
  const a = tensor64([[1, 2], [2, 4]]);
  assertEquals(toNumber(determinant(a)), -0); // rows were exchanged
  assertThrows(() => gradient((x: T64) => determinant(x))(a), RangeError, "Cannot apply inverse to a singular matrix");
});

Deno.test("matrices that are not positive definite have no Cholesky factor", () => {
  assertThrows(
    () => cholesky(tensor64([[1, 2], [2, 1]])),
    RangeError,
    "Cannot apply cholesky to [2, 2]: the matrix must be positive definite, and is singular or indefinite: its leading " +
      "minor of order 2 is not above 0",
  );
  assertThrows(() => cholesky(tensor64([[[1]], [[0]]])), RangeError, "matrix 1 of the stack");
  assertThrows(() => cholesky(ones([3, 3])), RangeError, "leading minor of order 2");
});

Deno.test("numbers that are not finite give NaN and end", () => {
  for (const x of [NaN, Infinity]) {
    const a = tensor64([[x, 1], [1, 2]]);
    assertEquals([...toList(qr(a).q), ...toList(svd(a).s), ...toList(eigh(a).values)].every(Number.isNaN), true);
  }
  assertEquals(toList(inverse(tensor64([[NaN, 1], [1, 2]]))).every(Number.isNaN), true);
});

Deno.test("empty matrices have results", () => {
  const none = zeros([0, 0]);
  assertEquals([toNumber(determinant(none)), toNumber(logDeterminant(none))], [1, 0]);
  assertEquals([inverse(none), cholesky(none), eigh(none).vectors].map(({ shape }) => shape), [[0, 0], [0, 0], [0, 0]]);
  assertEquals(Object.values(svd(zeros([3, 0]))).map(({ shape }) => shape), [[3, 0], [0], [0, 0]]);
  assertEquals(Object.values(qr(zeros([0, 3]))).map(({ shape }) => shape), [[0, 0], [0, 3]]);
  assertEquals(solve(zeros([0, 3, 3]), zeros([3, 2])).shape, [0, 3, 2]);
  assertEquals([toNumber(norm(zeros([0]))), toNumber(norm(zeros([0]), { order: Infinity }))], [0, 0]);
});

Deno.test("the gradient of values is right where they coincide, and that of vectors is not finite", () => {
  const a = identity(2);
  assertEquals(toList(gradient((x: T64) => sum(eigh(x).values))(a)), [1, 0, 0, 1]);
  assertEquals(toList(gradient((x: T64) => sum(svd(x).s))(a)), [1, 0, 0, 1]);
  assertEquals(
    toList(gradient((x: T64) => sum(mul(eigh(x).vectors, make(0, [2, 2]))))(a)).every(Number.isFinite),
    false,
  );
});

Deno.test("the gradient of a norm at 0 is 0, of every order above 1", () => {
  for (const order of [2, 3, Infinity]) {
    assertEquals(toList(gradient((x: T64) => norm(x, { order }))(zeros([3], { dtype: "float64" }))), [0, 0, 0]);
  }
  assertEquals(toNumber(norm(tensor64([Infinity, 1]))), Infinity);
  assertEquals(toNumber(norm(tensor64([NaN, 1]))), NaN);
});

Deno.test("what does not fit is said", () => {
  assertThrows(
    () => solve(zeros([2, 3]), zeros([2])),
    ShapeError,
    "Cannot apply solve to a [2, 3]: a must have as many rows as columns, and has 2 and 3; leastSquares, qr and svd take",
  );
  assertThrows(() => qr(zeros([2])), ShapeError, "a must be [..., rows, columns], and has one axis");
  assertThrows(() => solve(zeros([2, 2]), zeros([3])), ShapeError, "b must have as many rows as a (2), and has 3");
  assertThrows(() => solve(zeros([2, 2]), zeros([])), ShapeError, "b must have at least one axis");
  assertThrows(() => solve(zeros([3, 2, 2]), zeros([4, 2, 1])), ShapeError, "the leading axes must be equal or 1");
  assertThrows(
    () => matrixPower(zeros([2, 2]), 0.5),
    RangeError,
    "Cannot apply matrixPower with 0.5 for exponent: it must be a whole number",
  );
  assertThrows(
    () => norm(zeros([2, 2, 2]), { order: 1 }),
    ShapeError,
    "an order asks for one axis, of vectors, or two",
  );
  assertThrows(() => norm(zeros([2]), { order: "nuclear" }), ShapeError, "an order asks for two axes");
  assertThrows(() => norm(zeros([2, 2]), { order: 3 }), RangeError, "Cannot apply norm with order 3 to matrices");
  assertThrows(() => norm(zeros([2]), { order: "fro" as "frobenius" }), RangeError, 'with "fro" for order');
});

Deno.test("primitives of linear algebra have names of their own", () => {
  const names = [...LINALG_PRIMITIVES, ...LINALG_MULTI_PRIMITIVES].map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
});
