import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { tensor64 } from "../../../autograd/values/constructors.ts";
import { mul } from "../../../autograd/ops/arithmetic.ts";
import { pow, reciprocal, rsqrt, sqrt, square } from "../../../autograd/ops/power.ts";
import { sum } from "../../../autograd/ops/sum.ts";
import { toList, toNumber } from "../../../autograd/values/read.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { gradient } from "../../../autograd/transforms/gradient.ts";

type T = Tensor<"float64">;
const slopes = (f: (x: T) => T, ...at: number[]): number[] => toList(gradient((x: T) => sum(f(x)))(tensor64(at)));

Deno.test("powers and roots are inverses of each other", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (v) => {
      const x = tensor64(v), near = (t: T, expected: number) => assertAlmostEquals(toNumber(t) / expected, 1, 1e-14);
      near(square(sqrt(x)), v);
      near(rsqrt(x), 1 / Math.sqrt(v));
      near(reciprocal(reciprocal(x)), v);
      near(pow(x, 0.5), Math.sqrt(v));
      near(pow(2, x) as T, 2 ** v);
    }),
    { examples: [[1e-3], [1e3]] },
  );
});

Deno.test("pow() of a negative base works with whole exponents", () => {
  assertEquals(toList(pow(tensor64([-2, -3]), 3)), [-8, -27]);
  const [ofNegative, ofPositive] = toList(pow(tensor64([-2, 2]), 0.5));
  assertEquals(ofNegative, NaN);
  assertAlmostEquals(ofPositive!, Math.SQRT2, 4e-16);
  assertEquals(slopes((x) => pow(x, 3), -2, 0), [12, 0]);
});

Deno.test("pow() is 1 with slope 0 at exponent 0, whatever the base", () => {
  assertEquals(toList(pow(tensor64([0, -1, NaN, Infinity]), 0)), [1, 1, 1, 1]);
  assertEquals(slopes((x) => pow(x, 0), 0, 2), [0, 0]);
});

Deno.test("pow() has finite slopes at base 0", () => {
  assertEquals(slopes((x) => pow(x, 2), 0), [0]);
  assertEquals(slopes((x) => pow(x, 1), 0), [1]);
  assertEquals(slopes((y) => pow(0, y) as T, 2), [0]);
});

Deno.test("roots at 0 and below follow IEEE arithmetic", () => {
  assertEquals(toList(sqrt(tensor64([0, -1]))), [0, NaN]);
  assertEquals(slopes(sqrt, 0), [Infinity]);
  assertEquals(toList(rsqrt(tensor64([0]))), [Infinity]);
});

Deno.test("pow() between 0 and 1 has finite slopes at numbers without a finite reciprocal", () => {
  const close = (exponent: number, at: number) =>
    assertAlmostEquals(slopes((x) => pow(x, exponent), at)[0]! / (exponent * at ** (exponent - 1)), 1, 1e-13);
  close(0.5, 1e-310);
  close(0.3, 1e-310);
});

Deno.test("slopes of small numbers are finite where the cotangent is small too: it is divided, not multiplied by 1 / x", () => {
  // By hand: each slope is that of the formula in exact arithmetic, such as -1e-200 / (1e-200)^2 for the reciprocal.
  const close = (f: (x: T) => T, at: number, weight: number, wanted: number) =>
    assertAlmostEquals(slopes((x) => mul(f(x), weight), at)[0]! / wanted, 1, 1e-13);
  close(reciprocal, 1e-200, 1e-200, -1e200);
  close((x) => pow(x, -1), 1e-200, 1e-200, -1e200);
  close((x) => pow(x, 0.5), 1e-310, 1e-20, 0.5e-20 / Math.sqrt(1e-310));
  close(rsqrt, 1e-310, 1e-200, -0.5e265);
  close(sqrt, 1e-310, 1e-20, 0.5e-20 / Math.sqrt(1e-310));
  close((x) => pow(x, 2), 1e-200, 1, 2e-200); // where the power itself vanishes
  close((x) => pow(x, -1), -2, 1, -0.25);
});

Deno.test("pow() with an exponent below 1 keeps its slopes at 0, at infinity and of negative bases", () => {
  // python3 -c "print(.5 * float('inf') ** -.5, -2 * (-.5) ** -3)"  ->  0.0 16.0
  assertEquals(slopes((x) => pow(x, 0.5), Infinity, 0), [0, Infinity]);
  assertEquals(slopes((x) => pow(x, -2), -0.5), [16]);
  const second = (f: (x: T) => T, at: number) => slopes((x) => gradient((y: T) => sum(f(y)))(x), at)[0]!;
  assertAlmostEquals(second((x) => pow(x, 0.5), 0.25), -2, 1e-14);
  assertAlmostEquals(second((x) => pow(x, -1), 0.5), 16, 1e-13);
});
