import { assertAlmostEquals, assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import { exp, exp2, expBounded, expm1, expOfSum, expParts, isExtreme } from "../../../../blas/simd/math/exponential.ts";
import { EPSILON, inLanes, VARIANTS } from "./lanes.ts";

for (const [dtype, relaxed] of VARIANTS) {
  const where = `in ${dtype}${relaxed ? " with relaxed SIMD" : ""}`, epsilon = EPSILON[dtype];
  const exact = (x: number) => dtype === "float32" ? Math.fround(x) : x;
  const near = [0, 1, -1, 0.5, -20, 20.25, 63, -63].map(exact);

  Deno.test(`exp() and expBounded() equal Math.exp near 0 ${where}`, () => {
    for (const compute of [exp, expBounded]) {
      const [values] = inLanes(dtype, relaxed, (math, x) => [compute(math, x)], near);
      values!.forEach((value, i) => assertLessOrEqual(Math.abs(value / Math.exp(near[i]!) - 1), 2 * epsilon));
    }
  });

  Deno.test(`exp() underflows by way of subnormal numbers and overflows to Infinity ${where}`, () => {
    const [low, edge, high] = dtype === "float32" ? [-104.5, -95, 89.5] : [-747, -740, 711];
    const [values] = inLanes(dtype, relaxed, (math, x) => [exp(math, x)], [low, edge, high, -Infinity]);
    assertEquals([values![0], values![2], values![3]], [0, Infinity, 0]);
    assertAlmostEquals(values![1]! / Math.exp(edge), 1, dtype === "float32" ? 1e-3 : 0.02);
    assertLess(0, values![1]!);
  });

  Deno.test(`isExtreme() marks what expBounded() cannot compute ${where}`, () => {
    const limit = dtype === "float32" ? 87 : 708, xs = [limit, limit + 1, -limit, -limit - 1];
    const [marks] = inLanes(
      dtype,
      relaxed,
      (math, x) => [math.choose(isExtreme(math, x), math.constant(1), math.constant(0))],
      xs,
    );
    assertEquals(marks, [0, 1, 0, 1]);
  });

  Deno.test(`expParts() and expOfSum() keep what one number cannot hold ${where}`, () => {
    const xs = [0.3, -0.7, 5.1, 2.9].map(exact), small = xs.map(() => exact(epsilon / 4));
    const [power, rest] = inLanes(dtype, relaxed, (math, x) => {
      const parts = expParts(math, x);
      return [parts.power, parts.rest];
    }, xs);
    // Float64 holds what float32 parts multiply to.
    power!.forEach((value, i) => {
      const wanted = Math.exp(xs[i]!), error = Math.abs(value * (1 + rest![i]!) - wanted) / wanted;
      assertLessOrEqual(error, dtype === "float32" ? epsilon / 2 : 2 * epsilon);
      assertEquals(Number.isInteger(Math.log2(value)), true);
    });
    const [ones, more] = inLanes(
      dtype,
      relaxed,
      (
        math,
        x,
        tiny,
      ) => [expOfSum(math, x, math.constant(0)), expOfSum(math, x, math.keep(math.float.mul(tiny, math.constant(8))))],
      xs,
      small,
    );
    more!.forEach((value, i) => assertAlmostEquals(value / ones![i]!, 1 + 2 * epsilon, 2 * epsilon));
    more!.forEach((value, i) => assertLess(ones![i]!, value));
  });

  Deno.test(`expm1() loses no digits near 0 and is -1 far below it ${where}`, () => {
    const xs = [1e-20, -1e-10, 0.001, -0.5, 3, -100].map(exact);
    const [values] = inLanes(dtype, relaxed, (math, x) => [expm1(math, x)], xs);
    values!.forEach((value, i) => assertLessOrEqual(Math.abs(value / Math.expm1(xs[i]!) - 1), 2 * epsilon));
    assertEquals(values!.at(-1), -1);
  });
}

for (const [dtype, relaxed] of VARIANTS) {
  Deno.test(`exp2() is exact at whole numbers, and within 2 units elsewhere, in ${dtype}${relaxed ? ", relaxed" : ""}`, () => {
    const round = dtype === "float32" ? Math.fround : (x: number) => x, lowest = dtype === "float32" ? -149 : -1074;
    const whole = Array.from({ length: 2 - lowest }, (_, k) => lowest - 1 + k).concat([
      1,
      10,
      dtype === "float32" ? 127 : 1023,
    ]);
    const parts = Array.from({ length: 2000 }, (_, k) => round(-30.5 + k * 0.03217));
    const [found] = inLanes(dtype, relaxed, (math, x) => [exp2(math, x!)], [...whole, ...parts, 1e9, -1e9]);
    whole.forEach((x, k) => assertEquals(found![k], round(2 ** x), `exp2(${x})`));
    parts.forEach((x, k) => {
      const own = found![whole.length + k]!, wanted = 2 ** x, unit = EPSILON[dtype] * 2 ** Math.floor(x);
      assertLessOrEqual(Math.abs(own - wanted) / unit, 2, `exp2(${x}) = ${own}`);
    });
    assertEquals(found!.slice(-2), [Infinity, 0]);
  });
}
