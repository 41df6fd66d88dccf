import { assertEquals, assertThrows } from "@std/assert";
import { stripAnsiCode } from "@std/fmt/colors";
import fc from "fast-check";
import { confusionMatrix, formatConfusionMatrix } from "../../examples/confusion_matrix.ts";
import { terminalStyles } from "../../examples/styles.ts";

// Counted by hand.
Deno.test("confusionMatrix() has a row per true class and a column per prediction", () => {
  assertEquals(confusionMatrix([0, 0, 1, 2, 2, 2], [0, 1, 1, 0, 2, 2], 3), [[1, 1, 0], [0, 1, 0], [1, 0, 2]]);
});

Deno.test("confusionMatrix() counts every sample once, with the right ones on the diagonal", () => {
  const pairs = fc.array(fc.tuple(fc.nat(3), fc.nat(3)));
  fc.assert(fc.property(pairs, (samples) => {
    const labels = samples.map(([label]) => label), predictions = samples.map(([, prediction]) => prediction);
    const matrix = confusionMatrix(labels, predictions, 4);
    assertEquals(matrix.flat().reduce((sum, n) => sum + n, 0), samples.length);
    assertEquals(
      matrix.reduce((sum, row, i) => sum + row[i]!, 0),
      labels.filter((l, i) => l === predictions[i]).length,
    );
    assertEquals(confusionMatrix(predictions, labels, 4), matrix.map((_, i) => matrix.map((row) => row[i]!)));
  }));
});

Deno.test("confusionMatrix() refuses what cannot be counted", () => {
  assertThrows(() => confusionMatrix([0, 1], [0], 2), RangeError, "Cannot count 1 predictions for 2 labels");
  for (const [label, prediction] of [[2, 0], [0, 2], [0.5, 0], [0, -1], [NaN, 0]] as const) {
    const message = `label ${label} taken for ${prediction}, sample 1`;
    assertThrows(() => confusionMatrix([0, label], [0, prediction], 2), RangeError, message);
  }
});

Deno.test("formatConfusionMatrix() is a table with recall and precision", () => {
  const table = [
    "             0    1    2   recall",
    "        0    9    1    ·   90.0 %",
    "        1    ·    5    ·  100.0 %",
    "        2    3    ·    0    0.0 %",
    "precision  75%  83%    -",
  ].join("\n");
  const matrix = [[9, 1, 0], [0, 5, 0], [3, 0, 0]];
  assertEquals(formatConfusionMatrix(matrix), table);
  assertEquals(stripAnsiCode(formatConfusionMatrix(matrix, terminalStyles)), table);
});

Deno.test("formatConfusionMatrix() lines its columns up, however large the counts are", () => {
  fc.assert(fc.property(fc.array(fc.nat(10 ** 7), { minLength: 9, maxLength: 9 }), (counts) => {
    const matrix = [counts.slice(0, 3), counts.slice(3, 6), counts.slice(6)];
    const rows = formatConfusionMatrix(matrix).split("\n").slice(0, 4);
    assertEquals(new Set(rows.map((row) => row.length)).size, 1);
  }));
});
