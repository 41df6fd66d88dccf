import { assertEquals } from "@std/assert";
import { CACHE_LINE, roundUp, toLines } from "../../blas/alignment.ts";

Deno.test("roundUp() returns the nearest multiple that is not smaller", () => {
  assertEquals([0, 1, 23, 24, 25].map((value) => roundUp(value, 24)), [0, 24, 24, 24, 48]);
});

Deno.test("toLines() rounds up to cache lines of 64 bytes", () => {
  assertEquals([0, 1, CACHE_LINE, CACHE_LINE + 1].map(toLines), [0, 64, 64, 128]);
});
