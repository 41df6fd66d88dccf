import { assertEquals, assertStringIncludes } from "@std/assert";
import type { PeerRow } from "../../../bench/peers/measured.ts";
import { drawChart, peerTable } from "../../../bench/peers/report.ts";
import { PEER_WORKLOADS } from "../../../bench/peers/workloads.ts";

const ROWS: readonly PeerRow[] = [
  {
    name: "a",
    shapes: "2x3",
    cells: {
      "nanograd, compiled": { time: { median: 0.5, spread: 0.01 } },
      "PyTorch": { time: { median: 1, spread: 0.1 } },
      "jax-js": { note: "jax-js: it has no a" },
    },
  },
];

Deno.test("every workload that peers run exists", () => {
  assertEquals(PEER_WORKLOADS.filter((workload) => workload === undefined), []);
});

Deno.test("the table numbers its notes, and says where a library has nothing", () => {
  const [head, , row, , note] = peerTable(ROWS).split("\n").map((line) => line.replaceAll(/ +/g, " "));
  assertStringIncludes(head!, "| workload | nanograd, compiled | nanograd, plain | PyTorch | jax-js | TensorFlow.js |");
  assertEquals(row, "| a | 0.50 ± 2 % | none | 1.0 ± 10 % | none (1) | none |");
  assertEquals(note, "1. jax-js: it has no a");
});

Deno.test("the chart has a mark for every time", async () => {
  const svg = await drawChart(ROWS);
  for (const text of ["PyTorch", 'aria-roledescription="symbol mark', "times as long"]) assertStringIncludes(svg, text);
});
