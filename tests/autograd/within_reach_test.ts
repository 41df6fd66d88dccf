import { assertEquals } from "@std/assert";
import {
  checkpoint,
  compile,
  cond,
  customOp,
  gradient,
  mul,
  scanAlong,
  sum,
  type Tensor,
  tensor64,
  toArray,
  vmap,
} from "../../autograd/mod.ts";
import { add } from "../../autograd/ops/arithmetic.ts";

type T64 = Tensor<"float64">;

/** Its value depends on `a` alone, and its derivative, as its author wants it, goes to `b`: a straight-through estimator. */
const straightThrough = customOp({
  name: "straightThrough",
  forward: (a: T64, _b: T64) => mul(a, 2),
  vjp: (cotangent) => [null, mul(cotangent, 7)],
});

const a = tensor64([1, 2], [2], { requiresGrad: false });

Deno.test("customOp() passes gradients to an operand on which its value does not depend, in every transformation", () => {
  const f = (b: T64): T64 => sum(straightThrough(a, b));
  const each = (b: T64): T64 => sum(vmap((row: T64) => straightThrough(a, row))(b));
  const loop = (b: T64): T64 => sum(scanAlong((c: T64, row: T64) => [add(c, straightThrough(a, row)), null], a, b)[0]);
  const chosen = (b: T64): T64 => cond(sum(b), f, (b: T64) => sum(b), b);
  const row = tensor64([3, 4]), rows = tensor64([[3, 4], [5, 6]]);
  for (const g of [f, checkpoint(f), chosen]) {
    for (const slope of [gradient(g), compile(gradient(g))]) assertEquals(toArray(slope(row)), [7, 7]);
    assertEquals(toArray(vmap(gradient(g))(rows)), [[7, 7], [7, 7]]);
  }
  for (const g of [each, loop]) {
    for (const slope of [gradient(g), compile(gradient(g))]) assertEquals(toArray(slope(rows)), [[7, 7], [7, 7]]);
  }
});
