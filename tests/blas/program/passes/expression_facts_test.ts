import { assertEquals } from "@std/assert";
import { costUpTo, countFunctions } from "../../../../blas/program/passes/expression_facts.ts";
import * as s from "../../../../blas/scalar/scalar.ts";

const [a, b, c] = [0, 1, 2].map(s.argument) as [s.Scalar, s.Scalar, s.Scalar];

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
