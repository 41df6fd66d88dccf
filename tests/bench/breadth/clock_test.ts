import { assertGreater, assertGreaterOrEqual } from "@std/assert";
import { ownTime } from "../../../bench/breadth/clock.ts";

Deno.test("ownTime() is never negative, never runs backwards, and goes on while the thread works", () => {
  const began = performance.now(), first = ownTime();
  assertGreaterOrEqual(first, 0);
  let last = first;
  while (performance.now() < began + 50) {
    const now = ownTime();
    assertGreaterOrEqual(now, last);
    last = now;
  }
  assertGreater(last, first);
});
