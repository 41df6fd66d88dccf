/**
 * Puts measurements into the documents:
 *
 *     OPENBLAS_NUM_THREADS=1 deno run -A --no-check bench/breadth.ts --json=breadth.json
 *     deno run --allow-read --allow-write bench/fill_tables.ts breadth.json
 *     OPENBLAS_NUM_THREADS=1 deno run -A --no-check bench/operations.ts --json=operations.json
 *     deno run --allow-read --allow-write bench/fill_tables.ts operations.json operations
 *
 * @module
 */
import type { Row } from "./breadth/report.ts";
import { chosenTable, familyTable, fillPlace, missesTable, wholeTable } from "./breadth/markdown.ts";

const [path, suite = "breadth"] = Deno.args;
if (path === undefined) {
  console.error(
    "Cannot fill tables from no file: a file of measurements must be given; make one with bench/breadth.ts --json=FILE",
  );
  Deno.exit(1);
}
const { rows } = JSON.parse(Deno.readTextFileSync(path)) as { readonly rows: readonly Row[] };
const root = new URL("../", import.meta.url);
type Place = readonly [document: string, place: string, table: string];
const places: readonly Place[] = suite === "operations"
  ? [
    ["docs/performance.md", "operations-misses", missesTable(rows)],
    ["docs/breadth.md", "operations", wholeTable(rows)],
  ]
  : [
    ["docs/performance.md", "chosen", chosenTable(rows)],
    ["docs/performance.md", "breadth", familyTable(rows)],
    ["docs/performance.md", "misses", missesTable(rows)],
    ["docs/breadth.md", "breadth", wholeTable(rows)],
  ];
for (const [document, place, table] of places) {
  const file = new URL(document, root);
  Deno.writeTextFileSync(file, fillPlace(Deno.readTextFileSync(file), place, table));
  console.log(`${document}: ${place} filled from ${rows.length} workloads`);
}
