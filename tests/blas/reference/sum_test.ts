import { assertEquals } from "@std/assert";
import { sumByLoops, total } from "../../../blas/reference/sum.ts";
import { allocate, unsafeView, view } from "../../../blas/view.ts";
import { elementsOf } from "../layouts.ts";

const numbers = view(Float32Array.from({ length: 24 }, (_, k) => k % 2 === 0 ? 2 ** 24 + 2 * k : 1), [2, 3, 4]);

Deno.test("sumByLoops() adds over any axes in float64, and rounds once", () => {
  const sums = (kept: readonly number[]) => {
    const output = allocate("float32", kept), wide = allocate("float64", kept);
    sumByLoops(numbers, output);
    sumByLoops(numbers, wide);
    assertEquals(elementsOf(output), elementsOf(wide).map(Math.fround));
    return elementsOf(wide);
  };
  assertEquals(sums([1, 1, 1]), [12 * 2 ** 24 + 2 * 132 + 12]);
  assertEquals(sums([2, 1, 1]), [6 * 2 ** 24 + 2 * 30 + 6, 6 * 2 ** 24 + 2 * 102 + 6]);
  assertEquals(sums([1, 1, 4]), [6 * 2 ** 24 + 2 * 60, 6, 6 * 2 ** 24 + 2 * 72, 6]);
  assertEquals(sums([1, 3, 1]).length, 3);
});

Deno.test("sumByLoops() follows strides, backwards too, and adds nothing to 0", () => {
  const data = Float32Array.from([1, 2, 3, 4, 5, 6]), output = allocate("float32", [1, 3]);
  sumByLoops(unsafeView(data, [2, 3], [-3, 1], 3), output);
  assertEquals(elementsOf(output), [5, 7, 9]);
  const rows = allocate("float32", [3, 1]);
  sumByLoops(unsafeView(data, [3, 2], [1, 3], 0), rows);
  assertEquals(elementsOf(rows), [5, 7, 9]);
  sumByLoops(view(new Float32Array(0), [3, 0]), rows);
  assertEquals(elementsOf(rows), [0, 0, 0]);
});

Deno.test("total() adds numbers that are a step apart, whatever their number", () => {
  const data = Float64Array.from({ length: 40 }, (_, k) => k);
  for (let count = 0; count < 14; count++) {
    assertEquals(
      total(data, 1, 3, count),
      Array.from({ length: count }, (_, k) => 1 + 3 * k).reduce((a, b) => a + b, 0),
    );
  }
});

Deno.test("sumByLoops() adds long rows piece by piece, each number once, forwards and backwards", () => {
  const output = allocate("float64", [1]);
  for (const length of [4095, 4096, 4097, 8192, 10_001]) {
    const data = Float64Array.from({ length: 2 * length }, (_, k) => k);
    for (const [step, offset] of [[1, 0], [2, 0], [-2, 2 * length - 2]] as const) {
      sumByLoops(unsafeView(data, [length], [step], offset), output);
      assertEquals(elementsOf(output), [Math.abs(step) * length * (length - 1) / 2]);
    }
  }
});
