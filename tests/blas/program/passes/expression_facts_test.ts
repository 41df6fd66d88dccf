import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  argumentsOf,
  comparedArgumentsOf,
  costUpTo,
  countFunctions,
} from "../../../../blas/program/passes/expression_facts.ts";
import * as s from "../../../../blas/scalar/scalar.ts";

const [a, b, c] = [0, 1, 2].map(s.argument) as [s.Scalar, s.Scalar, s.Scalar];

Deno.test("argumentsOf() lists each argument once, in ascending order", () => {
  assertEquals(argumentsOf(s.select(s.greater(c, 0), s.mul(b, c), a)), [0, 1, 2]);
  assertEquals(argumentsOf(s.add(s.exp(b), b)), [1]);
  assertEquals(argumentsOf(s.constantScalar(3)), []);
});

Deno.test("argumentsOf() does not list anew what a longer expression adds nothing to", () => {
  const sum = s.add(a, b);
  assertStrictEquals(argumentsOf(s.exp(sum)), argumentsOf(sum));
  assertStrictEquals(argumentsOf(s.mul(a, sum)), argumentsOf(sum));
});

Deno.test("comparedArgumentsOf() knows which arguments are compared for equality", () => {
  assertEquals(comparedArgumentsOf(s.select(s.equal(s.exp(a), b), s.mul(b, c), s.greater(c, 0))), [0, 1]);
});

Deno.test("countFunctions() counts what expressions share once, and stops early", () => {
  const shared = s.exp(s.add(a, b));
  assertEquals(countFunctions([s.mul(shared, a), s.neg(shared), c], 100), 4);
  let doubled: s.Scalar = a;
  for (let k = 0; k < 300; k++) doubled = s.add(doubled, doubled); // 2 ** 300 additions if written out
  assertEquals(countFunctions([doubled], 1000), 300);
  assertEquals(countFunctions([doubled], 10), 11);
});

Deno.test("costUpTo() is exact up to the limit", () => {
  assertEquals(costUpTo(a, 3), 0);
  assertEquals(costUpTo(s.add(s.mul(a, b), c), 3), 2);
  assertEquals(costUpTo(s.exp(s.exp(a)), 3) > 3, true);
});
