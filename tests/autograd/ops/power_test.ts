import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { tensor64 } from "../../../autograd/values/constructors.ts";
import { pow, reciprocal, rsqrt, sqrt, square } from "../../../autograd/ops/power.ts";
import { sum } from "../../../autograd/ops/sum.ts";
import { toList, toNumber } from "../../../autograd/values/read.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { gradient } from "../../../autograd/transforms/gradient.ts";

type T = Tensor<"float64">;
const slopes = (f: (x: T) => T, ...at: number[]): number[] => toList(gradient((x: T) => sum(f(x)))(tensor64(at)));

Deno.test("powers and roots are one another's inverses", () => {
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

Deno.test("roots at 0 and below are what IEEE arithmetic says", () => {
  assertEquals(toList(sqrt(tensor64([0, -1]))), [0, NaN]);
  assertEquals(slopes(sqrt, 0), [Infinity]);
  assertEquals(toList(rsqrt(tensor64([0]))), [Infinity]);
});
