import { assertEquals, assertLessOrEqual } from "@std/assert";
import { hugeAngleFunctions } from "../../../../blas/simd/math/huge_angle.ts";
import { cos, sin } from "../../../../blas/simd/math/trigonometric.ts";
import { EPSILON, inLanes, VARIANTS } from "./lanes.ts";

const { sin: sineOfHugeAngle, cos: cosineOfHugeAngle } = hugeAngleFunctions();

for (const [dtype, relaxed] of VARIANTS) {
  const where = `in ${dtype}${relaxed ? " with relaxed SIMD" : ""}`, epsilon = EPSILON[dtype];
  const exact = (x: number) => dtype === "float32" ? Math.fround(x) : x;

  Deno.test(`sin() and cos() equal those of Math in every quadrant, and next to their zeros ${where}`, () => {
    const xs = [0.5, 1, 2, 3.14159274, 4, 5.5, -1.57079637, 1000.25, -1e6, 1.5e6].map(exact);
    const [sines, cosines] = inLanes(dtype, relaxed, (math, x) => [sin(math, x), cos(math, x)], xs);
    xs.forEach((x, i) => {
      assertLessOrEqual(Math.abs(sines![i]! / Math.sin(x) - 1), 2 * epsilon, `sin(${x})`);
      assertLessOrEqual(Math.abs(cosines![i]! / Math.cos(x) - 1), 2 * epsilon, `cos(${x})`);
    });
  });

  Deno.test(`sin() and cos() call the slow path for huge angles only in their lanes ${where}`, () => {
    const xs = [1e22, 0.5, 2 ** 100, -1e7].map(exact);
    const [sines, cosines] = inLanes(dtype, relaxed, (math, x) => [sin(math, x), cos(math, x)], xs);
    const wanted = xs.map((x) =>
      Math.abs(x) > 1e6 ? [sineOfHugeAngle(x), cosineOfHugeAngle(x)] : [Math.sin(x), Math.cos(x)]
    );
    xs.forEach((x, i) => {
      assertLessOrEqual(Math.abs(sines![i]! / wanted[i]![0]! - 1), 2 * epsilon, `sin(${x})`);
      assertLessOrEqual(Math.abs(cosines![i]! / wanted[i]![1]! - 1), 2 * epsilon, `cos(${x})`);
    });
  });

  Deno.test(`sin() returns tiny angles and minus zero as they are ${where}`, () => {
    assertEquals(inLanes(dtype, relaxed, (math, x) => [sin(math, x)], [-0, 2 ** -40, -(2 ** -60), NaN])[0], [
      -0,
      2 ** -40,
      -(2 ** -60),
      NaN,
    ]);
  });
}
