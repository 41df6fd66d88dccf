import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  backward,
  cumsum,
  flip,
  mul,
  ShapeError,
  sub,
  sum,
  tensor64,
  toArray,
  toList,
  toNumber,
} from "../../../autograd/mod.ts";

// python3 -c "import numpy as np; print(np.cumsum(np.arange(6).reshape(2,3),0).tolist())"  ->  [[0, 1, 2], [3, 5, 7]]
Deno.test("cumsum() equals NumPy's", () => {
  assertEquals(toArray(cumsum(tensor64([[0, 1, 2], [3, 4, 5]]))), [[0, 1, 2], [3, 5, 7]]);
  assertEquals(toArray(cumsum(tensor64([[0, 1, 2], [3, 4, 5]]), -1)), [[0, 1, 3], [3, 7, 12]]);
});

const vector = fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 1, maxLength: 9 });

Deno.test("differences of cumsum() give the elements back, and its last element is the sum", () => {
  fc.assert(fc.property(vector, (xs) => {
    const sums = toList(cumsum(tensor64(xs)));
    assertEquals(sums.map((s, i) => s - (sums[i - 1] ?? 0)), xs);
    assertEquals(sums.at(-1), toNumber(sum(tensor64(xs))));
  }));
});

Deno.test("the gradient of cumsum() is a running sum from the other end", () => {
  fc.assert(fc.property(vector, (xs) => {
    const x = tensor64(xs), weights = tensor64(xs.map((_, i) => i + 1), undefined, { requiresGrad: false });
    const slope = backward(mul(cumsum(x), weights)).get(x)!;
    assertEquals(toList(sub(slope, flip(cumsum(flip(weights))))).map(Math.abs), xs.map(() => 0));
  }));
});

Deno.test("cumsum() refuses axes that do not exist", () => {
  assertThrows(() => cumsum(tensor64([1]), 1), ShapeError, "Cannot apply cumsum");
  assertThrows(() => cumsum(tensor64(1)), ShapeError, "a 0-d tensor has no axes");
});
