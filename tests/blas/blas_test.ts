import { assertAlmostEquals, assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  allocate,
  asum,
  axpy,
  copy,
  dot,
  DTypeError,
  gemm,
  gemmBatched,
  gemv,
  ger,
  iamax,
  type MutableView,
  nrm2,
  scal,
  ShapeError,
  transposeView,
  type View,
  view,
} from "../../blas/mod.ts";
import * as blas from "../../blas/mod.ts";
import { elementsOf, layOut } from "./layouts.ts";

const vector = (...values: number[]) =>
  layOut("float64", [values.length], values) as MutableView<"float64"> & View<"float64">;
const matrix = (rows: number, columns: number, ...values: number[]) =>
  layOut("float64", [rows, columns], values) as MutableView<"float64"> & View<"float64">;
const vector32 = view(new Float32Array([1, 2])) as unknown as View<"float64">; // as callers without types can pass

Deno.test("level 1 computes what the names of BLAS stand for", () => {
  const x = vector(3, -4), y = vector(1, 2);
  assertEquals([dot(x, y), nrm2(x), asum(x), iamax(x)], [-5, 5, 7, 1]);
  axpy({ alpha: 2, x, y });
  assertEquals(elementsOf(y), [7, -6]);
  scal({ alpha: -1, x: y });
  assertEquals(elementsOf(y), [-7, 6]);
  copy({ x, y });
  assertEquals(elementsOf(y), [3, -4]);
});

Deno.test("levels 2 and 3 compute what the names of BLAS stand for", () => {
  const a = matrix(2, 3, 1, 2, 3, 4, 5, 6), y = vector(10, 20), c = matrix(2, 2, 1, 1, 1, 1);
  gemv({ alpha: 2, a, x: vector(1, 0, -1), beta: 1, y });
  assertEquals(elementsOf(y), [6, 16]);
  ger({ alpha: 2, x: vector(1, 2), y: vector(3, 4), a: c });
  assertEquals(elementsOf(c), [7, 9, 13, 17]);
  gemm({ alpha: 1, a, b: transposeView(a), beta: -1, c });
  assertEquals(elementsOf(c), [7, 23, 19, 60]);
  const batch = allocate("float64", [2, 1, 1]), row = view(new Float64Array([1, 2, 3, 4]), [2, 1, 2]);
  gemmBatched({ alpha: 1, a: row, b: transposeView(row, [0, 2, 1]), beta: 0, c: batch });
  assertEquals(elementsOf(batch as View), [5, 25]);
});

Deno.test("nrm2() neither overflows nor underflows on the way", () => {
  assertAlmostEquals(nrm2(vector(3e200, 4e200)) / 5e200, 1, 1e-15);
  assertAlmostEquals(nrm2(vector(3e-200, 4e-200)) / 5e-200, 1, 1e-15);
  assertEquals(nrm2(view(new Float32Array([3e-45, 0]))) > 0, true);
  assertEquals([nrm2(vector()), nrm2(vector(0, -0)), nrm2(vector(1, -Infinity)), nrm2(vector(Infinity, NaN))], [
    0,
    0,
    Infinity,
    NaN,
  ]);
});

