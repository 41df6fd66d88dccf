/**
 * Cross-entropy of logits by classes and by probabilities.
 *
 * @module
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { logSoftmax, mul, neg, sum } from "../../../autograd/ops/mod.ts";
import { classLoss, softmaxLoss } from "../../../autograd/ops/softmax_loss.ts";
import { key } from "../../../autograd/random/key.ts";
import { randomNormal } from "../../../autograd/random/random.ts";
import { tensor64 } from "../../../autograd/values/constructors.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { gradient } from "../../../autograd/transforms/gradient.ts";
import { elementsOf } from "../../blas/layouts.ts";

type T64 = Tensor<"float64">;

Deno.test("classes, probabilities and the formula composed give one loss, and one gradient", () => {
  const x = randomNormal(key(1), [3, 30], { dtype: "float64" }), labels = [2, 0, 29];
  const target = tensor64(labels.map((label) => Array.from({ length: 30 }, (_, k) => k === label ? 0.9 : 0.1)));
  const column = tensor64(labels.map((label) => [label])), classes = tensor64(Array.from({ length: 30 }, (_, k) => k));
  const losses: readonly ((x: T64) => T64)[] = [
    (x) => neg(sum(mul(target, logSoftmax(x)), { axes: 1, keepDims: true })),
    (x) => softmaxLoss(x, target, 1),
    (x) => classLoss(x, column, classes, 1, { on: 0.9, off: 0.1 }),
  ];
  const [wanted, ...found] = losses.map((loss) => [loss(x), gradient((x: T64) => sum(loss(x)))(x)]);
  for (const both of found) {
    both.forEach((t, k) => {
      assertEquals(t.shape, wanted![k]!.shape);
      elementsOf(t.view).forEach((value, i) => assertAlmostEquals(value, elementsOf(wanted![k]!.view)[i]!, 1e-12));
    });
  }
});

Deno.test("a class that cannot be adds nothing to the loss, even if its logit is -Infinity", () => {
  const x = tensor64([[0, 0, -Infinity]]), classes = tensor64([0, 1, 2]);
  assertEquals(elementsOf(classLoss(x, tensor64([[1]]), classes, 1, { on: 1, off: 0 }).view), [Math.LN2]);
  assertEquals(elementsOf(softmaxLoss(x, tensor64([[0.5, 0.5, 0]]), 1).view), [Math.LN2]);
});
