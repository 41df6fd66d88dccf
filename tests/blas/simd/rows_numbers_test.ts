import { assertEquals, assertStrictEquals } from "@std/assert";
import { type Rows, stageValue } from "../../../blas/rows.ts";
import { add, argument, mul } from "../../../blas/scalar/scalar.ts";
import { withoutNumbers } from "../../../blas/simd/rows_numbers.ts";

const meanOf = (count: number): Rows => ({
  axes: [1],
  stages: [{ reduction: "sum", expression: argument(0) }],
  outputs: [{ perRow: true, expression: add(mul(stageValue(0), 1 / count), 0.5) }],
});

Deno.test("rows that differ by a number are one computation with another operand", () => {
  const [a, b] = [30, 70].map((count) => withoutNumbers(meanOf(count), 1));
  assertStrictEquals(a!.rows.outputs[0]!.expression, b!.rows.outputs[0]!.expression);
  assertEquals([a!.numbers, b!.numbers], [[1 / 30], [1 / 70]]);
  const [view] = b!.operands("float64", 3);
  assertEquals([view!.shape, view!.get(0, 0, 0)], [[1, 1, 1], 1 / 70]);
});

Deno.test("numbers that code is chosen by stay", () => {
  assertEquals(withoutNumbers(meanOf(4), 1).numbers, []);
});

Deno.test("what has been found for rows is found once", () => {
  const rows = meanOf(30);
  assertStrictEquals(withoutNumbers(rows, 1), withoutNumbers(rows, 1));
  assertEquals(
    withoutNumbers(rows, 2).rows.outputs[0]!.expression === withoutNumbers(rows, 1).rows.outputs[0]!.expression,
    false,
  );
});
