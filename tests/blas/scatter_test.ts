import { assertEquals } from "@std/assert";
import { scatterOnto } from "../../blas/scatter.ts";
import { allocate, transposeView, view } from "../../blas/view.ts";
import { elementsOf } from "./layouts.ts";

const vector = (...numbers: readonly number[]) => view<"float64">(Float64Array.from(numbers));

Deno.test("scatterOnto() puts the last of several in each place; indices are rounded and clamped", () => {
  const y = allocate("float64", [4]);
  scatterOnto({ axis: 0, combine: "set", indices: vector(2, 0.4, 2, -5, 1.6), values: vector(1, 2, 3, 4, 5), y });
  assertEquals(elementsOf(y), [4, 0, 5, 0]);
  scatterOnto({ axis: 0, combine: "set", indices: vector(), values: vector(), y });
  assertEquals(elementsOf(y), [4, 0, 5, 0]);
});

Deno.test("scatterOnto() keeps the larger or smaller one, and NaN, along any axis of views", () => {
  const y = allocate("float64", [2, 2]),
    square = (...numbers: readonly number[]) => view<"float64">(Float64Array.from(numbers), [2, 2]);
  y.data.set([1, 5, 3, 3], y.offset);
  const indices = transposeView(square(0, 1, 0, 1));
  scatterOnto({ axis: 1, combine: "max", indices, values: square(4, 2, 9, NaN), y });
  assertEquals(elementsOf(y), [4, 5, 3, NaN]);
  scatterOnto({ axis: 1, combine: "min", indices, values: square(-1, 7, 7, 7), y });
  assertEquals(elementsOf(y), [-1, 5, 3, NaN]);
});
