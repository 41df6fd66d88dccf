import { assertEquals } from "@std/assert";
import { add, backward, mul, sum, type Tensor, tensor64, toList } from "../../../autograd/mod.ts";
import { record, typeOf } from "../../../autograd/transforms/recorded_function.ts";
import { applyScan } from "../../../autograd/transforms/scan_primitive.ts";

const start = tensor64(1), xs = tensor64([2, 3, 4]);
const { recorded } = record("test", [start, start].map(typeOf), ([h, x]) => [mul(h!, x!), add(h!, x!)]);
const fold = (reverse: boolean) =>
  applyScan({ step: recorded, carries: 1, sequences: 1, length: 3, reverse }, [start, xs]) as readonly [Tensor, Tensor];

Deno.test("a recorded step is folded over arrays, from either end; what it yields stays in order", () => {
  assertEquals(fold(false).map(toList), [[24], [3, 5, 10]]);
  assertEquals(fold(true).map(toList), [[24], [14, 7, 5]]);
});

Deno.test("its derivative is a fold in the other direction, of what is wanted alone", () => {
  const [last, ys] = fold(false);
  assertEquals(toList(backward(last).get(xs)!), [12, 8, 6]);
  assertEquals(toList(backward(last).get(start)!), [24]);
  // ys are 1 + 2, 2 + 3, 6 + 4: the first x counts once by itself, and in 2 and in 6.
  assertEquals(toList(backward(sum(ys)).get(xs)!), [1 + 1 + 3, 1 + 2, 1]);
});
