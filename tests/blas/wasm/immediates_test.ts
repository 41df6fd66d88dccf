import { assertEquals, assertThrows } from "@std/assert";
import { immediateBytes } from "../../../blas/wasm/immediates.ts";

Deno.test("offsets follow a hint of alignment, and lanes follow offsets", () => {
  assertEquals(immediateBytes("v128.load", "memory", undefined, undefined), [0, 0]);
  assertEquals(immediateBytes("v128.load", "memory", 300, undefined), [0, 0xac, 2]);
  assertEquals(immediateBytes("v128.load32_lane", "memoryLane", 3, 5), [0, 5, 3]);
  assertEquals(immediateBytes("f64x2.extract_lane", "lane", 1, undefined), [1]);
  assertEquals(immediateBytes("memory.fill", "zero", undefined, undefined), [0]);
  assertEquals(immediateBytes("memory.copy", "zeroZero", undefined, undefined), [0, 0]);
});

Deno.test("a lane that a vector does not have is refused, and a shuffle of other bytes", () => {
  assertThrows(() => immediateBytes("f64x2.extract_lane", "lane", 2, undefined), RangeError, "0 to 1");
  assertThrows(() => immediateBytes("v128.store32_lane", "memoryLane", 4, 0), RangeError, "0 to 3");
  const bytes = Array.from({ length: 16 }, (_, k) => 2 * k + 2);
  assertThrows(() => immediateBytes("i8x16.shuffle", "bytes", bytes, undefined), RangeError, "below 32");
  assertEquals(immediateBytes("v128.const", "bytes", bytes, undefined), bytes);
});
