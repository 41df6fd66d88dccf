import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { withEngine } from "../../../blas/engine_in_use.ts";
import { engines } from "../../../blas/engines.ts";
import {
  batchStatistics,
  compile,
  full,
  gradient,
  ShapeError,
  standardDeviation,
  sum,
  type Tensor,
  tensor32,
  tensor64,
  toArray,
  toList,
  toNumber,
  transpose,
  variance,
} from "../../../autograd/mod.ts";

// python3 -c "import numpy as np; x=np.array([2.,4,4,4,5,5,7,9]); print(np.var(x),np.std(x),np.var(x,ddof=1),np.std(x,ddof=1))"
//   ->  4.0 2.0 4.571428571428571 2.138089935299395
Deno.test("variance() and standardDeviation() equal NumPy's, corrected or not", () => {
  const x = tensor64([2, 4, 4, 4, 5, 5, 7, 9]);
  assertEquals([toNumber(variance(x)), toNumber(standardDeviation(x))], [4, 2]);
  assertAlmostEquals(toNumber(variance(x, { correction: 1 })), 4.571428571428571, 1e-15);
  assertAlmostEquals(toNumber(standardDeviation(x, { correction: 1 })), 2.138089935299395, 1e-15);
});

Deno.test("variance() of float32 is divided before it is rounded, whatever the engine", () => {
  // The squared distances of 0, 1 … n - 1 from their mean add up to n (n^2 - 1) / 12, which float32 has to round.
  const exact = (n: number) => Math.fround((n * n - 1) / 12);
  const sizes = Array.from({ length: 40 }, (_, k) => 101 + 22 * k);
  for (const engine of [engines.simd, engines.reference]) {
    withEngine(engine, () => {
      for (const n of sizes) {
        const numbers = Array.from({ length: n }, (_, k) => k);
        const rows = tensor32([numbers, numbers]), columns = transpose(rows), wanted = [exact(n), exact(n)];
        for (const [t, axes] of [[rows, 1], [columns, 0]] as const) {
          assertEquals(toList(variance(t, { axes })), wanted);
          assertEquals(toList(batchStatistics(t === rows ? columns : t).variance), wanted);
        }
        if (n % 3 === 0) {
          assertEquals(toList(compile((x: Tensor<"float32">) => variance(x, { axes: 1 }))(rows)), wanted);
        }
      }
    });
  }
});

Deno.test("variance() keeps its digits where the mean is large", () => {
  assertEquals(toNumber(variance(tensor64([4, 7, 13, 16].map((x) => x + 1e9)), { correction: 1 })), 30);
  assertAlmostEquals(toNumber(variance(tensor32([4, 7, 13, 16].map((x) => x + 4096)), { correction: 1 })), 30, 1e-3);
});

Deno.test("the gradient of standardDeviation() is 0 where all elements are equal, not NaN", () => {
  const slope = gradient((x: Tensor<"float64">) => standardDeviation(x));
  assertEquals(toList(slope(tensor64([3, 3, 3]))), [0, 0, 0]);
  assertEquals(toList(gradient((x: Tensor<"float64">) => variance(x))(tensor64([3, 3, 3]))), [0, 0, 0]);
});

Deno.test("variance() is NaN if the correction leaves nothing to divide by, and without elements", () => {
  assertEquals(toNumber(variance(tensor64([1]), { correction: 1 })), NaN);
  assertEquals(toNumber(variance(tensor64([1]), { correction: 5 })), NaN);
  assertEquals(toNumber(variance(tensor64([]))), NaN);
  assertEquals(toNumber(variance(tensor64(7))), 0);
});

Deno.test("variance() refuses a correction that is not a number, and axes that do not exist", () => {
  assertThrows(
    () => standardDeviation(tensor64([1]), { correction: NaN }),
    RangeError,
    "Cannot apply standardDeviation with correction NaN: it must be a finite number; 0 and 1 are usual",
  );
  assertThrows(() => variance(tensor64([1]), { axes: 2 }), ShapeError, "Cannot apply variance");
  assertThrows(() => standardDeviation(tensor64([1]), { axes: 2 }), ShapeError, "Cannot apply standardDeviation");
});

