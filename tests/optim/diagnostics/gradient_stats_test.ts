import { assert, assertEquals } from "@std/assert";
import { tensor32, tensor64 } from "../../../autograd/values/constructors.ts";
import { gradientStats } from "../../../optim/diagnostics/gradient_stats.ts";

Deno.test("gradientStats() counts and measures by path and together", () => {
  const { l2, inf, byPath } = gradientStats({ a: [tensor64([[3, -4]])], b: tensor32([0, -12]) });
  assertEquals(Object.keys(byPath), ["a.0", "b"]);
  assert(Math.abs(l2 - 13) < 1e-14);
  assertEquals([inf, byPath["a.0"]?.l2, byPath.b?.meanAbsolute, byPath.b?.size], [12, 5, 6, 2]);
  const bad = gradientStats(tensor64([NaN, Infinity, -Infinity, 1])).byPath[""];
  assertEquals([bad?.nan, bad?.infinite, bad?.size], [1, 2, 4]);
});
