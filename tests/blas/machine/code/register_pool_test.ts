import { assertEquals, assertThrows } from "@std/assert";
import { RegisterPool } from "../../../../blas/machine/code/register_pool.ts";

Deno.test("a pool gives the lowest register, and never the stack pointer or the argument", () => {
  const pool = new RegisterPool(256), all = Array.from({ length: pool.count("general") }, () => pool.take("general"));
  assertEquals(all.map(({ number }) => number), [0, 1, 2, 3, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15]);
  assertThrows(() => pool.take("general"), Error, "Cannot take another general register: all are in use");
  pool.give(all[4]!);
  pool.give(all[1]!);
  assertEquals(pool.take("general").number, 1);
});

Deno.test("there are 16 vectors, or 32 with AVX-512, and 7 masks", () => {
  assertEquals([256, 512].map((bits) => new RegisterPool(bits as 256).count("vector")), [16, 32]);
  assertEquals(new RegisterPool(512).count("mask"), 7);
});

Deno.test("a register that is freed twice is an error", () => {
  const pool = new RegisterPool(256), one = pool.take("vector");
  pool.give(one);
  assertThrows(() => pool.give(one), Error, "Cannot free vector register 0 twice");
});
