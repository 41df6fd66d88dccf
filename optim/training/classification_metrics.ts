/**
 * Metrics of classifiers: accuracy, and the confusion matrix.
 *
 * @module
 */
import { checkTensor } from "../../autograd/arguments.ts";
import { deeplyFrozen } from "../../autograd/deeply_frozen.ts";
import { checkFields, checkSetting } from "../check_setting.ts";
import { describe } from "../../blas/describe.ts";
import { ShapeError } from "../../blas/errors.ts";
import { sameShape } from "../../blas/shape.ts";
import { readIndices } from "../../autograd/values/indices.ts";
import type { Numeric } from "../../autograd/values/numeric.ts";
import { argmax } from "../../autograd/ops/mod.ts";
import { tensorData } from "../../autograd/values/read.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import type { Metric } from "./metric.ts";

/** The output of a classifier for a batch, and the true classes. */
export type Classified = {
  /** One number for each class, `[…, classes]`, of which the largest wins: logits, or probabilities. */
  readonly logits: Tensor;
  /** The true classes, whole numbers of the shape of the logits without their last axis. */
  readonly labels: Tensor | Numeric;
};

/** The number of hits. */
export type Hits = {
  /** The number of samples that were classified correctly. */
  readonly correct: number;
  /** The number of samples. */
  readonly samples: number;
};

/**
 * The share of samples whose largest logit is that of their class, from 0 to 1; the first of equal logits wins. NaN if
 * there are no samples.
 *
 * @example
 * ```ts
 * import { accuracyMetric, tensor64 } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const logits = tensor64([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]]);
 * assertEquals(accuracyMetric.value(accuracyMetric.measure({ logits, labels: [1, 0, 0, 0] })), 0.75);
 * ```
 */
export const accuracyMetric: Metric<Classified, Hits, number> = /* @__PURE__ */ deeplyFrozen<
  Metric<Classified, Hits, number>
>({
  empty: { correct: 0, samples: 0 },
  concat: (a, b) => {
    checkHits(a);
    checkHits(b);
    return { correct: a.correct + b.correct, samples: a.samples + b.samples };
  },
  measure: (classified) => {
    const { chosen, labels } = choicesOf("accuracyMetric", classified);
    let correct = 0;
    for (let i = 0; i < labels.length; i++) if (chosen[i] === labels[i]) correct++;
    return { correct, samples: labels.length };
  },
  value: (hits) => {
    checkHits(hits);
    return hits.correct / hits.samples;
  },
});

const checkHits = (hits: unknown): void =>
  checkFields("read an accuracy from", hits, ["correct", "samples"], "what measure or concat returned");

/** The most classes of a confusion matrix: the number of its elements is their square. */
const MOST_CLASSES = 4096;

/** The number of samples of class `row` that were classified as `column`: `matrix[row][column]`. */
export type ConfusionMatrix = readonly (readonly number[])[];

/** How well one class is distinguished from the others; each number is NaN where it would divide by 0. */
export type ClassScores = {
  /** The share of the samples classified as this class that belong to it. */
  readonly precision: number;
  /** The share of the samples of this class that were classified as it. */
  readonly recall: number;
  /** The harmonic mean of the two: twice the hits over hits, misses and false alarms. */
  readonly f1: number;
  /** The number of samples of this class. */
  readonly support: number;
};

/** A confusion matrix with its scores. */
export type Confusion = {
  /** The counts. */
  readonly matrix: ConfusionMatrix;
  /** The share of samples on the diagonal; NaN if there are none. */
  readonly accuracy: number;
  /** The scores of each class. */
  readonly classes: readonly ClassScores[];
  /** The mean F1 of the classes that occurred; NaN if none did. */
  readonly macroF1: number;
};

