import { assertEquals, assertInstanceOf } from "@std/assert";
import { DTypeError, formatShape, ShapeError } from "../../blas/errors.ts";

Deno.test("ShapeError says what was given, what is wrong and what to do, and has a field for each", () => {
  const details = {
    op: "matmul",
    given: { a: [32, 784], b: [128, 784], axis: "3" },
    problem: "columns of a (784) must equal rows of b (128)",
    remedy: "pass transpose(b)",
  };
  const error = new ShapeError(details);
  assertEquals(
    error.message,
    "Cannot apply matmul to a [32, 784] and b [128, 784] and axis 3: " +
      "columns of a (784) must equal rows of b (128); pass transpose(b)",
  );
  assertInstanceOf(error, TypeError);
  const { name, op, given, problem, remedy } = error;
  assertEquals({ name, op, given, problem, remedy }, { name: "ShapeError", ...details });
});

Deno.test("ShapeError omits the operands if none were given", () => {
  const error = new ShapeError({ op: "concat", given: {}, problem: "there is nothing to join", remedy: "pass one" });
  assertEquals(error.message, "Cannot apply concat: there is nothing to join; pass one");
});

Deno.test("DTypeError names the dtypes in the operands' order", () => {
  const details = { op: "add", given: ["float32", "float64"], problem: "they differ", remedy: "convert one" };
  const error = new DTypeError(details);
  assertEquals(error.message, "Cannot apply add to float32 and float64: they differ; convert one");
  assertInstanceOf(error, TypeError);
  const { name, op, given, problem, remedy } = error;
  assertEquals({ name, op, given, problem, remedy }, { name: "DTypeError", ...details });
});

Deno.test("formatShape() writes shapes as they are written in code", () => {
  assertEquals([[], [3], [2, 0, 5]].map(formatShape), ["[]", "[3]", "[2, 0, 5]"]);
});
