import { assertEquals, assertStrictEquals } from "@std/assert";
import { call, constant, select, toExpression } from "../../../blas/wasm/expression.ts";
import { f32x4, f64, i64 } from "../../../blas/wasm/instruction_functions.ts";

Deno.test("numbers become constants of the type that an instruction takes", () => {
  assertEquals(toExpression("i32", -1), constant("i32", -1));
  assertEquals(toExpression("i64", 7n).immediate, [0x42, 7]);
  assertEquals(toExpression("f32", 1).immediate, [0x43, 0, 0, 0x80, 0x3f]);
  assertEquals(i64.add(1n, 2n).operands.map(({ immediate }) => immediate), [[0x42, 1], [0x42, 2]]);
  // The largest unsigned number has the bits of -1.
  assertEquals(constant("i32", 2 ** 32 - 1), constant("i32", -1));
  const v = f32x4.const(2);
  assertStrictEquals(toExpression("v128", v), v);
});

Deno.test("call and select have the type of what they choose", () => {
  const target = { index: 3, parameters: ["i32", "f64"], result: "f64" } as const, called = call(target, 1, 2.5);
  assertEquals([called.type, called.immediate, called.operands[1]], ["f64", [0x10, 3], constant("f64", 2.5)]);
  const [number, vector] = [select(1, f64.abs(1), f64.abs(2)), select(1, f32x4.const(1), f32x4.const(2))];
  // Plain select takes numbers only; that of vectors names its type.
  assertEquals([number.type, number.immediate, vector.type, vector.immediate], ["f64", [0x1b], "v128", [
    0x1c,
    1,
    0x7b,
  ]]);
});
