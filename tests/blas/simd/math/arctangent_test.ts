import { assertEquals, assertLessOrEqual } from "@std/assert";
import { atan } from "../../../../blas/simd/math/arctangent.ts";
import { EPSILON, inLanes, VARIANTS } from "./lanes.ts";

const TURNS = [Math.SQRT2 - 1, 1, Math.SQRT2 + 1];

for (const [dtype, relaxed] of VARIANTS) {
  const round = dtype === "float32" ? Math.fround : (x: number) => x;

  Deno.test(`atan() is within 2 units of the last place everywhere in ${dtype}${relaxed ? " with relaxed SIMD" : ""}`, () => {
    const points = [
      ...TURNS.flatMap((turn) => [-2, -1, 0, 1, 2].map((k) => turn * (1 + k * EPSILON[dtype]))),
      ...Array.from({ length: 2000 }, (_, k) => 2 ** (k / 20 - 50)),
      ...Array.from({ length: 1000 }, (_, k) => k / 200),
    ].flatMap((x) => [round(x), -round(x)]);
    const [found] = inLanes(dtype, relaxed, (math, x) => [atan(math, x!)], points);
    points.forEach((x, k) => {
      const wanted = Math.atan(x), unit = EPSILON[dtype] * 2 ** Math.floor(Math.log2(Math.abs(wanted)));
      if (wanted !== 0) assertLessOrEqual(Math.abs(found![k]! - wanted) / unit, 2, `atan(${x}) = ${found![k]}`);
    });
  });

  Deno.test(`atan() keeps the sign of zero, and ends at a quarter turn in ${dtype}${relaxed ? " with relaxed SIMD" : ""}`, () => {
    const [found] = inLanes(dtype, relaxed, (math, x) => [atan(math, x!)], [0, -0, Infinity, -Infinity, NaN]);
    const quarter = round(Math.PI / 2);
    assertEquals(found, [0, -0, quarter, -quarter, NaN]);
  });
}
