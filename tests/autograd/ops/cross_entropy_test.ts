import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { backward } from "../../../autograd/backward.ts";
import { checkGradient } from "../../../autograd/transforms/check_gradient.ts";
import { constant, tensor32, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { oneHot } from "../../../autograd/ops/one_hot.ts";
import {
  crossEntropyLoss,
  softmaxCrossEntropy,
  type SoftmaxCrossEntropyOptions,
} from "../../../autograd/ops/cross_entropy.ts";
import { square } from "../../../autograd/ops/power.ts";
import { sum } from "../../../autograd/ops/sum.ts";
import { logSoftmax, softmax } from "../../../autograd/ops/softmax.ts";
import { transpose } from "../../../autograd/ops/transpose.ts";
import { toArray, toList, toNumber } from "../../../autograd/values/read.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { gradient } from "../../../autograd/transforms/gradient.ts";
import { DTypeError, ShapeError } from "../../../blas/errors.ts";

const logits = tensor64([[2, -1, 0.5], [0, 1, -2], [0.3, 0.2, 0.1]]);
const logs = toArray(logSoftmax(logits)) as number[][];

Deno.test("crossEntropyLoss() is the mean over rows of a batch, and the sum for a single row", () => {
  const pred = tensor64([[0.5, 0.5], [0.25, 0.75]]),
    target = tensor64([[1, 0], [0, 1]]),
    rows = [Math.LN2, -Math.log(0.75)];
  const near = (t: Tensor, expected: number) => assertAlmostEquals(toNumber(t), expected, 1e-15);
  near(crossEntropyLoss(pred, target), (rows[0]! + rows[1]!) / 2);
  near(crossEntropyLoss(pred, target, { reduction: "sum" }), rows[0]! + rows[1]!);
  near(crossEntropyLoss(tensor64([0.25, 0.75]), tensor64([1, 0])), Math.log(4));
  toList(crossEntropyLoss(pred, target, { reduction: "none" })).forEach((x, i) =>
    assertAlmostEquals(x, rows[i]!, 1e-15)
  );
});

Deno.test("crossEntropyLoss() is never NaN at pred 0 where target is 0, nor is its gradient", () => {
  const pred = tensor64([[0, 1], [1, 0]]), target = tensor64([[0, 1], [1, 0]]), loss = crossEntropyLoss(pred, target);
  assertEquals(toNumber(loss) + 0, 0);
  const slopes = toArray(backward(loss).get(pred)!) as number[][];
  assertEquals(slopes.map((row) => row.map((x) => x + 0)), [[0, -0.5], [-0.5, 0]]);
  assertEquals(toNumber(crossEntropyLoss(tensor64([0, 1]), tensor64([1, 0]))), Infinity);
});

Deno.test("crossEntropyLoss() refuses shapes that differ", () => {
  assertThrows(
    () => crossEntropyLoss(zeros([2, 3]), zeros([3])),
    ShapeError,
    "predictions and targets must have one shape",
  );
});

Deno.test("softmaxCrossEntropy() takes classes as arrays, typed arrays and tensors, and probabilities", () => {
  const expected = -(logs[0]![0]! + logs[1]![2]! + logs[2]![1]!) / 3, classes = [0, 2, 1];
  const forms = [
    classes,
    new Uint8Array(classes),
    tensor64(classes),
    tensor32(classes),
    oneHot(classes, 3, { dtype: "float64" }),
  ];
  for (const labels of forms) assertAlmostEquals(toNumber(softmaxCrossEntropy(logits, labels)), expected, 1e-15);
  const single = tensor64([1, 2, 3]);
  assertAlmostEquals(toNumber(softmaxCrossEntropy(single, 1)), -toList(logSoftmax(single))[1]!, 1e-15);
});

Deno.test("softmaxCrossEntropy() finds the classes on any axis", () => {
  const expected = toNumber(softmaxCrossEntropy(logits, [0, 2, 1]));
  assertAlmostEquals(toNumber(softmaxCrossEntropy(transpose(logits), [0, 2, 1], { axis: 0 })), expected, 1e-15);
  const images = zeros([2, 4, 3, 5]), labels = zeros([2, 3, 5]);
  assertAlmostEquals(toNumber(softmaxCrossEntropy(images, labels, { axis: 1 })), Math.log(4), 1e-6);
  assertEquals(softmaxCrossEntropy(images, labels, { axis: 1, reduction: "none" }).shape, [2, 3, 5]);
});

Deno.test("softmaxCrossEntropy() reduces as told", () => {
  const each = [-logs[0]![0]!, -logs[1]![2]!, -logs[2]![1]!];
  toList(softmaxCrossEntropy(logits, [0, 2, 1], { reduction: "none" })).forEach((x, i) =>
    assertAlmostEquals(x, each[i]!, 1e-15)
  );
  const total = toNumber(softmaxCrossEntropy(logits, [0, 2, 1], { reduction: "sum" }));
  assertAlmostEquals(total, each[0]! + each[1]! + each[2]!, 1e-14);
});

Deno.test("labelSmoothing spreads a share of the target evenly", () => {
  const smooth = toNumber(softmaxCrossEntropy(logits, [0, 2, 1], { labelSmoothing: 0.3 }));
  const even = logs.flat().reduce((sum, x) => sum - x, 0) / 9, sharp = toNumber(softmaxCrossEntropy(logits, [0, 2, 1]));
  assertAlmostEquals(smooth, 0.7 * sharp + 0.3 * even, 1e-14);
  assertAlmostEquals(toNumber(softmaxCrossEntropy(logits, [0, 2, 1], { labelSmoothing: 1 })), even, 1e-14);
});

Deno.test("weights count the classes, and the mean is divided by their sum", () => {
  const weights = tensor64([1, 2, 4]), loss = toNumber(softmaxCrossEntropy(logits, [0, 2, 1], { weights }));
  assertAlmostEquals(loss, -(logs[0]![0]! + 4 * logs[1]![2]! + 2 * logs[2]![1]!) / 7, 1e-14);
  const total = toNumber(softmaxCrossEntropy(logits, [0, 2, 1], { weights, reduction: "sum" }));
  assertAlmostEquals(total, 7 * loss, 1e-13);
});

Deno.test("rows of ignoreIndex are left out of sum, mean and gradient, even if their logits are NaN", () => {
  const bad = tensor64([[2, -1, 0.5], [NaN, NaN, NaN], [0.3, 0.2, 0.1]]), options = { ignoreIndex: -100 };
  const loss = softmaxCrossEntropy(logits, [0, -100, 1], options);
  assertAlmostEquals(toNumber(loss), -(logs[0]![0]! + logs[2]![1]!) / 2, 1e-15);
  assertEquals((toArray(backward(loss).get(logits)!) as number[][])[1]!.map((x) => x + 0), [0, 0, 0]);
  assertAlmostEquals(toNumber(softmaxCrossEntropy(bad, [0, -100, 1], options)), toNumber(loss), 1e-15);
  assertEquals(
    toList(softmaxCrossEntropy(logits, [-100, 0, -100], { ...options, reduction: "none" })).map((x) => x === 0),
    [
      true,
      false,
      true,
    ],
  );
});

Deno.test("softmaxCrossEntropy() of logits that are -Infinity is never NaN, unless no class is possible", () => {
  const masked = tensor64([[-Infinity, 1, 2], [0, -Infinity, -Infinity]]), loss = softmaxCrossEntropy(masked, [2, 0]);
  assertAlmostEquals(toNumber(loss), Math.log1p(Math.exp(-1)) / 2, 1e-15);
  assert(toList(backward(loss).get(masked)!).every(Number.isFinite));
  assertEquals(toNumber(softmaxCrossEntropy(masked, [0, 0])), Infinity, "an impossible class costs infinitely much");
  const extreme = tensor64([[1e4, -1e4], [-1e4, 1e4]]);
  assertEquals(toNumber(softmaxCrossEntropy(extreme, [0, 0])), 1e4);
});

Deno.test("the gradient of softmaxCrossEntropy() is softmax minus target, over the rows", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 2, maxLength: 6 }),
      fc.nat(),
      (row, pick) => {
        const x = tensor64([row, row]), label = pick % row.length, p = toList(softmax(tensor64(row)));
        const slope = (toArray(backward(softmaxCrossEntropy(x, [label, label])).get(x)!) as number[][])[0]!;
        slope.forEach((g, i) => assertAlmostEquals(g, (p[i]! - (i === label ? 1 : 0)) / 2, 1e-12));
      },
    ),
  );
});

