import { assert, assertEquals, assertThrows } from "@std/assert";
import { CHOSEN, chosenTable, familyTable, fillPlace } from "../../../bench/breadth/markdown.ts";
import type { Row } from "../../../bench/breadth/report.ts";
import { WORKLOADS } from "../../../bench/breadth/workloads/mod.ts";

const time = (median: number) => ({ best: median, median, kept: 1 });

const row = (name: string, family: string, compiled: number, plain: number, torch: number): Row => ({
  name,
  family,
  shapes: "2x3",
  marks: { compiled: 1 },
  compilation: 1,
  wrong: undefined,
  times: { compiled: time(compiled), plain: time(plain), torch: time(torch) },
  ratio: { compiled: torch / compiled, plain: torch / plain },
  bestRatio: {},
  met: {},
});

const ROWS = [row("a", "network", 0.1, 0.4, 0.2), row("b", "network", 1, 2, 4), row("c", "rows", 12.34, 1, 1)];

Deno.test("the workloads that the README shows exist", () => {
  const names = new Set(WORKLOADS.map(({ name }) => name));
  assert(CHOSEN.every((name) => names.has(name)), CHOSEN.filter((name) => !names.has(name)).join());
});

Deno.test("chosenTable() shows medians and ratios in the order of the names", () => {
  assertEquals(chosenTable(ROWS, ["c", "a"]).split("\n"), [
    "| workload | compiled | plain | PyTorch | PyTorch / compiled | PyTorch / plain |",
    "| -------- | -------: | ----: | ------: | -----------------: | --------------: |",
    "| c        |       12 |   1.0 |     1.0 |              0.081 |             1.0 |",
    "| a        |     0.10 |  0.40 |    0.20 |                2.0 |            0.50 |",
  ]);
});

Deno.test("familyTable() shows the median, the slowest and the fastest of each family", () => {
  const [, , network] = familyTable(ROWS).split("\n");
  assertEquals(network!.split("|").map((cell) => cell.trim()).filter((cell) => cell !== ""), [
    "network",
    "2",
    "3.0",
    "2.0",
    "4.0",
    "1.3",
    "0.50",
    "2.0",
  ]);
});

Deno.test("fillPlace() replaces what stands between its marks, and refuses a document without them", () => {
  const document = "a\n<!-- breadth: made by -->\n\nold\n\n<!-- /breadth -->\nb\n";
  const filled = "a\n<!-- breadth: made by -->\n\nnew\n\n<!-- /breadth -->\nb\n";
  assertEquals([fillPlace(document, "breadth", "new"), fillPlace(filled, "breadth", "new")], [filled, filled]);
  assertThrows(() => fillPlace("a", "breadth", "new"), TypeError, "<!-- /breadth -->");
});
