import { assertEquals } from "@std/assert";
import { lastWriters, scatterExtremum } from "../../blas/scatter.ts";
import { allocate, transposeView, view } from "../../blas/view.ts";
import { elementsOf } from "./layouts.ts";

const vector = (...numbers: readonly number[]) => view<"float64">(Float64Array.from(numbers));

Deno.test("lastWriters() names the last index of each place, -1 where there is none; indices are rounded and clamped", () => {
  const y = allocate("float64", [4]);
  lastWriters({ axis: 0, indices: vector(2, 0.4, 2, -5, 1.6), y });
  assertEquals(elementsOf(y), [3, -1, 4, -1]);
  lastWriters({ axis: 0, indices: vector(), y });
  assertEquals(elementsOf(y), [-1, -1, -1, -1]);
});

Deno.test("scatterExtremum() keeps the larger or smaller one, and NaN, along any axis of views", () => {
  const y = allocate("float64", [2, 2]),
    square = (...numbers: readonly number[]) => view<"float64">(Float64Array.from(numbers), [2, 2]);
  y.data.set([1, 5, 3, 3], y.offset);
  const indices = transposeView(square(0, 1, 0, 1));
  scatterExtremum({ axis: 1, extremum: "max", indices, values: square(4, 2, 9, NaN), y });
  assertEquals(elementsOf(y), [4, 5, 3, NaN]);
  scatterExtremum({ axis: 1, extremum: "min", indices, values: square(-1, 7, 7, 7), y });
  assertEquals(elementsOf(y), [-1, 5, 3, NaN]);
});
