import { assertEquals } from "@std/assert";
import { evaluateScalar } from "../../../blas/scalar/evaluate.ts";
import { argument } from "../../../blas/scalar/scalar.ts";
import { polynomial, quotientOf } from "../../../blas/scalar/polynomial.ts";

const x = argument(0);

Deno.test("polynomial() begins with the lowest power, and may be a constant", () => {
  assertEquals([0, 1, 10].map((at) => evaluateScalar(polynomial(x, [1, 2, 3]), [at])), [1, 6, 321]);
  assertEquals(evaluateScalar(polynomial(x, [7]), [3]), 7);
});

Deno.test("quotientOf() divides one polynomial by another", () => {
  assertEquals(evaluateScalar(quotientOf(x, { numerator: [1, 2, 3], denominator: [2, 1] }), [10]), 321 / 12);
});
