import { assertEquals, assertStrictEquals } from "@std/assert";
import { plainOperand } from "../../../../blas/program/operand.ts";
import { fits, inlineOperands, tidyLoop } from "../../../../blas/program/passes/loops.ts";
import type { Loop } from "../../../../blas/program/program.ts";
import * as s from "../../../../blas/scalar/scalar.ts";

const loopOf = (values: readonly number[], ...expressions: s.Scalar[]): Loop => ({
  shape: [3],
  operands: values.map((value) => plainOperand(value, [3])),
  expressions,
});

Deno.test("tidyLoop() keeps each operand that is used, once", () => {
  const [a, b, c, d] = [0, 1, 2, 3].map(s.argument) as [s.Scalar, s.Scalar, s.Scalar, s.Scalar];
  assertEquals(tidyLoop(loopOf([4, 5, 4, 6], s.add(a, c), s.mul(d, a))), loopOf([4, 6], s.add(a, a), s.mul(b, a)));
  const tidy = loopOf([4, 5], s.sub(b, a));
  assertStrictEquals(tidyLoop(tidy), tidy);
});

Deno.test("inlineOperands() computes the values that were read, including numbers", () => {
  const [a, b] = [s.argument(0), s.argument(1)];
  const zero = { expression: s.constantScalar(0), operands: [] };
  const sum = { expression: s.add(a, b), operands: [plainOperand(7, [3]), plainOperand(5, [3])] };
  const at = (value: number, inlined: typeof sum | typeof zero) => (operand: { readonly value: number }) =>
    operand.value === value ? inlined : undefined;
  assertEquals(inlineOperands(loopOf([4, 5], s.mul(a, b)), at(4, sum)), loopOf([7, 5], s.mul(s.add(a, b), b)));
  assertEquals(inlineOperands(loopOf([4, 5], s.mul(a, b)), at(4, zero)), loopOf([5], s.mul(0, a)));
  assertEquals(inlineOperands(loopOf([4, 5], s.max(a, b)), at(4, zero)), loopOf([5], s.max(0, a)));
});

Deno.test("fits() rejects more operands than the limit", () => {
  const wide = (count: number) =>
    loopOf(
      Array.from({ length: count }, (_, k) => k),
      Array.from({ length: count }, (_, k) => s.argument(k)).reduce((sum, x) => s.add(sum, x)),
    );
  assertEquals([fits(wide(30)), fits(wide(31))], [true, false]);
});

Deno.test("inlineOperands() lets the operands of a long expression keep their numbers", () => {
  const [a, b] = [s.argument(0), s.argument(1)];
  let long = s.add(a, b);
  for (let k = 0; k < 40; k++) long = s.sin(long);
  const given = { expression: long, operands: [plainOperand(7, [3]), plainOperand(5, [3])] };
  const inlined = inlineOperands(loopOf([4, 6], s.mul(a, b)), (operand) => operand.value === 6 ? given : undefined)!;
  assertEquals(inlined, loopOf([7, 5, 4], s.mul(s.argument(2), long)));
});
