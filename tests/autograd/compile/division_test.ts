import { assertAlmostEquals, assertEquals } from "@std/assert";
import { arange, compile, div, mul, reshape, type Tensor, tensor32, tensor64, toList } from "../../../autograd/mod.ts";

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

Deno.test("numbers that compiled code divides by 1.1 a hundred times lose no more digits than in plain code", () => {
  const hundredTimes = (x: Tensor, by: Tensor | number) =>
    Array.from({ length: 100 }).reduce<Tensor>((t) => div(t, by), x);
  for (const shape of [[1000], [10, 100], [100, 10]]) {
    const x = reshape(arange(1000), shape), by = tensor32(1.1);
    assertEquals(toList(compile((t: Tensor) => hundredTimes(t, 1.1))(x)), toList(hundredTimes(x, 1.1)));
    assertEquals(toList(compile(hundredTimes)(x, by)), toList(hundredTimes(x, by)));
    // With a reciprocal, all would be off by 100 times its rounding, 5e-6.
    toList(hundredTimes(x, by)).forEach((y, k) => assertAlmostEquals(k / Math.fround(1.1) ** 100, y, 1e-6 * y));
  }
});
