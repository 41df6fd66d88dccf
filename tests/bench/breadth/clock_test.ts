import { assertGreater, assertGreaterOrEqual } from "@std/assert";
import { ownTime } from "../../../bench/breadth/clock.ts";

Deno.test("ownTime() is never negative, never runs backwards, and goes on while the thread works", () => {
  const first = ownTime();
  assertGreaterOrEqual(first, 0);
  let last = first;
  for (let turn = 0; turn < 200; turn++) { // each turn takes some 40 microseconds on a core
    const now = ownTime();
    assertGreaterOrEqual(now, last);
    last = now;
  }
  assertGreater(last, first);
});
