import { assertEquals } from "@std/assert";
import { median, summarize } from "../../../bench/breadth/statistics.ts";

Deno.test("median() is the middle, or halfway between the two in the middle", () => {
  assertEquals(median([3, 1, 2]), 2);
  assertEquals(median([4, 1, 2, 3]), 2.5);
});

Deno.test("summarize() leaves out slices in which the core was slow, and tells the share that is left", () => {
  const slices = [{ milliseconds: 1, probe: 46 }, { milliseconds: 2, probe: 26 }, { milliseconds: 1.2, probe: 45 }, {
    milliseconds: 1.4,
    probe: 44,
  }];
  assertEquals(summarize(slices, 46), { best: 1, median: 1.2, kept: 0.75 });
});

Deno.test("summarize() takes all slices where none counts, and says so by a share of 0", () => {
  assertEquals(summarize([{ milliseconds: 1, probe: 20 }, { milliseconds: 3, probe: 20 }], 46), {
    best: 1,
    median: 2,
    kept: 0,
  });
});
