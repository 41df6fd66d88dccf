import { assertEquals } from "@std/assert";
import { reduceSmall } from "../../../blas/simd/reduce_small.ts";
import { allocate, unsafeView, view } from "../../../blas/view.ts";
import { elementsOf } from "../layouts.ts";

const numbers = view(Float64Array.from([1, -2, 3, 4, 0.5, 6, 7, 8, -9, 10, 11, 12]), [2, 3, 2]);

Deno.test("reduceSmall() reduces axes that are neighbours, wherever they are", () => {
  const sums = (shape: readonly number[]) => {
    const output = allocate("float64", shape);
    return [reduceSmall("sum", numbers, output), elementsOf(output)];
  };
  assertEquals(sums([2, 3, 1]), [true, [-1, 7, 6.5, 15, 1, 23]]);
  assertEquals(sums([1, 3, 2]), [true, [8, 6, -6, 14, 11.5, 18]]);
  assertEquals(sums([1, 1, 2]), [true, [13.5, 38]]);
  assertEquals(sums([1, 1, 1]), [true, [51.5]]);
});

Deno.test("reduceSmall() knows every reduction, NaN and what nothing reduces to", () => {
  const given = view(Float32Array.from([2, -3, NaN, 5, 0.5, -1]), [2, 3]), none = view(new Float32Array(0), [2, 0]);
  for (
    const [reduction, first, second, empty] of [
      ["sum", NaN, 4.5, 0],
      ["product", NaN, -2.5, 1],
      ["max", NaN, 5, -Infinity],
      ["min", NaN, -1, Infinity],
    ] as const
  ) {
    const output = allocate("float32", [2, 1]);
    reduceSmall(reduction, given, output);
    assertEquals(elementsOf(output), [first, second], reduction);
    reduceSmall(reduction, none, output);
    assertEquals(elementsOf(output), [empty, empty], reduction);
  }
});

Deno.test("reduceSmall() adds float32 in float64", () => {
  const output = allocate("float32", [1]);
  reduceSmall("sum", view(Float32Array.from([2 ** 25, 1, 1, 1, 1])), output);
  assertEquals(elementsOf(output), [2 ** 25 + 4]);
});

Deno.test("reduceSmall() leaves axes that are apart, and results with gaps, to others", () => {
  const untouched = allocate("float64", [1, 3, 1]);
  assertEquals([reduceSmall("sum", numbers, untouched), elementsOf(untouched)], [false, [0, 0, 0]]);
  const apart = unsafeView(new Float64Array(4), [2, 1], [2, 1], 0);
  assertEquals(reduceSmall("sum", view(Float64Array.from([1, 2, 3, 4]), [2, 2]), apart), false);
});
