import { assert, assertEquals, assertGreater, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { evaluateScalar } from "../../../blas/scalar/evaluate.ts";
import {
  abs,
  add,
  argument,
  div,
  exp,
  less,
  max,
  mul,
  pow,
  type Scalar,
  select,
  sqrt,
  sub,
  substitute,
} from "../../../blas/scalar/scalar.ts";
import { withoutIdleZeros } from "../../../blas/scalar/zero_signs.ts";
import { ARITY, built, writtenArbitrary } from "../expressions.ts";

const x = argument(0), y = argument(1), product = add(mul(x, y), 0);
const flushed = (z: Scalar): Scalar => select(less(abs(z), 1e-37), 0, z);
const numbers = fc.constantFrom(0, -0, 1, -1, 2, 0.5, Infinity, -Infinity, NaN, 5e-324, -5e-324);
const argumentsArbitrary = fc.array(numbers, { minLength: ARITY, maxLength: ARITY });

Deno.test("a 0 that is added to a product goes where zeros are replaced, compared, squared or exponentiated", () => {
  const bare = mul(x, y);
  assertEquals(withoutIdleZeros([flushed(add(mul(argument(2), 0.9), mul(product, 0.1)))]), [
    flushed(add(mul(argument(2), 0.9), mul(bare, 0.1))),
  ]);
  assertEquals(withoutIdleZeros([sqrt(flushed(mul(product, product)))]), [sqrt(flushed(mul(bare, bare)))]);
  assertEquals(withoutIdleZeros([x, exp(product)]), [x, exp(bare)], "although another expression adds none");
  assertEquals(withoutIdleZeros([exp(product), less(product, y), abs(product)]), [exp(bare), less(bare, y), abs(bare)]);
});

Deno.test("a 0 that is added to a product stays where a result or a quotient has the zero's sign", () => {
  const needed = [
    product,
    add(product, y),
    sub(y, product),
    max(product, y),
    div(1, product),
    div(product, y),
    pow(product, y),
    select(x, y, product),
    select(less(abs(product), 0), 1, product),
    select(less(abs(product), y), 1, product),
    select(less(product, 1e-37), product, 1),
  ];
  for (const roots of needed.map((root) => [root])) assertStrictEquals(withoutIdleZeros(roots), roots);
  const both = [product, flushed(product)]; // one of two results keeps it for both
  assertEquals(withoutIdleZeros(both), both);
});

Deno.test("expressions without idle zeros have the same values, zeros' signs included", () => {
  let changed = 0;
  // Parts of random expressions, to which 0 is added, are used in a random expression whose zeros are replaced or not.
  const whole = fc.record({
    outer: writtenArbitrary(),
    inner: fc.array(writtenArbitrary(), { minLength: ARITY, maxLength: ARITY }),
    how: fc.constantFrom<(z: Scalar) => Scalar>((z) => z, flushed, abs, (z) => sub(flushed(z), x)),
  });
  fc.assert(
    fc.property(whole, argumentsArbitrary, ({ outer, inner, how }, args) => {
      const parts = inner.map((written) => add(built(written), 0));
      const of = substitute(built(outer), (part) => part.kind === "argument" ? parts[part.index] : undefined);
      const root = how(of), [made] = withoutIdleZeros([root]);
      if (made !== root) changed++;
      const [got, wanted] = [made!, root].map((expression) => evaluateScalar(expression, args));
      assert(Object.is(got, wanted), `${got} rather than ${wanted} at ${args}`);
    }),
    { numRuns: 3000 },
  );
  assertGreater(changed, 100);
});
