import { assertEquals } from "@std/assert";
import { alignedBytes, planesOf } from "../../../../../blas/simd/program/products/conv_problem.ts";

Deno.test("planesOf() returns the channels of one group, with strides in bytes", () => {
  const operand = { value: 0, shape: [2, 6, 3, 5], stride: [90, 15, 5, 1], offset: 0 };
  assertEquals(planesOf(operand, 2, 4), { channels: 3, height: 3, width: 5, channel: 60, row: 20, column: 4 });
});

Deno.test("alignedBytes() leaves a cache line after every region that is not empty", () => {
  assertEquals([0, 1, 64, 65].map(alignedBytes), [0, 128, 128, 192]);
});
