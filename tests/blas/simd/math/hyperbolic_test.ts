import { assertEquals, assertLessOrEqual } from "@std/assert";
import { erf } from "../../../../blas/simd/math/error_function.ts";
import { sigmoid, tanh } from "../../../../blas/simd/math/hyperbolic.ts";
import { EPSILON, inLanes, VARIANTS } from "./lanes.ts";

// python3 -c "import math; print(*map(math.erf, [0.125, 0.5, 1, 1.5, 3]))"
const ERF = [
  [0.125, 0.1403162048013338],
  [0.5, 0.5204998778130465],
  [1, 0.8427007929497149],
  [1.5, 0.9661051464753108],
  [
    3,
    0.9999779095030014,
  ],
] as const;

for (const [dtype, relaxed] of VARIANTS) {
  const where = `in ${dtype}${relaxed ? " with relaxed SIMD" : ""}`, epsilon = EPSILON[dtype];

  Deno.test(`tanh() equals Math.tanh on both sides of 0, and is 1 far away ${where}`, () => {
    const xs = [2 ** -30, 0.0625, 0.25, 0.5, 1, 2, 8, 40], both = [...xs, ...xs.map((x) => -x)];
    const [values] = inLanes(dtype, relaxed, (math, x) => [tanh(math, x)], both);
    values!.forEach((value, i) => assertLessOrEqual(Math.abs(value / Math.tanh(both[i]!) - 1), 2 * epsilon));
    assertEquals([values![7], values![15]], [1, -1]);
  });

  Deno.test(`sigmoid() is 1 / (1 + exp(-x)), also where that is tiny ${where}`, () => {
    const xs = [0, 1, -1, 0.25, 10, -10, -50, dtype === "float32" ? -86 : -700];
    const [values] = inLanes(dtype, relaxed, (math, x) => [sigmoid(math, x)], xs);
    values!.forEach((value, i) => assertLessOrEqual(Math.abs(value * (1 + Math.exp(-xs[i]!)) - 1), 3 * epsilon));
    assertEquals(inLanes(dtype, relaxed, (math, x) => [sigmoid(math, x)], [-Infinity, Infinity])[0], [0, 1]);
  });

  Deno.test(`sigmoid() is within 2 ulp where 1 and exp(-x) hardly add up any more ${where}`, () => {
    const exponent = dtype === "float32" ? 24 : 53;
    const xs = Array.from({ length: 400 }, (_, k) => -(exponent - 2 + k / 100) * Math.LN2)
      .map((x) => dtype === "float32" ? Math.fround(x) : x);
    const [values] = inLanes(dtype, relaxed, (math, x) => [sigmoid(math, x)], xs);
    values!.forEach((value, i) => {
      // True up to one unit of float64.
      const wanted = Math.exp(xs[i]!) / (1 + Math.exp(xs[i]!)), unit = 2 ** Math.floor(Math.log2(wanted)) * epsilon;
      assertLessOrEqual(Math.abs(value - wanted), (dtype === "float32" ? 2 : 3.5) * unit, `sigmoid(${xs[i]})`);
    });
  });

  Deno.test(`erf() equals the C library's, is odd, and becomes 1 ${where}`, () => {
    const xs = [...ERF.map(([x]) => x), 7], [values] = inLanes(dtype, relaxed, (math, x) => [erf(math, x)], xs);
    ERF.forEach(([x, wanted], i) => assertLessOrEqual(Math.abs(values![i]! / wanted - 1), 2 * epsilon, `erf(${x})`));
    assertEquals(values![5], 1);
    const [negative] = inLanes(dtype, relaxed, (math, x) => [erf(math, x)], xs.map((x) => -x));
    assertEquals(negative, values!.map((value) => -value));
  });
}
