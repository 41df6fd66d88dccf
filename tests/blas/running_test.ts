import { assertAlmostEquals, assertEquals } from "@std/assert";
import { linearRecurrence, runningExtremum, runningLogSumExp, runningSearch } from "../../blas/running.ts";
import { allocate, transposeView, view } from "../../blas/view.ts";
import { elementsOf } from "./layouts.ts";

const vector = (...numbers: readonly number[]) => view<"float64">(Float64Array.from(numbers));

Deno.test("linearRecurrence() starts at either end, where the first factor has no influence", () => {
  const a = vector(Infinity, 2, 3), b = vector(1, 10, 100), y = allocate("float64", [3]);
  linearRecurrence({ axis: 0, reverse: false, a, b, y });
  assertEquals([...elementsOf(y)], [1, 12, 136]);
  linearRecurrence({ axis: 0, reverse: true, a: vector(2, 3, NaN), b, y });
  assertEquals([...elementsOf(y)], [621, 310, 100]);
});

Deno.test("runningSearch() points at the last of equal ones, and at NaN from there on; runningExtremum() has the values", () => {
  const y = allocate("float64", [6]), x = vector(1, 3, 3, 2, NaN, 9);
  runningSearch({ axis: 0, extremum: "max", x, y });
  assertEquals([...elementsOf(y)], [0, 1, 2, 2, 4, 4]);
  runningSearch({ axis: 0, extremum: "min", x, y });
  assertEquals([...elementsOf(y)], [0, 0, 0, 0, 4, 4]);
  runningExtremum({ axis: 0, extremum: "max", x, y });
  assertEquals([...elementsOf(y)], [1, 3, 3, 3, NaN, NaN]);
});

Deno.test("runningLogSumExp() neither overflows nor loses infinities, along any axis of a view", () => {
  const x = transposeView(view<"float64">(Float64Array.of(1000, -Infinity, 1000, 0, 1000, Infinity), [3, 2]));
  const y = allocate("float64", [2, 3]);
  runningLogSumExp({ axis: 1, x, y });
  assertEquals([elementsOf(y)[0], elementsOf(y)[3], elementsOf(y)[4], elementsOf(y)[5]], [
    1000,
    -Infinity,
    0,
    Infinity,
  ]);
  assertAlmostEquals(elementsOf(y)[1]!, 1000 + Math.LN2, 1e-12);
  assertAlmostEquals(elementsOf(y)[2]!, 1000 + Math.log(3), 1e-12);
});

Deno.test("linearRecurrence() begins anew at a factor of 0, after infinity and NaN too", () => {
  const y = allocate("float64", [5]);
  linearRecurrence({ axis: 0, reverse: false, a: vector(1, 2, 0, 1, -0), b: vector(1, Infinity, 3, NaN, 5), y });
  assertEquals([...elementsOf(y)], [1, Infinity, 3, NaN, 5]);
});