/**
 * Counts which class was classified as which, and computes precision, recall and F1 for each.
 *
 * @param classes The number of classes.
 * @returns A metric; its sums are the confusion matrix.
 * @throws {RangeError} If `classes` is not a whole number of 1 or more.
 * @see van Rijsbergen, Information Retrieval, 1979, chapter 7, for precision, recall and their harmonic mean.
 *
 * @example
 * ```ts
 * import { confusionMetric, tensor64 } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const confusion = confusionMetric(2), logits = tensor64([[1, 0], [1, 0], [0, 1], [1, 0]]);
 * const { matrix, classes } = confusion.value(confusion.measure({ logits, labels: [0, 0, 1, 1] }));
 * assertEquals(matrix, [[2, 0], [1, 1]]);
 * assertEquals(classes[1], { precision: 1, recall: 0.5, f1: 2 / 3, support: 2 });
 * ```
 */
export function confusionMetric(classes: number): Metric<Classified, ConfusionMatrix, Confusion> {
  checkSetting(
    "confusionMetric",
    "classes",
    classes,
    (n) => Number.isInteger(n) && n >= 1 && n <= MOST_CLASSES,
    `a whole number of 1 or more, ${MOST_CLASSES} at most`,
  );
  const checkMatrix = (matrix: unknown): void => {
    const hasRows = Array.isArray(matrix) && matrix.length === classes;
    if (hasRows && matrix.every((row) => Array.isArray(row) && row.length === classes)) return;
    throw new TypeError(
      `Cannot read a confusion matrix from ${describe(matrix)}: it must be ${classes} arrays of ${classes} numbers; ` +
        "pass what measure or concat returned",
    );
  };
  const each = <A>(of: (k: number) => A): readonly A[] => Array.from({ length: classes }, (_, k) => of(k));
  return {
    empty: each(() => each(() => 0)),
    concat: (a, b) => {
      checkMatrix(a);
      checkMatrix(b);
      return a.map((row, i) => row.map((count, j) => count + b[i]![j]!));
    },
    measure: (classified) => {
      const { chosen, labels, classes: given } = choicesOf("confusionMetric", classified);
      if (given !== classes) {
        throw new ShapeError({
          op: "confusionMetric",
          given: { logits: classified.logits.shape, classes: String(classes) },
          problem: `the last axis of logits must be as long as there are classes, ${classes}`,
          remedy: `build it with confusionMetric(${given})`,
        });
      }
      const counts = each(() => new Array<number>(classes).fill(0));
      for (let i = 0; i < labels.length; i++) counts[labels[i]!]![chosen[i]!]! += 1;
      return counts;
    },
    value: (matrix) => {
      checkMatrix(matrix);
      const scores = each((k) => scoresOf(matrix, k)), occurring = scores.filter(({ f1 }) => !Number.isNaN(f1));
      return {
        matrix,
        accuracy: sum(each((k) => matrix[k]![k]!)) / sum(matrix.flat()),
        classes: scores,
        macroF1: sum(occurring.map(({ f1 }) => f1)) / occurring.length,
      };
    },
  };
}

function scoresOf(matrix: ConfusionMatrix, k: number): ClassScores {
  const hits = matrix[k]![k]!, support = sum(matrix[k]!), predicted = sum(matrix.map((row) => row[k]!));
  return { precision: hits / predicted, recall: hits / support, f1: 2 * hits / (support + predicted), support };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Returns the chosen classes and the true ones, after checking them. */
function choicesOf(op: string, classified: Classified): {
  readonly chosen: ArrayLike<number>;
  readonly labels: readonly number[];
  readonly classes: number;
} {
  checkFields(`apply ${op} to`, classified, ["logits", "labels"], "{ logits, labels }");
  const { logits, labels } = classified;
  checkTensor(`apply ${op}`, logits);
  const rows = logits.shape.slice(0, -1), classes = logits.shape.at(-1);
  if (classes === undefined) {
    throw new ShapeError({
      op,
      given: { logits: logits.shape },
      problem: "logits must have an axis of classes, their last one",
      remedy: "pass one number for each class",
    });
  }
  const { shape, values } = readIndices(op, labels, classes);
  if (!sameShape(shape, rows)) {
    throw new ShapeError({
      op,
      given: { logits: logits.shape, labels: shape },
      problem: "labels must have the shape of logits without their last axis",
      remedy: "pass one whole number for each row of logits",
    });
  }
  return { chosen: values.length === 0 ? [] : tensorData(argmax(logits, -1)), labels: values, classes };
}
