import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { backward } from "../../../autograd/backward.ts";
import { tensor32, tensor64 } from "../../../autograd/values/constructors.ts";
import { cos, erf, exp, expm1, log, log1p, sin } from "../../../autograd/ops/exponential.ts";
import { toList, toNumber } from "../../../autograd/values/read.ts";

Deno.test("each function agrees with Math, in both dtypes", () => {
  const functions = [[exp, Math.exp], [expm1, Math.expm1], [log1p, Math.log1p], [sin, Math.sin], [
    cos,
    Math.cos,
  ]] as const;
  fc.assert(fc.property(fc.double({ min: -0.9, max: 20, noNaN: true }), (v) => {
    for (const [op, f] of functions) {
      assertAlmostEquals(toNumber(op(tensor64(v))), f(v), 1e-13 * Math.max(1, Math.abs(f(v))));
      const rounded = f(Math.fround(v));
      assertAlmostEquals(toNumber(op(tensor32(v))), rounded, 1e-6 * Math.max(1, Math.abs(rounded)));
    }
    assertAlmostEquals(toNumber(log(exp(tensor64(v)))), v, 1e-13);
  }));
});

Deno.test("expm1() and log1p() keep the digits of small numbers", () => {
  assertEquals(toList(expm1(tensor64([1e-20, -1e-20]))), [1e-20, -1e-20]);
  assertEquals(toList(log1p(tensor64([1e-20, -1e-20]))), [1e-20, -1e-20]);
});

Deno.test("erf() is odd, and 1 far to the right", () => {
  // python3 -c "import math; print(math.erf(0.5))"  ->  0.5204998778130465
  assertAlmostEquals(toNumber(erf(tensor64(0.5))), 0.5204998778130465, 1e-15);
  assertEquals(toList(erf(tensor64([0, 10, -10, Infinity]))), [0, 1, -1, 1]);
});

Deno.test("logarithms and exponentials at the ends of their domains", () => {
  assertEquals(toList(log(tensor64([0, -1, Infinity, 1]))), [-Infinity, NaN, Infinity, 0]);
  assertEquals(toList(exp(tensor64([-Infinity, 0, 1000]))), [0, 1, Infinity]);
  assertEquals(toList(log1p(tensor64([-1]))), [-Infinity]);
  assertEquals(toList(sin(tensor64([Infinity, NaN]))), [NaN, NaN]);
});

Deno.test("the slope of expm1() far to the left keeps its digits, which the value plus 1 would not", () => {
  // python3 -c "from math import exp; print(exp(-30), exp(-100))"  ->  9.357622968840175e-14 3.720075976020836e-44
  const x = tensor64([-30, -100, 0]), slopes = toList(backward(expm1(x)).get(x)!);
  slopes.forEach((slope, i) =>
    assertAlmostEquals(slope / [9.357622968840175e-14, 3.720075976020836e-44, 1][i]!, 1, 1e-13)
  );
});
