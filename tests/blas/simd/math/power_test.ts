import { assertEquals, assertLessOrEqual } from "@std/assert";
import { pow } from "../../../../blas/simd/math/power.ts";
import { EPSILON, inLanes, VARIANTS } from "./lanes.ts";

for (const [dtype, relaxed] of VARIANTS) {
  const where = `in ${dtype}${relaxed ? " with relaxed SIMD" : ""}`;
  const powers = (...pairs: readonly (readonly [number, number])[]) =>
    inLanes(dtype, relaxed, (math, x, y) => [pow(math, x, y)], pairs.map(([x]) => x), pairs.map(([, y]) => y))[0]!;

  Deno.test(`pow() is exact for whole powers of small whole numbers, with the sign of odd ones ${where}`, () => {
    assertEquals(powers([3, 4], [-3, 3], [-2, -2], [5, 0], [10, 6], [-1, 7]), [81, -27, 0.25, 1, 1e6, -1]);
  });

  Deno.test(`pow() keeps its digits where the exponent multiplies the logarithm's error ${where}`, () => {
    // 1.5 and 1.125 are exact in both dtypes; Math.pow is within a unit.
    const pairs = [[1.5, 100.5], [1.125, -300], [0.75, 250], [1.125, 600]] as const;
    powers(...pairs).forEach((value, i) => {
      const wanted = pairs[i]![0] ** pairs[i]![1];
      assertLessOrEqual(Math.abs(value / wanted - 1), 3 * EPSILON[dtype], `${pairs[i]}`);
    });
  });

  Deno.test(`pow() has the special cases of ECMAScript, and 1 to any power and -1 to an infinite one are 1 ${where}`, () => {
    const cases = [
      [[0, -1], Infinity],
      [[-0, -1], -Infinity],
      [[-8, 1 / 3], NaN],
      [[1, NaN], 1],
      [[-1, Infinity], 1],
      [[-1, -Infinity], 1],
      [[NaN, 0], 1],
      [[Infinity, -2], 0],
      [[0.5, Infinity], 0],
      [[-Infinity, 3], -Infinity],
    ] as const;
    assertEquals(powers(...cases.map(([pair]) => pair)), cases.map(([, wanted]) => wanted));
  });
}
