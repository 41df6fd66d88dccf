import { assert, assertGreater } from "@std/assert";
import fc from "fast-check";
import { isNeverMinusZero } from "../../../blas/scalar/minus_zero.ts";
import { evaluateScalar } from "../../../blas/scalar/evaluate.ts";
import { add, argument, exp, max, mul, neg } from "../../../blas/scalar/scalar.ts";
import { ARITY, built, writtenArbitrary } from "../expressions.ts";

Deno.test("what is said never to be -0 never is, whatever its arguments", () => {
  const numbers = fc.constantFrom(0, -0, 1, -1, 2, 0.5, Infinity, -Infinity, NaN, 5e-324, -5e-324);
  let said = 0;
  fc.assert(
    fc.property(writtenArbitrary(), fc.array(numbers, { minLength: ARITY, maxLength: ARITY }), (written, args) => {
      const x = built(written);
      if (!isNeverMinusZero(x)) return;
      said++;
      assert(!Object.is(evaluateScalar(x, args), -0), `${JSON.stringify(written)} at ${args}`);
    }),
    { numRuns: 5000 },
  );
  assertGreater(said, 500);
});

Deno.test("isNeverMinusZero() knows exponentials, squares, sums with a number and what is above 0", () => {
  const x = argument(0), y = argument(1);
  assert([exp(x), mul(x, x), add(x, 1), max(x, 0)].every(isNeverMinusZero));
  assert([x, neg(x), mul(x, y), max(x, -1), add(x, y)].every((x) => !isNeverMinusZero(x)));
});
