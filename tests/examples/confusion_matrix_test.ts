import { assertEquals } from "@std/assert";
import { stripAnsiCode } from "@std/fmt/colors";
import fc from "fast-check";
import { formatConfusionMatrix } from "../../examples/confusion_matrix.ts";
import { terminalStyles } from "../../examples/styles.ts";

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
