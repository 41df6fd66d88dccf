/**
 * Confusion matrices as pictures.
 *
 * @module
 */
import { describe } from "../../../blas/describe.ts";
import type { ConfusionMatrix } from "../../training/classification_metrics.ts";
import { checkLabels, checkPicture, PICTURE_OPTIONS } from "./check_picture.ts";
import { draw, MAGNITUDES } from "./draw.ts";
import type { PictureOptions } from "./options.ts";

/** The options of {@link confusionPicture}. */
export type ConfusionPictureOptions = PictureOptions & {
  /** The names of the classes; their numbers by default. */
  readonly labels?: readonly string[] | undefined;
};

/**
 * Draws a confusion matrix: true classes from top to bottom, chosen ones from left to right. A cell has its count, and its
 * colour is the share of its row, so that rare classes can be read too.
 *
 * @param matrix The counts, `matrix[true class][chosen class]`, as `confusionMetric` returns them.
 * @param options `title`, `width`, `height`, `labels`.
 * @returns An SVG document.
 * @throws {TypeError} If it is not a square matrix of numbers.
 *
 * @example
 * ```ts
 * import { confusionPicture } from "@nanograd/nanograd/watch";
 * import { assertStringIncludes } from "@std/assert";
 *
 * assertStringIncludes(await confusionPicture([[8, 2], [0, 5]], { labels: ["cat", "dog"] }), "dog");
 * ```
 */
export async function confusionPicture(
  matrix: ConfusionMatrix,
  options: ConfusionPictureOptions = {},
): Promise<string> {
  const action = "draw a confusion matrix";
  checkPicture(action, options, { ...PICTURE_OPTIONS, labels: true });
  if (!isSquare(matrix)) {
    throw new TypeError(
      `Cannot ${action} from ${describe(matrix)}: it must have a row of counts for each class; pass the matrix of ` +
        "confusionMetric",
    );
  }
  checkLabels(action, options.labels, matrix.length, "classes");
  const side = Math.max(240, Math.min(44 * matrix.length, 900));
  const { title, width = side, height = side, labels = matrix.map((_, k) => String(k)) } = options;
  const cells = matrix.flatMap((row, t) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, c) => ({ t, c, count, share: total === 0 ? 0 : count / total }));
  });
  const numbers = matrix.map((_, k) => k), sizes = Math.min(width, height) / matrix.length;
  const place = { x: { scale: "x", field: "c" }, y: { scale: "y", field: "t" } };
  // Labels are looked up by number: two classes may have the same name.
  const named = { labels: { update: { text: { signal: `${JSON.stringify(labels)}[datum.value]` } } } };
  return await draw({
    width,
    height,
    data: [{ name: "cells", values: cells }],
    scales: [
      { name: "x", type: "band", domain: numbers, range: "width" },
      { name: "y", type: "band", domain: numbers, range: "height" },
      { name: "color", type: "linear", domain: [0, 1], range: [...MAGNITUDES] },
    ],
    axes: [
      { orient: "bottom", scale: "x", title: "chosen class", domain: false, ticks: false, encode: named },
      { orient: "left", scale: "y", title: "true class", domain: false, ticks: false, encode: named },
    ],
    marks: [
      {
        type: "rect",
        from: { data: "cells" },
        encode: {
          enter: {
            ...place,
            width: { scale: "x", band: 1 },
            height: { scale: "y", band: 1 },
            fill: { scale: "color", field: "share" },
            stroke: { value: "white" },
          },
        },
      },
      {
        type: "text",
        from: { data: "cells" },
        encode: {
          enter: {
            x: { scale: "x", field: "c", band: 0.5 },
            y: { scale: "y", field: "t", band: 0.5 },
            text: { signal: "datum.count === 0 ? '' : format(datum.count, ',')" },
            fill: { signal: "datum.share > 0.5 ? 'white' : 'black'" },
            align: { value: "center" },
            baseline: { value: "middle" },
            fontSize: { value: Math.max(7, Math.min(13, sizes / 3)) },
          },
        },
      },
    ],
  }, title);
}

/** Tells whether a value is a matrix with as many rows as columns, and has some. */
function isSquare(matrix: unknown): boolean {
  const isRow = (row: unknown, size: number): boolean =>
    Array.isArray(row) && row.length === size && row.every((count) => Number.isFinite(count));
  return Array.isArray(matrix) && matrix.length > 0 && matrix.every((row) => isRow(row, matrix.length));
}
