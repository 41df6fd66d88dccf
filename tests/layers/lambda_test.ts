import { assertEquals, assertThrows } from "@std/assert";
import * as either from "../../blas/either.ts";
import { key, mul, sum, tensor64, toList } from "../../autograd/mod.ts";
import { forward, lambda } from "../../layers/mod.ts";

Deno.test("lambda() computes its function, and finds the shape by applying it to zeros", () => {
  const layer = lambda((x) => mul(x, 2));
  assertEquals(toList(forward(layer, layer.init(key(0)), tensor64([1, 2]))), [2, 4]);
  assertEquals(lambda((x) => sum(x)).outputShape([3]), either.right([]));
});

Deno.test("lambda() uses a given shape rule", () => {
  assertEquals(lambda((x) => x, { outputShape: () => either.right([7]) }).outputShape([3]), either.right([7]));
  assertThrows(() => lambda((x) => x, { outputShape: [7] as never }), TypeError, "a function from shapes to Either");
});
