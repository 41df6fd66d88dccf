import { assertEquals, assertStringIncludes } from "@std/assert";
import { formatConfusion, formatMisreadings, formatResult } from "../../examples/report.ts";
import { plainStyles } from "../../examples/styles.ts";

/** Eight images of one inked pixel, of which seven were misread, the surer the later. */
const DATASET = {
  size: 8,
  imageShape: [2, 2] as const,
  images: Uint8Array.from({ length: 32 }, (_, i) => i % 4 === 0 ? 255 : 0),
  labels: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7),
};
const EVALUATION = {
  metrics: { loss: { total: 1, weight: 8 }, accuracy: { correct: 1, samples: 8 } },
  confusion: Array.from({ length: 10 }, (_, i) => Array.from({ length: 10 }, (_, j) => i === 0 && j === 0 ? 1 : 0)),
  predictions: Uint8Array.of(0, 2, 3, 4, 5, 6, 7, 8),
  confidences: Float32Array.of(1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7),
};

Deno.test("formatResult() shows both losses with every digit", () => {
  const [first, second, third] = formatResult(
    { loss: { total: 1, weight: 3 }, accuracy: { correct: 3, samples: 3 } },
    { loss: { total: 700, weight: 10000 }, accuracy: { correct: 9788, samples: 10000 } },
    88.2,
    plainStyles,
  ).split("\n");
  assertEquals(first, "Test accuracy 97.88 % (9,788 of 10,000), trained in 1:28");
  assertStringIncludes(second!, "0.3333333333333333");
  assertEquals(third, "Final test loss     0.07");
});

Deno.test("formatMisreadings() draws the six surest mistakes, the surest first", () => {
  const text = formatMisreadings(DATASET, EVALUATION, plainStyles, 200);
  assertEquals(text.match(/\d read as \d, [\d.]+ %/g), [
    "7 read as 8, 70.0 %",
    "6 read as 7, 60.0 %",
    "5 read as 6, 50.0 %",
    "4 read as 5, 40.0 %",
    "3 read as 4, 30.0 %",
    "2 read as 3, 20.0 %",
  ]);
  assertEquals(text.match(/▀/g)?.length, 6);
});

Deno.test("formatMisreadings() says so where nothing was misread", () => {
  const all = { ...EVALUATION, predictions: DATASET.labels };
  assertEquals(formatMisreadings(DATASET, all, plainStyles, 80), "No digit was misread.");
});

Deno.test("formatConfusion() has a row for every digit", () => {
  const rows = formatConfusion(EVALUATION, plainStyles).split("\n");
  assertEquals(rows.length, 13);
  assertStringIncludes(rows[0]!, "Confusion matrix");
});
