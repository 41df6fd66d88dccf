import { assert, assertEquals } from "@std/assert";
import { FEATURE_GAP, featureLayout } from "../../../../examples/browser/page/feature_layout.ts";

Deno.test("views stand in full rows that fit", () => {
  for (const width of [280, 328, 560, 1000]) {
    for (const channels of [1, 8, 32, 64]) {
      const { columns, rows, size } = featureLayout(width, channels);
      assertEquals(columns * rows, channels);
      assert(size >= 17 && columns * (size + FEATURE_GAP) - FEATURE_GAP <= width);
    }
  }
});

Deno.test("64 views take eight rows on a phone and four on a desk", () => {
  assertEquals([featureLayout(328, 64).rows, featureLayout(560, 64).rows], [8, 4]);
});
