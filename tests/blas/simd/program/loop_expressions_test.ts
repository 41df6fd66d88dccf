import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { add, argument, div, exp, max, mul, type Scalar } from "../../../../blas/scalar/scalar.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import { argumentsIn, inLoops, needed, partsOf, weightOf } from "../../../../blas/simd/program/loop_expressions.ts";
import { reducePlan } from "../../../../blas/simd/program/reduce_code.ts";
import { allocate, view } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";
import { whole } from "./small_programs.ts";

const x = argument(0), y = argument(1), z = argument(2);
/** The value of an expression of numbers. */
const valueOf = (expression: Scalar, ...numbers: readonly number[]): number => {
  const output = allocate("float64", [1]);
  reference.map(expression, numbers.map((number) => view(Float64Array.of(number))), output);
  return elementsOf(output)[0]!;
};
const isVarying = (index: number) => index === 0;

Deno.test("a quotient by what stays the same in a loop becomes a product with its reciprocal", () => {
  const [product] = inLoops([div(x, y)], isVarying) as [Scalar];
  // The divisor's part, without x, is computed once.
  assert(product.kind === "binary" && product.name === "mul");
  for (const [a, b] of [[3, 4], [-1, 0.3], [0, 7], [5, 2 ** 100], [1e-30, 2 ** -100]] as const) {
    assert(Math.abs(valueOf(product, a, b) - a / b) <= 2 ** -51 * Math.abs(a / b), `${a} / ${b}`);
  }
  assertEquals(valueOf(product, 1, 0), Infinity);
  // In float32 the reciprocal of a number that small would be infinite.
  assertEquals(valueOf(product, 2 ** -140, 2 ** -140), 1);
});

Deno.test("a quotient by a single number stays, unless its reciprocal is exact", () => {
  const single = (index: number) => index === 1;
  // The logarithm of 2^30 + 2^-22 is rounded to 30.
  for (const quotient of [div(x, y), div(x, 10), div(x, 2 ** 30 + 2 ** -22), div(x, add(y, 1))]) {
    assertEquals(inLoops([quotient], isVarying, single), [quotient]);
  }
  for (const quotient of [div(x, z), div(x, add(y, z)), div(x, 4), div(x, -0.5)]) {
    assertNotEquals(inLoops([quotient], isVarying, single), [quotient]);
  }
});

Deno.test("quotients by what changes, or of what does not, stay", () => {
  for (const quotient of [div(y, x), div(y, z), div(x, x)]) assertEquals(inLoops([quotient], isVarying), [quotient]);
});

Deno.test("parts change along the innermost level of their arguments", () => {
  const inner = exp(y), outer = mul(x, inner), levels = [1, 0, 2];
  const parts = partsOf([add(outer, z)], (index) => levels[index]!);
  assertEquals([x, y, z, inner, outer, add(outer, z)].map((part) => parts.get(part) ?? find(parts, part)), [
    1,
    0,
    2,
    0,
    1,
    2,
  ]);
  assertEquals(needed(parts, 1).length, 2, "y and its exponential, before level 1 begins");
  assertEquals(needed(parts, 3), [...parts].filter(([, level]) => level === 2).map(([part]) => part));
  assert(weightOf(parts, 0) > weightOf(parts, 1), "an exponential takes more instructions than a product");
  assertEquals(weightOf(parts, 5), 1);
});

/** The level of a part that is built like another one. */
const find = (parts: ReadonlyMap<Scalar, number>, part: Scalar) =>
  [...parts].find(([own]) => JSON.stringify(own) === JSON.stringify(part))?.[1];

Deno.test("a maximum with a constant weighs as little as an addition", () => {
  const weight = (expression: Scalar) => weightOf(partsOf([expression], () => 0), 0);
  assert(weight(max(x, 0)) < weight(max(x, y)) - 1);
});

Deno.test("argumentsIn() lists each argument once, in order", () => {
  assertEquals(argumentsIn([add(z, x), mul(x, z)]), [0, 2]);
});

Deno.test("a reduction's plan keeps levels before those that it reduces, and only operands that are read", () => {
  const shape = [4, 600], loop = { shape, operands: [whole(0, shape), whole(1, shape)], expressions: [mul(y, y)] };
  const rows = reducePlan({ loop, axes: [1], dtype: "float32" }),
    columns = reducePlan({ loop, axes: [0], dtype: "float64" });
  assertEquals([rows.used, rows.operands, rows.lanes, rows.kept], [[1], [whole(1, shape)], 4, 1]);
  assertEquals([rows.lengths, rows.strides], [[4, 600], [[600, 1]]]);
  assertEquals([columns.lengths, columns.strides, columns.lanes], [[600, 4], [[1, 600]], 2]);
  assertEquals([rows.byRows, columns.byRows], [true, false]);
});
