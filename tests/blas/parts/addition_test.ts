import { assertEquals, assertStrictEquals } from "@std/assert";
import { additionPart, mappingInUse } from "../../../blas/parts/addition.ts";
import { arithmeticPart } from "../../../blas/parts/arithmetic.ts";
import { reducePart } from "../../../blas/parts/reduce.ts";
import { reducingInUse, sumPart } from "../../../blas/parts/sum.ts";
import { addByLoops } from "../../../blas/reference/addition.ts";
import { map } from "../../../blas/reference/map.ts";
import { ADDITION } from "../../../blas/scalar/interned.ts";
import { allocate, broadcastView, transposeView, type View, view } from "../../../blas/view.ts";

// These two come first: an operation that needs more brings it for good.
Deno.test("a program that only adds brings no other kernels", () => {
  const x = view(new Float64Array([1, 2, 3])) as View, sum = allocate("float64", [3]);
  additionPart.standard().map(ADDITION, [x, x], sum);
  assertEquals([...sum.data.slice(sum.offset, sum.offset + 3)], [2, 4, 6]);
  assertEquals(mappingInUse.current, undefined);
  arithmeticPart.standard();
  assertEquals(typeof mappingInUse.current, "function");
  assertStrictEquals(additionPart.standard().map, arithmeticPart.standard().map);
});

Deno.test("a program that only sums brings no other kernels", () => {
  const x = view(Float64Array.from({ length: 300 }, (_, i) => i)) as View, sum = allocate("float64", [1]);
  sumPart.standard().reduce("sum", x, sum);
  assertEquals(sum.data[sum.offset], 300 * 299 / 2);
  assertEquals(reducingInUse.current, undefined);
  reducePart.standard().reduce("max", x, sum);
  assertEquals([sum.data[sum.offset], typeof reducingInUse.current], [299, "function"]);
});

Deno.test("addByLoops() adds what the reference engine's map adds", () => {
  const matrix = view(Float32Array.from({ length: 6 }, (_, i) => i + 0.1), [2, 3]) as View;
  const turned = transposeView(view(Float32Array.from({ length: 6 }, (_, i) => 10 * i), [3, 2]) as View, [1, 0]);
  const row = broadcastView(view(new Float32Array([5, 6, 7])) as View, [2, 3]);
  for (const [x, y] of [[matrix, matrix], [matrix, turned], [row, turned]] as const) {
    const [one, two] = [addByLoops, map].map((add) => {
      const sum = allocate("float32", [2, 3]);
      add(ADDITION, [x, y], sum);
      return [...sum.data.slice(sum.offset, sum.offset + 6)];
    });
    assertEquals(one, two);
  }
  const nothing = allocate("float32", [0, 3]);
  addByLoops(ADDITION, [nothing, nothing], nothing);
});
