import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  call,
  constant,
  f32x4,
  f64,
  i16x8,
  i32,
  i64,
  i64x2,
  instruction,
  localExpression,
  memory,
  select,
  toExpression,
  v128,
} from "../../../blas/wasm/expression.ts";

Deno.test("an expression is a tree that knows its type, its instruction and its operands", () => {
  const p = localExpression("i32", 300), sum = i32.add(p, 5), loaded = f64.load(sum, 200);
  assertEquals([loaded.type, loaded.root, loaded.operands[0] === sum], ["f64", "f64.load", true]);
  // An alignment hint of 1, then the offset 200 in LEB128; a local's number likewise.
  assertEquals([loaded.immediate, p.immediate, f64.load(sum).immediate], [[0, 0xc8, 1], [0x20, 0xac, 2], [0, 0]]);
  assertEquals([v128.store(p, v128.load(p)).type, memory.copy(0, 1, 2).type], ["none", "none"]);
  assertEquals(instruction("i32.add", p, 5), sum);
});

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

Deno.test("constants of lanes are little-endian, one value for all or one for each", () => {
  assertEquals(i16x8.const(0x0102).immediate, Array.from({ length: 16 }, (_, k) => k % 2 === 0 ? 2 : 1));
  assertEquals(i64x2.const(-1n, 3n).immediate, [...new Array(8).fill(255), 3, 0, 0, 0, 0, 0, 0, 0]);
  assertEquals(f32x4.const(1, 0, 0, -0).immediate, [0, 0, 0x80, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80]);
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
