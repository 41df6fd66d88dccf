import { assertEquals, assertGreater, assertLess, assertLessOrEqual } from "@std/assert";
import { log, log1p, split, splitAny } from "../../../../blas/simd/math/logarithm.ts";
import { EPSILON, inLanes, VARIANTS } from "./lanes.ts";

for (const [dtype, relaxed] of VARIANTS) {
  const where = `in ${dtype}${relaxed ? " with relaxed SIMD" : ""}`, epsilon = EPSILON[dtype];
  const subnormal = dtype === "float32" ? 2 ** -140 : 2 ** -1060;

  Deno.test(`split() and splitAny() give a power of two and a number near 1, which multiply to the whole ${where}`, () => {
    const normal = [1, 1.25, 1.5, 3, 100, 0.1, 1.4140625, 2 ** -100];
    for (const [take, given] of [[split, normal], [splitAny, [...normal, subnormal, 3 * subnormal]]] as const) {
      const [k, m] = inLanes(dtype, relaxed, (math, x) => {
        const parts = take(math, x);
        return [parts.k, parts.m];
      }, given);
      given.forEach((x, i) => {
        assertGreater(m![i]!, 0.7071);
        assertLess(m![i]!, 1.4143);
        assertEquals(k![i], Math.round(k![i]!));
        assertEquals(m![i]! * 2 ** k![i]!, dtype === "float32" ? Math.fround(x) : x);
      });
    }
  });

  Deno.test(`log() and log1p() equal those of Math, also where they nearly vanish ${where}`, () => {
    const near = [1 + 4 * epsilon, 1 - 4 * epsilon, 2, 10, 0.125, 1e30, subnormal, 1];
    const [logs] = inLanes(dtype, relaxed, (math, x) => [log(math, x)], near);
    logs!.forEach((value, i) => {
      const x = dtype === "float32" ? Math.fround(near[i]!) : near[i]!;
      assertLessOrEqual(Math.abs(value - Math.log(x)), 2 * epsilon * Math.abs(Math.log(x)), `log(${x})`);
    });
    const small = [1e-20, -1e-10, 0.25, -0.75, 5, 1e10, -0.5, 0.001].map((x) =>
      dtype === "float32" ? Math.fround(x) : x
    );
    const [others] = inLanes(dtype, relaxed, (math, x) => [log1p(math, x)], small);
    others!.forEach((value, i) =>
      assertLessOrEqual(Math.abs(value / Math.log1p(small[i]!) - 1), 2 * epsilon, `log1p(${small[i]})`)
    );
  });

  Deno.test(`log() and log1p() end at -Infinity, and are NaN below ${where}`, () => {
    assertEquals(inLanes(dtype, relaxed, (math, x) => [log(math, x)], [0, -1, Infinity, NaN])[0], [
      -Infinity,
      NaN,
      Infinity,
      NaN,
    ]);
    assertEquals(inLanes(dtype, relaxed, (math, x) => [log1p(math, x)], [-1, -2, Infinity, NaN])[0], [
      -Infinity,
      NaN,
      Infinity,
      NaN,
    ]);
  });
}
