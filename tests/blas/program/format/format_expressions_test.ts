import { assertEquals } from "@std/assert";
import { formatExpressions } from "../../../../blas/program/format/format_expressions.ts";
import * as s from "../../../../blas/scalar/scalar.ts";

const a = s.argument(0), b = s.argument(1);
const written = (x: s.Scalar): string => formatExpressions([x], ["a", "b"], [])[0]!.text;

Deno.test("formatExpressions() writes brackets only where they are needed", () => {
  assertEquals(written(s.sub(s.sub(a, b), s.sub(a, 1))), "a - b - (a - 1)");
  assertEquals(written(s.mul(s.add(a, b), s.div(a, s.mul(b, 2)))), "(a + b) * (a / (b * 2))");
  assertEquals(written(s.neg(s.add(a, b))), "-(a + b)");
  assertEquals(written(s.sub(a, -2)), "a - -2");
  assertEquals(written(s.select(s.greater(a, s.add(b, 1)), s.exp(s.neg(a)), 0)), "a > b + 1 ? exp(-a) : 0");
  assertEquals(written(s.max(s.select(a, b, 1), s.pow(a, 3))), "max(a ? b : 1, pow(a, 3))");
});

Deno.test("formatExpressions() writes a repeated part once, however deeply it is nested", () => {
  let x: s.Scalar = s.exp(a);
  for (let k = 0; k < 40; k++) x = s.add(x, s.tanh(x));
  const formulas = formatExpressions([x], ["a"], ["y"]);
  assertEquals(formulas[0], { name: "t0", text: "exp(a)" });
  assertEquals(formulas[1], { name: "t1", text: "t0 + tanh(t0)" });
  assertEquals(formulas.at(-1), { name: "y", text: "t39 + tanh(t39)" });
});

Deno.test("formatExpressions() refers to a part that is a result by the result's name", () => {
  const m = s.add(s.mul(0.9, a), b);
  assertEquals(formatExpressions([m, s.sub(b, m)], ["a", "b"], ["m", "p"]), [
    { name: "m", text: "0.9 * a + b" },
    { name: "p", text: "b - m" },
  ]);
});
