/**
 * The report at the end of training.
 *
 * @module
 */
import { formatConfusionMatrix } from "./confusion_matrix.ts";
import { drawImage, inkBox, sideBySide } from "./draw_digit.ts";
import { formatCount, formatDuration, formatPercent } from "./formatting.ts";
import { accuracy, meanLoss, type Metrics, sampleCount } from "./metrics.ts";
import { type Dataset, image } from "./mnist_data.ts";
import type { Styles } from "./styles.ts";
import type { Evaluation } from "./training.ts";

/** Formats the result in a few lines; the losses have all digits, so that two runs can be compared to the last bit. */
export function formatResult(training: Metrics, test: Metrics, seconds: number, styles: Styles): string {
  const share = `${formatCount(test.accuracy.correct)} of ${formatCount(sampleCount(test))}`;
  return [
    `${styles.heading(`Test accuracy ${formatPercent(accuracy(test))}`)} (${share}), trained in ${
      formatDuration(seconds)
    }`,
    `Final training loss ${meanLoss(training)} (mean over the last epoch)`,
    `Final test loss     ${meanLoss(test)}`,
  ].join("\n");
}

/** Formats the confusion matrix of an evaluation, with its heading. */
export function formatConfusion({ confusion }: Evaluation, styles: Styles): string {
  return [
    `${styles.heading("Confusion matrix")}: a row for each digit shown, a column for what the network read`,
    formatConfusionMatrix(confusion, styles),
  ].join("\n");
}

/** The number of misread digits that are drawn. */
const DRAWN = 6;

/**
 * Draws the misread digits that the network was surest of.
 *
 * @param columns The width of the terminal.
 */
export function formatMisreadings(dataset: Dataset, evaluation: Evaluation, styles: Styles, columns: number): string {
  const { predictions, confidences } = evaluation;
  const misread = Array.from(dataset.labels.keys())
    .filter((i) => dataset.labels[i] !== predictions[i])
    .toSorted((i, j) => confidences[j]! - confidences[i]!)
    .slice(0, DRAWN);
  if (misread.length === 0) return styles.heading("No digit was misread.");
  const images = misread.map((i) => image(dataset, i)), box = inkBox(images, dataset.imageShape);
  const pictures = misread.map((i, k) => ({
    lines: drawImage(images[k]!, dataset.imageShape, box, styles),
    width: box.right - box.left,
    caption: `${dataset.labels[i]} read as ${predictions[i]}, ${formatPercent(confidences[i]!, 1)}`,
  }));
  const heading = `${styles.heading("Misread digits")}: those that the network was surest of`;
  return `${heading}\n\n${sideBySide(pictures, columns)}`;
}
