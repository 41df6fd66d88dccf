import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ShapeError } from "../../../blas/errors.ts";
import { constant, ones, tensor32, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { oneHot } from "../../../autograd/ops/one_hot.ts";
import { accuracyMetric, confusionMetric } from "../../../optim/training/classification_metrics.ts";
import { checkMetricLaws } from "./metric_laws.ts";

const CLASSES = 4, confusion = confusionMetric(CLASSES);
const labels = fc.array(fc.nat(CLASSES - 1), { minLength: 1, maxLength: 20 });
/** Labels, and logits that choose other classes. */
const classified = fc.tuple(labels, fc.infiniteStream(fc.nat(CLASSES - 1))).map(([labels, stream]) => {
  const chosen = [...stream.take(labels.length)];
  return { logits: oneHot(chosen, CLASSES), labels, chosen };
});

Deno.test("the sums of accuracyMetric and confusionMetric() form monoids", () => {
  checkMetricLaws(accuracyMetric, classified);
  checkMetricLaws(confusion, classified);
});

Deno.test("accuracyMetric counts rows whose largest logit is that of their label, the first of equals", () => {
  const logits = tensor32([[1, 3, 2], [5, 5, 0], [0, -1, -2], [0, 0, 9]]);
  assertEquals(accuracyMetric.measure({ logits, labels: [1, 1, 0, 2] }), { correct: 3, samples: 4 });
  assertEquals(accuracyMetric.measure({ logits, labels: constant([1, 0, 0, 2]) }), { correct: 4, samples: 4 });
  assertEquals(accuracyMetric.measure({ logits, labels: Uint8Array.of(0, 0, 0, 0) }), { correct: 2, samples: 4 });
});

Deno.test("accuracyMetric takes one row, sequences, and no samples", () => {
  assertEquals(accuracyMetric.measure({ logits: tensor64([0, 1]), labels: 1 }), { correct: 1, samples: 1 });
  const sequences = { logits: oneHot([[0, 1, 1], [2, 2, 0]], 3), labels: [[0, 1, 2], [2, 0, 0]] };
  assertEquals(accuracyMetric.measure(sequences), { correct: 4, samples: 6 });
  assertEquals(accuracyMetric.measure({ logits: zeros([0, 3]), labels: zeros([0]) }), accuracyMetric.empty);
  assertEquals(accuracyMetric.value(accuracyMetric.empty), NaN);
});

Deno.test("confusionMetric() counts which class was classified as which", () => {
  fc.assert(fc.property(classified, (input) => {
    const { matrix, accuracy, classes } = confusion.value(confusion.measure(input));
    const counted = (row: number, column: number): number =>
      input.labels.filter((label, i) => label === row && input.chosen[i] === column).length;
    assertEquals(matrix, matrix.map((row, i) => row.map((_, j) => counted(i, j))));
    assertEquals(accuracy, accuracyMetric.value(accuracyMetric.measure(input)));
    assertEquals(
      classes.map(({ support }) => support),
      matrix.map((_, k) => input.labels.filter((l) => l === k).length),
    );
  }));
});

// By hand: class 0 has 5 hits, 1 miss, 2 false alarms; class 1 has 3, 2, 1; class 2 never occurs.
Deno.test("confusionMetric() scores classes, and leaves out of the mean those that never occur", () => {
  const { classes, accuracy, macroF1 } = confusionMetric(3).value([[5, 1, 0], [2, 3, 0], [0, 0, 0]]);
  assertEquals(classes[0], { precision: 5 / 7, recall: 5 / 6, f1: 10 / 13, support: 6 });
  assertEquals(classes[1], { precision: 3 / 4, recall: 3 / 5, f1: 6 / 9, support: 5 });
  assertEquals(classes[2], { precision: NaN, recall: NaN, f1: NaN, support: 0 });
  assertEquals([accuracy, macroF1], [8 / 11, (10 / 13 + 6 / 9) / 2]);
  // A class that was never chosen has a recall of 0, an F1 of 0, and no precision.
  assertEquals(confusionMetric(2).value([[2, 0], [1, 0]]).classes[1], { precision: NaN, recall: 0, f1: 0, support: 1 });
  assertEquals(confusion.value(confusion.empty).macroF1, NaN);
});

Deno.test("classification metrics refuse labels and logits that do not fit", () => {
  const logits = ones([2, CLASSES]);
  assertThrows(
    () => accuracyMetric.measure({ logits, labels: [1] }),
    ShapeError,
    "labels must have the shape of logits",
  );
  assertThrows(() => accuracyMetric.measure({ logits, labels: [1, 4] }), RangeError, "index 4 at position 1");
  assertThrows(() => accuracyMetric.measure({ logits, labels: [1, 0.5] }), RangeError, "index 0.5 at position 1");
  assertThrows(() => accuracyMetric.measure({ logits: ones([]), labels: 0 }), ShapeError, "an axis of classes");
  const five = { logits: ones([2, 5]), labels: [0, 1] };
  assertThrows(() => confusion.measure(five), ShapeError, "build it with confusionMetric(5)");
  for (const classes of [0, 1.5, NaN]) {
    assertThrows(() => confusionMetric(classes), RangeError, `Cannot build confusionMetric with classes ${classes}`);
  }
});
