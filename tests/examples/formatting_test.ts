import { assertEquals } from "@std/assert";
import { formatCount, formatDuration, formatPercent } from "../../examples/formatting.ts";

Deno.test("formatDuration() counts minutes from 0 and hours from 1", () => {
  const spans = [[0, "0:00"], [9.4, "0:09"], [59.6, "1:00"], [725, "12:05"], [3599.5, "1:00:00"], [3723, "1:02:03"]];
  for (const [seconds, text] of spans) assertEquals(formatDuration(Number(seconds)), text);
  assertEquals(formatDuration(360_000), "100:00:00");
});

Deno.test("formatCount() and formatPercent() write numbers as people do", () => {
  assertEquals([formatCount(0), formatCount(8312.4), formatCount(60000)], ["0", "8,312", "60,000"]);
  assertEquals([formatPercent(0.97531), formatPercent(1, 0), formatPercent(0.5, 1)], ["97.53 %", "100 %", "50.0 %"]);
});