Deno.test("the deviation of equal float32 numbers is 0, and so is its gradient, plain and compiled, whatever the number", () => {
  for (const value of [6.2345, 0.1, -1e7 / 3, 1e-30]) {
    const x = full([9, 2], value), deviation = (x: Tensor) => sum(standardDeviation(x, { axes: 0 }));
    assertEquals([toNumber(deviation(x)), toNumber(compile(deviation)(x))], [0, 0]);
    for (const f of [gradient(deviation), compile(gradient(deviation))]) {
      assert(toList(f(x)).every((slope) => slope === 0), String(value));
    }
  }
});

Deno.test("the variance of numbers that are large and close together keeps its digits", () => {
  const x = tensor32([1, 2, 3, 4].map((k) => 16_777_200 + k));
  assertEquals(toNumber(variance(x)), 1.25);
});

/** The largest error of the variance of rows of float32, plain and compiled, as a share of the largest variance. */
function errorOfRows(rows: readonly (readonly number[])[]): number {
  const narrow = tensor32(rows),
    exact = toList(variance(tensor64(toArray(narrow)), { axes: 1 })),
    most = Math.max(...exact);
  return Math.max(
    ...[variance, compile((x: Tensor<"float32">) => variance(x, { axes: 1 }))].flatMap((f) =>
      toList(f(narrow, { axes: 1 })).map((value, k) => Math.abs(value - exact[k]!) / most)
    ),
  );
}

Deno.test("the variance of numbers in rising order is rounded once, whatever the first of them", () => {
  for (const n of [1000, 4001, 30000]) {
    assert(errorOfRows([Array.from({ length: n }, (_, k) => (k + 1) / n)]) < 6e-8, String(n));
  }
});

Deno.test("the variance of a few numbers, one of which is large, is that of exact distances", () => {
  for (const n of [3, 4, 6, 12, 50, 200]) {
    const rows = Array.from(
      { length: 40 },
      (_, row) => Array.from({ length: n }, (_, k) => Math.sin(97 * row + k + 1) * (k === row % n ? 900 : 0.5)),
    );
    assert(errorOfRows(rows) < 1.6e-7, String(n));
  }
});

Deno.test("a variance that float32 cannot hold is Infinity, plain and compiled, in short and long rows", () => {
  const compiled = compile((x: Tensor<"float32">) => variance(x, { axes: 1 }));
  const short = [[1e20, 2e20, 3e20], [-3e37, 1, 2], [1e38, 3e38, 2e38]];
  const long = [1e20, 1e30, 1e38].map((scale) => Array.from({ length: 600 }, (_, k) => scale * Math.sin(k)));
  for (const x of [tensor32(short), tensor32(long)]) {
    assertEquals([toList(variance(x, { axes: 1 })), toList(compiled(x))], [[Infinity, Infinity, Infinity], [
      Infinity,
      Infinity,
      Infinity,
    ]]);
  }
});

Deno.test("a variance is Infinity where the distance from the first element overflows, and NaN beside infinities", () => {
  const f = (x: Tensor<"float32">) => variance(x, { axes: 1 });
  for (
    const [row, wanted] of [[[3e38, -3e38], Infinity], [[-3e38, 3e38, 1], Infinity], [[1, Infinity], NaN]] as const
  ) {
    for (const [rows, times] of [[1, 2], [100, 2], [3, 200]] as const) {
      const numbers = Array.from({ length: rows }, () => Array.from({ length: times }, () => row).flat());
      const x = tensor32(numbers), expected = numbers.map(() => wanted);
      assertEquals([toList(f(x)), toList(compile(f)(x))], [expected, expected], `${row} ${times} times`);
    }
  }
});

Deno.test("the variance of 12 numbers is off by no more than two roundings, in thousands of rows and columns too", () => {
  const rows = Array.from(
    { length: 3000 },
    (_, row) => Array.from({ length: 12 }, (_, k) => Math.sin(97 * row + k + 1) * (k === row % 12 ? 500 : 0.5)),
  );
  assert(errorOfRows(rows) < 1.3e-7);
});