Deno.test("every function names the shapes that do not fit, before it writes anything", () => {
  const a = matrix(2, 3, 1, 2, 3, 4, 5, 6), c = matrix(2, 2, 7, 7, 7, 7), y = vector(8, 8);
  assertThrows(
    () => dot(vector(1), y),
    ShapeError,
    "Cannot apply dot to x [1] and y [2]: wanted vectors of one length",
  );
  assertThrows(() => dot(a, a), ShapeError, "Cannot apply dot to x [2, 3] and y [2, 3]: wanted vectors of one length");
  assertThrows(() => axpy({ alpha: 1, x: vector(1), y }), ShapeError, "Cannot apply axpy to x [1] and y [2]");
  for (const [name, f] of [["scal", () => scal({ alpha: 1, x: a })], ["nrm2", () => nrm2(a)]] as const) {
    assertThrows(f, ShapeError, `Cannot apply ${name} to x [2, 3]`);
  }
  for (const [name, f] of [["asum", () => asum(a)], ["iamax", () => iamax(a)]] as const) {
    assertThrows(f, ShapeError, `Cannot apply ${name} to x [2, 3]`);
  }
  assertThrows(
    () => copy({ x: a, y: c }),
    ShapeError,
    "Cannot apply copy to x [2, 3] and y [2, 2]: wanted two views of",
  );
  assertThrows(() => ger({ alpha: 1, x: y, y: vector(1), a: c }), ShapeError, "wanted x [m], y [n] and a [m, n]");
  assertThrows(
    () => gemv({ alpha: 1, a, x: y, beta: 0, y }),
    ShapeError,
    "Cannot apply gemv to a [2, 3] and x [2] and",
  );
  assertThrows(
    () => gemv({ alpha: 1, a, x: vector(1, 1, 1), beta: 0, y: vector(1) }),
    ShapeError,
    "a [m, n], x [n] and y",
  );
  assertThrows(
    () => gemm({ alpha: 1, a, b: a, beta: 0, c }),
    ShapeError,
    "Cannot apply gemm to a [2, 3] and b [2, 3] and",
  );
  assertThrows(() => gemm({ alpha: 1, a: y, b: a, beta: 0, c }), ShapeError, "wanted a [m, k], b [k, n] and c [m, n]");
  const b = transposeView(a);
  assertThrows(
    () => gemmBatched({ alpha: 1, a, b, beta: 0, c }),
    ShapeError,
    "wanted a [batch, m, k], b [batch, k, n]",
  );
  assertEquals([...elementsOf(c), ...elementsOf(y)], [7, 7, 7, 7, 8, 8]);
});

Deno.test("every function rejects operands of two dtypes, and names them", () => {
  const y = vector(1, 2), c = matrix(2, 2, 1, 2, 3, 4);
  assertThrows(
    () => dot(vector32, y),
    DTypeError,
    "Cannot apply dot to float32 and float64: all operands must have one",
  );
  assertThrows(() => axpy({ alpha: 1, x: vector32, y }), DTypeError, "axpy");
  assertThrows(() => copy({ x: vector32, y }), DTypeError, "copy");
  assertThrows(() => ger({ alpha: 1, x: vector32, y, a: c }), DTypeError, "ger to float32 and float64 and float64");
  assertThrows(() => gemv({ alpha: 1, a: c, x: vector32, beta: 0, y }), DTypeError, "gemv");
  const b = view(new Float32Array(4), [2, 2]) as unknown as View<"float64">;
  assertThrows(() => gemm({ alpha: 1, a: c, b, beta: 0, c: allocate("float64", [2, 2]) }), DTypeError, "gemm");
});

Deno.test("the strided BLAS, views and scalar expressions say what they were given in place of what they take", () => {
  const library = blas as unknown as Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;
  const x = view(new Float64Array(2)), a = view(new Float64Array(4), [2, 2]);
  const junk = [undefined, null, 3, "x", Symbol("s"), 1n, {}, [], () => 1, Object.create(null)];
  const calls: readonly ((value: unknown) => unknown)[] = [
    ...["dot", "nrm2", "asum", "iamax", "axpy", "scal", "copy", "ger", "gemv", "gemm", "gemmBatched"].map(
      (name) => (value: unknown) => library[name]!(value),
    ),
    (value) => library.dot!(x, value),
    (value) => library.axpy!({ alpha: 1, x, y: value }),
    (value) => library.gemv!({ alpha: value === 3 ? "3" : value, a, x, beta: 0, y: x }),
    (value) => library.gemm!({ alpha: 1, a, b: value, beta: 0, c: a }),
    (value) => library.view!(new Float64Array(2), [2], value === undefined ? null : value),
    (value) => library.exp!(value === 3 ? "3" : value),
    (value) => library.add!(1, value === 3 ? "3" : value),
    (value) => library.argument!(value === 3 ? -3 : value),
    (value) => library.constantScalar!(value === 3 ? "3" : value),
    (value) => library.sizeOf!(Array.isArray(value) ? [-1] : value),
  ];
  for (const call of calls) {
    for (const value of junk) assertMatch(assertThrows(() => call(value), Error).message, /^Cannot [^]+: [^]+; [^]+$/);
  }
});