Deno.test("softmaxCrossEntropy() has right first and second derivatives, whatever the options", () => {
  const weights = tensor64([1, 2, 4], undefined, { requiresGrad: false });
  const choices: SoftmaxCrossEntropyOptions<"float64">[] = [
    {},
    { labelSmoothing: 0.1, reduction: "sum" },
    { weights, labelSmoothing: 0.2 },
    { weights, ignoreIndex: 2 },
  ];
  for (const options of choices) {
    const f = (x: Tensor): Tensor => softmaxCrossEntropy(x as Tensor<"float64">, [0, 2, 1], options);
    checkGradient(f, logits);
    checkGradient((x) => gradient(f)(x), logits);
  }
  const target = softmax(tensor64([[1, 2, 3], [0, 0, 1], [2, 0, 0]]));
  checkGradient((x, t) => softmaxCrossEntropy(x as Tensor<"float64">, t), logits, target);
});

Deno.test("softmaxCrossEntropy() names the label that is not a class, its position and the range", () => {
  for (
    const [labels, bad, at] of [[[0, 3, 1], 3, 1], [[-1, 0, 0], -1, 0], [[0, 0, 0.5], 0.5, 2], [
      [0, NaN, 0],
      NaN,
      1,
    ]] as const
  ) {
    assertThrows(
      () => softmaxCrossEntropy(logits, labels),
      RangeError,
      `Cannot apply softmaxCrossEntropy to index ${bad} at position ${at}: indices must be whole numbers from 0 to 2; ` +
        "correct the data, or the number of classes",
    );
  }
});

