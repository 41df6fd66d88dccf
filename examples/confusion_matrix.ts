/**
 * The confusion matrix: which class was taken for which.
 *
 * @module
 */
import { formatPercent } from "./formatting.ts";
import { plainStyles, type Styles } from "./styles.ts";

/** How often samples of class `row` were taken for class `column`: `matrix[row][column]`. */
export type ConfusionMatrix = readonly (readonly number[])[];

/**
 * Counts what was taken for what.
 *
 * @param labels The true class of every sample, from 0 to `classes - 1`.
 * @param predictions The class that each was taken for.
 * @throws {RangeError} If the two differ in length, or hold a number that is no class.
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classes: number,
): ConfusionMatrix {
  if (labels.length !== predictions.length) {
    throw new RangeError(
      `Cannot count ${predictions.length} predictions for ${labels.length} labels: ` +
        "there must be one per label; pass both for the same samples",
    );
  }
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < labels.length; i++) {
    const row = matrix[labels[i]!], column = predictions[i]!;
    if (row?.[column] === undefined) {
      throw new RangeError(
        `Cannot count label ${labels[i]} taken for ${column}, sample ${i}: classes must be whole numbers from 0 to ` +
          `${classes - 1}; pass the number of classes that the network has`,
      );
    }
    row[column]! += 1;
  }
  return matrix;
}

/** A table of the matrix, with the recall of every class at its right and the precision below. */
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
