/**
 * Puts measurements into the documents:
 *
 *     OPENBLAS_NUM_THREADS=1 deno run -A --no-check bench/breadth.ts --json=breadth.json
 *     deno run --allow-read --allow-write bench/fill_tables.ts breadth.json
 *
 * @module
 */
import type { Row } from "./breadth/report.ts";
import { chosenTable, familyTable, fillPlace } from "./breadth/markdown.ts";

const [path] = Deno.args;
if (path === undefined) {
  console.error(
    "Cannot fill tables from no file: a file of measurements must be given; make one with bench/breadth.ts --json=FILE",
  );
  Deno.exit(1);
}
const { rows } = JSON.parse(Deno.readTextFileSync(path)) as { readonly rows: readonly Row[] };
const root = new URL("../", import.meta.url);
for (
  const [document, table] of [["README.md", chosenTable(rows)], ["docs/performance.md", familyTable(rows)]] as const
) {
  const place = new URL(document, root);
  Deno.writeTextFileSync(place, fillPlace(Deno.readTextFileSync(place), "breadth", table));
  console.log(`${document}: filled from ${rows.length} workloads`);
}