Deno.test("softmaxCrossEntropy() says which shapes labels and weights must have", () => {
  assertThrows(
    () => softmaxCrossEntropy(logits, [0, 1]),
    ShapeError,
    "Cannot apply softmaxCrossEntropy to logits [3, 3] and labels [2]: classes must have shape [3], the logits' without",
  );
  assertThrows(
    () => softmaxCrossEntropy(zeros([2, 3]), zeros([2, 2])),
    ShapeError,
    "probabilities must be a tensor of the",
  );
  assertThrows(
    () => softmaxCrossEntropy(logits, [0, 1, 2], { weights: tensor64([1, 2]) }),
    ShapeError,
    "there must be one weight for each of the 3 classes; pass weights of shape [3]",
  );
  assertThrows(() => softmaxCrossEntropy(logits, [0, 1, 2], { axis: 2 }), ShapeError, "axis must be a whole number");
});

Deno.test("softmaxCrossEntropy() refuses settings out of range, and probabilities of another dtype", () => {
  for (const labelSmoothing of [-0.1, 1.1, NaN]) {
    assertThrows(
      () => softmaxCrossEntropy(logits, [0, 1, 2], { labelSmoothing }),
      RangeError,
      `Cannot apply softmaxCrossEntropy with labelSmoothing ${labelSmoothing}: it must be in [0, 1]; 0.1 is usual`,
    );
  }
  assertThrows(
    () => softmaxCrossEntropy(logits, [0, 1, 2], { reduction: "all" as "sum" }),
    RangeError,
    'reduction "all"',
  );
  assertThrows(
    () => softmaxCrossEntropy(logits, constant(zerosOf(3, 3))),
    DTypeError,
    "all operands must have one dtype",
  );
});

const zerosOf = (rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, () => new Array(columns).fill(0));

Deno.test("where no row counts the mean is NaN, and every gradient 0 and not NaN", () => {
  // PyTorch 1.13: loss = F.cross_entropy(x, torch.tensor([-100, -100])); loss.backward() gives nan, and zeros in
  // x.grad. With weight=torch.zeros(3) it gives NaN in x.grad, which is of no use.
  const x = tensor64([[2, -1, 0.5], [0, 1, -2]]), none = tensor64([0, 0, 0]), zeroes = [0, 0, 0, 0, 0, 0];
  const cases: [number[], SoftmaxCrossEntropyOptions<"float64">][] = [
    [[-100, -100], { ignoreIndex: -100 }],
    [[1, 2], { weights: none }],
    [[7, 1], { ignoreIndex: 7, weights: none, labelSmoothing: 0.1 }],
  ];
  for (const [labels, options] of cases) {
    const loss = (t: Tensor<"float64">) => softmaxCrossEntropy(t, labels, options);
    assertEquals(toNumber(loss(x)), NaN);
    assertEquals(toList(gradient(loss)(x)), zeroes);
    assertEquals(toList(gradient((t: typeof x) => sum(gradient(loss)(t)))(x)), zeroes);
    assertEquals(toNumber(softmaxCrossEntropy(x, labels, { ...options, reduction: "sum" })) + 0, 0);
  }
  const ofWeights = gradient((w: Tensor<"float64">) => softmaxCrossEntropy(x, [1, 2], { weights: w }));
  assertEquals(toList(ofWeights(none)), [0, 0, 0]);
});

Deno.test("crossEntropyLoss() is the mean over rows whatever the number of axes, and differs from the sum", () => {
  const pred = tensor64([[[0.5, 0.5], [0.25, 0.75]], [[1, 0], [0.125, 0.875]]]);
  const target = tensor64([[[1, 0], [1, 0]], [[1, 0], [1, 0]]]);
  const rows = [Math.log(2), Math.log(4), 0, Math.log(8)], total = rows.reduce((a, b) => a + b);
  assertAlmostEquals(toNumber(crossEntropyLoss(pred, target)), total / 4, 1e-15);
  assertAlmostEquals(toNumber(crossEntropyLoss(pred, target, { reduction: "sum" })), total, 1e-15);
  toList(crossEntropyLoss(pred, target, { reduction: "none" })).forEach((x, i) =>
    assertAlmostEquals(x, rows[i]!, 1e-15)
  );
});

Deno.test("the second derivative of a squared loss is right: the loss's slope depends on what comes after it", () => {
  for (const labels of [[2, 0, 1], oneHot([2, 0, 1], 3, { dtype: "float64" })]) {
    const squared = (x: Tensor) => square(softmaxCrossEntropy(x, labels as number[]));
    checkGradient((x) => gradient(squared)(x), logits);
  }
});
