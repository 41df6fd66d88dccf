import { assertEquals } from "@std/assert";
import { neighboursOf, reduceSmall, walksOf } from "../../../blas/simd/reduce_small.ts";
import { allocate, transposeView, unsafeView, view } from "../../../blas/view.ts";
import { sizeOf } from "../../../blas/shape.ts";
import { reductionWalks } from "../../../blas/walk.ts";
import { elementsOf } from "../layouts.ts";

const numbers = view(Float64Array.from([1, -2, 3, 4, 0.5, 6, 7, 8, -9, 10, 11, 12]), [2, 3, 2]);

Deno.test("reduceSmall() reduces axes that are neighbours, wherever they are", () => {
  const sums = (shape: readonly number[]) => {
    const output = allocate("float64", shape);
    reduceSmall("sum", neighboursOf(numbers, output)!, numbers, output);
    return elementsOf(output);
  };
  assertEquals(sums([2, 3, 1]), [-1, 7, 6.5, 15, 1, 23]);
  assertEquals(sums([1, 3, 2]), [8, 6, -6, 14, 11.5, 18]);
  assertEquals(sums([1, 1, 2]), [13.5, 38]);
  assertEquals(sums([1, 1, 1]), [51.5]);
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
    reduceSmall(reduction, neighboursOf(given, output)!, given, output);
    assertEquals(elementsOf(output), [first, second], reduction);
    reduceSmall(reduction, neighboursOf(none, output)!, none, output);
    assertEquals(elementsOf(output), [empty, empty], reduction);
  }
});

Deno.test("reduceSmall() adds float32 in float64", () => {
  const output = allocate("float32", [1]), input = view(Float32Array.from([2 ** 25, 1, 1, 1, 1]));
  reduceSmall("sum", neighboursOf(input, output)!, input, output);
  assertEquals(elementsOf(output), [2 ** 25 + 4]);
});

Deno.test("neighboursOf() leaves axes that are apart, and arrays with gaps, to others", () => {
  assertEquals(neighboursOf(numbers, allocate("float64", [1, 3, 1])), undefined);
  const square = view(Float64Array.from([1, 2, 3, 4]), [2, 2]),
    apart = unsafeView(new Float64Array(4), [2, 1], [2, 1], 0);
  assertEquals(neighboursOf(square, apart), undefined);
  assertEquals(neighboursOf(transposeView(numbers), allocate("float64", [2, 3, 1])), undefined);
  assertEquals(neighboursOf(square, allocate("float64", [1, 2])), { outer: 1, length: 2, inner: 2 });
});

Deno.test("walksOf() returns the walks that reductionWalks() does", () => {
  for (const kept of [[2, 1, 2], [2, 1, 1], [1, 1, 2], [2, 3, 1], [1, 1, 1]]) {
    const output = allocate("float64", kept), { outside, inside } = walksOf(neighboursOf(numbers, output)!);
    const wanted = reductionWalks(numbers, output);
    assertEquals([outside.shape, inside], [wanted.outside.shape, wanted.inside], `[${kept}]`);
    if (sizeOf(kept) > 1) assertEquals(outside, wanted.outside, `[${kept}]`);
  }
});
