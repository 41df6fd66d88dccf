import { assertEquals } from "@std/assert";
import { localExpression } from "../../../blas/wasm/expression.ts";
import { f32x4, f64, i32, i64x2, i8x16, instruction, memory, v128 } from "../../../blas/wasm/instruction_functions.ts";

Deno.test("an expression is a tree that knows its type, its instruction and its operands", () => {
  const p = localExpression("i32", 300), sum = i32.add(p, 5), loaded = f64.load(sum, 200);
  assertEquals([loaded.type, loaded.root, loaded.operands[0] === sum], ["f64", "f64.load", true]);
  // An alignment hint of 1, then the offset 200 in LEB128.
  assertEquals([loaded.immediate, p.index, f64.load(sum).immediate], [[0, 0xc8, 1], 300, [0, 0]]);
  assertEquals([v128.store(p, v128.load(p)).type, memory.copy(0, 1, 2).type], ["none", "none"]);
  assertEquals(instruction("i32.add", p, 5), sum);
});

Deno.test("constants of lanes are little-endian, one value for all or one for each", () => {
  assertEquals(i8x16.const(0x102).immediate, new Array(16).fill(2));
  assertEquals(i64x2.const(-1n, 3n).immediate, [...new Array(8).fill(255), 3, 0, 0, 0, 0, 0, 0, 0]);
  assertEquals(f32x4.const(1, 0, 0, -0).immediate, [0, 0, 0x80, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80]);
});

Deno.test("lanes of 0 and of -0 are different constants, however often they are made", () => {
  for (let k = 0; k < 2; k++) {
    assertEquals(f32x4.const(0).immediate, new Array(16).fill(0));
    assertEquals(f32x4.const(-0).immediate.filter((byte) => byte === 0x80).length, 4);
    assertEquals(i64x2.const(0n).immediate, new Array(16).fill(0));
  }
});
