/**
 * The confusion matrix as a table: which class was classified as which.
 *
 * @module
 */
import type { ConfusionMatrix } from "../mod.ts";
import { formatPercent } from "./formatting.ts";
import { plainStyles, type Styles } from "./styles.ts";

/** Formats the matrix as a table, with the recall of every class at the right and the precision below. */
export function formatConfusionMatrix(matrix: ConfusionMatrix, styles: Styles = plainStyles): string {
  const classes = matrix.map((_, i) => i), width = 1 + Math.max(4, ...matrix.flat().map((n) => String(n).length));
  const cell = (n: number, row: number, column: number): string =>
    row === column
      ? styles.good(String(n).padStart(width))
      : n === 0
      ? styles.faint("·".padStart(width))
      : styles.bad(String(n).padStart(width));
  const share = (hits: number, of: number, digits: number): string => of === 0 ? "-" : formatPercent(hits / of, digits);
  const columnSum = (column: number): number => matrix.reduce((sum, row) => sum + row[column]!, 0);
  const precision = (column: number): string => share(matrix[column]![column]!, columnSum(column), 0).replace(" ", "");
  const label = "precision".length;
  return [
    styles.heading(`${"".padEnd(label)}${classes.map((c) => String(c).padStart(width)).join("")}   recall`),
    ...matrix.map((row, i) => {
      const recall = share(row[i]!, row.reduce((sum, n) => sum + n, 0), 1);
      return `${styles.heading(String(i).padStart(label))}${row.map((n, j) => cell(n, i, j)).join("")}${
        styles.faint(recall.padStart(9))
      }`;
    }),
    styles.faint(`precision${classes.map((c) => precision(c).padStart(width)).join("")}`),
  ].join("\n");
}
