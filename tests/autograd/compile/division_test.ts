import { assertAlmostEquals, assertEquals } from "@std/assert";
import { compile, div, mul, type Tensor, tensor32, tensor64, toList } from "../../../autograd/mod.ts";

Deno.test("a compiled division of all elements by one number is right if the number has no reciprocal", () => {
  const f = compile((x: Tensor, d: Tensor) => div(mul(x, 1), d));
  for (const [x, d] of [[0, 1e-40], [3e-40, 1e-40], [1e-30, 1e-39], [1, 1e38], [1e38, 3e38], [-2, 4], [5, Infinity]]) {
    const given = tensor32([x!, x!, x!, x!, x!]), by = tensor32(d!), wanted = toList(div(given, by));
    // A quotient of numbers below the normal ones has few digits, in either way of computing it.
    toList(f(given, by)).forEach((v, k) => assertAlmostEquals(v / wanted[k]! || 0, wanted[k]! === 0 ? 0 : 1, 1e-6));
  }
  assertEquals(toList(f(tensor64([1, 0, -1]), tensor64(0))), [Infinity, NaN, -Infinity]);
  assertEquals(toList(f(tensor64([1, 0]), tensor64(NaN))), [NaN, NaN]);
  assertAlmostEquals(toList(f(tensor64([3e-310]), tensor64(1e-310)))[0]!, 3, 1e-9);
});
