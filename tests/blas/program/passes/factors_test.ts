import { assertEquals, assertStrictEquals } from "@std/assert";
import { factorsOf, ONE, withFactors } from "../../../../blas/program/passes/factors.ts";
import { abs, add, argument, div, exp, mul, neg, type Scalar } from "../../../../blas/scalar/scalar.ts";

const [a, b, c] = [0, 1, 2].map(argument) as [Scalar, Scalar, Scalar];

Deno.test("factorsOf() counts what is multiplied and what is divided by", () => {
  const found = factorsOf(neg(div(mul(a, mul(a, 3)), div(abs(b), c))));
  assertEquals([...found!], [
    [0, { times: 2, divides: false }],
    [1, { times: 1, divides: true }],
    [2, { times: 1, divides: false }],
  ]);
  assertEquals([...factorsOf(mul(div(a, c), c))!].at(-1), [2, { times: 2, divides: true }]);
});

Deno.test("factorsOf() finds none in other expressions, with a factor of 0, and in long ones", () => {
  const long = Array.from({ length: 40 }, (_, k) => argument(k)).reduce((x, y) => mul(x, y));
  for (const other of [add(a, b), mul(a, exp(b)), mul(a, 0), mul(a, Infinity), long]) {
    assertEquals(factorsOf(other), undefined);
  }
});

Deno.test("withFactors() replaces factors, and keeps or drops constants and signs", () => {
  const whole = div(mul(a, mul(0.5, b)), c);
  assertStrictEquals(withFactors(neg(whole), (k) => k === 2 ? ONE : argument(k), "dropped"), mul(a, b));
  assertStrictEquals(withFactors(whole, (k) => k === 1 ? ONE : argument(k)), div(mul(a, 0.5), c));
  assertStrictEquals(withFactors(whole, (k) => k === 1 ? argument(1) : ONE, "dropped"), b);
  assertStrictEquals(withFactors(whole, () => ONE), withFactors(argument(0), () => mul(0.5, ONE)));
});
