/**
 * Memory for large arrays that the process keeps.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { canRecycle } from "../../../blas/recycling.ts";
import { keepPages } from "../../../blas/threaded/kept_pages.ts";

Deno.test("memory for large arrays is kept once, on Linux, and new arrays in it are cleared", () => {
  new Float64Array(4_000_000).fill(1).buffer.transfer(0);
  // Another test of this process may have started threads.
  assert(!keepPages() || (Deno.build.os === "linux" && canRecycle()));
  assertEquals(keepPages(), false);
  for (let k = 0; k < 3; k++) {
    const array = new Float64Array(3_000_000);
    assert(array.every((x) => x === 0));
    array.fill(1);
    array.buffer.transfer(0);
  }
});
