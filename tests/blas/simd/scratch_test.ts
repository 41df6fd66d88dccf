/**
 * The scratch memory: a stack that grows.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import { createContext } from "../../../blas/simd/context.ts";
import { LARGE, LARGE_ALIGNMENT, LARGE_OFFSET, Scratch } from "../../../blas/simd/scratch.ts";

Deno.test("a scratch memory has sensible limits", () => {
  assertThrows(() => createContext({ maximumBytes: 100 }), RangeError, "it must be from 1 MiB");
  const { scratch } = createContext({ maximumBytes: 1 << 21 });
  const mark = scratch.mark(), first = scratch.reserve(10), second = scratch.reserve(10);
  assertEquals([first % 64, second - first], [0, 64]);
  scratch.release(mark);
  assertThrows(() => scratch.reserve(1 << 22), RangeError, "try again: blocks are smaller now");
  assertEquals(scratch.maximumBytes, (1 << 20) - 65_536);
  assertEquals(scratch.reserve(10), first);
});

Deno.test("reservations of 16 KiB or more begin at the same place of a page, off its beginning; smaller ones at a cache line", () => {
  const scratch = new Scratch();
  for (const bytes of [1, LARGE - 1, LARGE, 100_000]) {
    const address = scratch.reserve(bytes);
    assertEquals(bytes < LARGE ? address % 64 : address % LARGE_ALIGNMENT, bytes < LARGE ? 0 : LARGE_OFFSET);
  }
});
