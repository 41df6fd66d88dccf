import { assert, assertAlmostEquals, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { compile } from "../../autograd/compile/compile.ts";
import { mul, sum } from "../../autograd/ops/mod.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { gradient } from "../../autograd/transforms/gradient.ts";
import { tensor64 } from "../../autograd/values/constructors.ts";
import { toList, toNumber } from "../../autograd/values/read.ts";
import { clipByGlobalNorm, clipByValue } from "../../optim/clip.ts";
import { gradientNorm } from "../../optim/diagnostics/gradient_norm.ts";

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 6 });
const limits = fc.double({ min: 1e-3, max: 1e3, noNaN: true });

Deno.test("clipByGlobalNorm() never exceeds the norm, keeps the direction, and leaves small gradients alone", () => {
  fc.assert(fc.property(values, values, limits, (a, b, limit) => {
    const gradients = { a: tensor64(a), b: [tensor64(b)] }, clipped = clipByGlobalNorm(gradients, limit);
    assert(gradientNorm(clipped) <= limit * (1 + 1e-12));
    if (gradientNorm(gradients) + 1e-6 <= limit) assertStrictEquals(clipped, gradients);
    toList(clipped.a).forEach((x, i) => assert(Math.sign(x) === Math.sign(a[i]!) || Math.abs(a[i]!) < 1e-300));
  }));
});

Deno.test("clipByGlobalNorm() returns gradients just below the norm, and does not lengthen them", () => {
  const gradients = [tensor64([3, 4])];
  for (const norm of [5.01, 7, 9.9]) assertStrictEquals(clipByGlobalNorm(gradients, norm), gradients);
});

Deno.test("the derivative of clipByGlobalNorm() includes that of the norm, plain and compiled", () => {
  const weights = tensor64([1, -2, 3]), at = [3, 4, 5];
  const f = (x: Tensor<"float64">) => sum(mul(weights, clipByGlobalNorm([x], 1)[0]!));
  const wanted = at.map((_, k) => {
    const [above, below] = [1e-6, -1e-6].map((step) => toNumber(f(tensor64(at.with(k, at[k]! + step)))));
    return (above! - below!) / 2e-6;
  });
  for (const slope of [gradient(f), compile(gradient(f))]) {
    toList(slope(tensor64(at))).forEach((x, k) => assertAlmostEquals(x, wanted[k]!, 1e-8));
  }
});

Deno.test("clipByValue() limits every element and is idempotent", () => {
  fc.assert(fc.property(values, limits, (a, limit) => {
    const once = toList(clipByValue(tensor64(a), limit));
    assertEquals(once, a.map((x) => Math.min(Math.max(x, -limit), limit)));
    assertEquals(toList(clipByValue(tensor64(once), limit)), once);
  }));
});

Deno.test("gradientNorm() neither overflows nor underflows, and shows NaN", () => {
  assert(Math.abs(gradientNorm([tensor64([3e200]), tensor64([4e200])]) / 5e200 - 1) < 1e-14);
  assert(Math.abs(gradientNorm(tensor64([3e-200, 4e-200])) / 5e-200 - 1) < 1e-14);
  assertEquals([gradientNorm([tensor64([1, NaN])]), gradientNorm(tensor64([1, -Infinity])), gradientNorm([])], [
    NaN,
    Infinity,
    0,
  ]);
});

Deno.test("clipping refuses invalid limits", () => {
  for (const bad of [NaN, Infinity, 0, -1]) {
    assertThrows(() => clipByGlobalNorm([], bad), RangeError, `Cannot build clipByGlobalNorm with maxNorm ${bad}`);
    assertThrows(() => clipByValue([], bad), RangeError, `Cannot build clipByValue with limit ${bad}`);
  }
});
