import { assertEquals } from "@std/assert";
import { partsTable, sizesTable } from "../../../bench/bundles/markdown.ts";

Deno.test("sizesTable() has a row for each bundle, in kilobytes", () => {
  assertEquals(
    sizesTable([{ program: "little", minified: 59_882, gzipped: 25_100 }]),
    "| program | minified | gzipped |\n| ------- | -------: | ------: |\n| little  |       60 |      25 |",
  );
});

Deno.test("partsTable() sums the files of each part, the largest first; unknown files are packages", () => {
  const bytes = new Map([["blas/wasm/a.ts", 1000], ["layers/dense.ts", 4000], ["blas/wasm/b.ts", 2000], ["x.js", 500]]);
  const rows = partsTable(bytes).split("\n").slice(2).map((row) =>
    row.split("|").map((cell) => cell.trim()).slice(1, 3)
  );
  assertEquals(rows, [["layers, models, files", "4"], ["the assembler", "3"], [
    "packages: ndarray, fp-ts; the list of names",
    "1",
  ]]);
});
