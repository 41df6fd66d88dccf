import { assertEquals } from "@std/assert";
import { countText, lossText, percent, scoresText } from "../../../../examples/browser/page/wording.ts";

Deno.test("percent() says 100 % of nothing but all", () => {
  assertEquals([0, 0.004, 0.5, 0.996, 1].map(percent), ["0 %", "0 %", "50 %", "99 %", "100 %"]);
});

Deno.test("lossText() writes losses of any size", () => {
  assertEquals([0.12345, 12345, NaN, Infinity].map(lossText), ["0.123", "1.2e+4", "not a number", "not a number"]);
});

Deno.test("scoresText() says the step and how well the network does", () => {
  const scores = { step: 1200, loss: 0.1, testLoss: 0.25, accuracy: 1, testAccuracy: 0.96 };
  assertEquals(scoresText(scores), "Step 1,200: test loss 0.250, test accuracy 96 %");
  assertEquals(countText(21666), "21,666");
});
