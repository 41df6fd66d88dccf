import { assertEquals, assertStrictEquals } from "@std/assert";
import { argumentsOf, comparedArgumentsOf } from "../../../blas/scalar/arguments.ts";
import * as s from "../../../blas/scalar/scalar.ts";

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
