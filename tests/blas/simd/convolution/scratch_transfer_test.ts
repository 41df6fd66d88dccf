import { assertEquals, assertThrows } from "@std/assert";
import { withScratch } from "../../../../blas/simd/convolution/scratch_transfer.ts";
import { Scratch } from "../../../../blas/simd/scratch.ts";

Deno.test("withScratch() reserves regions that do not overlap, with a margin after each, and releases them", () => {
  const scratch = new Scratch(), before = scratch.mark();
  assertEquals(
    withScratch(scratch, [100, 0, 20_000], ([a, b, c]) => {
      assertEquals([a! + 164 <= b!, b! + 64 <= c!, c! + 20_064 <= scratch.mark()], [true, true, true]);
    }),
    true,
  );
  assertEquals(scratch.mark(), before);
});

Deno.test("withScratch() does nothing if memory is too small, and releases regions after an error", () => {
  const scratch = new Scratch(1 << 20), before = scratch.mark();
  assertEquals(withScratch(scratch, [1 << 20], () => assertEquals(1, 2, "not called")), false);
  assertThrows(
    () =>
      withScratch(scratch, [64], () => {
        throw new Error("on the way");
      }),
    Error,
    "on the way",
  );
  assertEquals(scratch.mark(), before);
});
