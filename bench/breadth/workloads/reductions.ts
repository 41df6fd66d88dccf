/**
 * Reductions over every axis, and operations on whole rows: softmax, norms, cross-entropy.
 *
 * @module
 */
import {
  argmax,
  argmin,
  batchNorm,
  groupNorm,
  instanceNorm,
  l2Normalize,
  layerNorm,
  logSoftmax,
  logSumExp,
  max,
  mean,
  min,
  product,
  rmsNorm,
  softmax,
  softmaxCrossEntropy,
  square,
  sum,
  type Tensor,
  variance,
} from "@nanograd/nanograd";
import type { Draw } from "../draw.ts";
import { uniform, whole } from "../fill.ts";
import { operation, type OperationOptions, type Workload } from "../workload.ts";

const LOW = 2e5,
  HIGH = 1.5e6,
  MODES = { modes: ["forward", "backward"] } as const,
  BOTH = ["float32", "float64"] as const;

const ofMatrix = (
  family: "reduction" | "rows",
  name: string,
  f: (x: Tensor) => Tensor,
  options: OperationOptions = {},
  range: { readonly scale?: number; readonly offset?: number } = { scale: 3, offset: 0.5 },
): readonly Workload[] =>
  operation(family, name, (d) => ({ inputs: [uniform(d.matrix(LOW, HIGH), range)], run: ([x]) => f(x!) }), options);

/** Factors near 1, so that a product of thousands neither underflows nor overflows. */
const NEAR_ONE = { scale: 1e-3, offset: 1 };

/** Reductions. */
export const reductions: readonly Workload[] = [
  ...ofMatrix("reduction", "sum of all", (x) => sum(x), { dtypes: BOTH }),
  ...ofMatrix("reduction", "sum over rows", (x) => sum(x, { axes: 0 }), { dtypes: BOTH }),
  ...ofMatrix("reduction", "sum over columns", (x) => sum(x, { axes: 1 }), { dtypes: BOTH }),
  ...ofMatrix("reduction", "sum of squares over rows", (x) => sum(square(x), { axes: 0 }), MODES),
  ...ofMatrix("reduction", "sum of squares over columns", (x) => sum(square(x), { axes: 1 }), MODES),
  ...operation("reduction", "mean over the middle", (d) => {
    const inputs = [uniform([d.between(20, 90), d.between(20, 90), d.between(20, 160)], { offset: 0.5 })];
    return { inputs, run: ([x]) => mean(x!, { axes: 1 }) };
  }),
  ...operation("reduction", "mean of channels", (d) => {
    const inputs = [
      uniform([d.between(8, 32), d.between(8, 64), d.between(10, 40), d.between(10, 40)], { offset: 0.5 }),
    ];
    return { inputs, run: ([x]) => mean(x!, { axes: [0, 2, 3] }) };
  }),
  ...ofMatrix("reduction", "max of all", (x) => max(x)),
  ...ofMatrix("reduction", "max over rows", (x) => max(x, { axes: 0 })),
  ...ofMatrix("reduction", "max over columns", (x) => max(x, { axes: 1 }), MODES),
  ...ofMatrix("reduction", "min over columns", (x) => min(x, { axes: 1 }), { dtypes: ["float64"] }),
  ...ofMatrix("reduction", "product over rows", (x) => product(x, { axes: 0 }), {}, NEAR_ONE),
  ...ofMatrix("reduction", "product over columns", (x) => product(x, { axes: 1 }), {}, NEAR_ONE),
  ...ofMatrix("reduction", "argmax over rows", (x) => argmax(x, 0)),
  ...ofMatrix("reduction", "argmax over columns", (x) => argmax(x, 1)),
  ...ofMatrix("reduction", "argmin over columns", (x) => argmin(x, 1)),
  ...ofMatrix("reduction", "variance over columns", (x) => variance(x, { axes: 1 })),
];

/** A batch of images, a weight and a bias for each channel. */
function images(d: Draw) {
  const channels = 4 * d.count(2, 24),
    size = d.between(7, 34),
    batch = Math.ceil(d.between(LOW, 8e5) / (channels * size ** 2));
  const x = uniform([batch, channels, size, size], { offset: 0.5 });
  return { channels, inputs: [x, uniform([channels], { offset: 1, scale: 0.5 }), uniform([channels])] };
}

/** A matrix, a weight and a bias for each column. */
function features(d: Draw) {
  const [rows, columns] = d.matrix(LOW, HIGH);
  return [uniform([rows, columns], { offset: 0.5 }), uniform([columns], { offset: 1, scale: 0.5 }), uniform([columns])];
}

/** Operations on whole rows or channels. */
export const rows: readonly Workload[] = [
  ...ofMatrix("rows", "softmax", (x) => softmax(x), { ...MODES, dtypes: BOTH }),
  ...ofMatrix("rows", "softmax over rows", (x) => softmax(x, { axis: 0 }), MODES),
  ...ofMatrix("rows", "log-softmax", (x) => logSoftmax(x), MODES),
  ...ofMatrix("rows", "log-sum-exp", (x) => logSumExp(x, { axes: 1 }), MODES),
  ...ofMatrix("rows", "normalized rows", (x) => l2Normalize(x, { axis: 1 }), MODES),
  ...operation("rows", "cross-entropy", (d) => {
    const classes = d.between(8, 1000), count = Math.ceil(d.between(1e5, 5e5) / classes);
    const inputs = [uniform([count, classes], { scale: 3 }), whole([count], classes)];
    return { inputs, run: ([logits, labels]) => softmaxCrossEntropy(logits!, labels!) };
  }, MODES),
  ...operation("rows", "layer norm", (d) => ({
    inputs: features(d),
    run: ([x, weight, bias]) => layerNorm(x!, weight!, bias!),
  }), { ...MODES, dtypes: BOTH }),
  ...operation("rows", "RMS norm", (d) => ({
    inputs: features(d).slice(0, 2),
    run: ([x, weight]) => rmsNorm(x!, weight!),
  }), MODES),
  ...operation("rows", "group norm", (d) => {
    const { inputs } = images(d);
    return { inputs, settings: { groups: 4 }, run: ([x, weight, bias]) => groupNorm(x!, 4, weight!, bias!) };
  }, MODES),
  ...operation("rows", "instance norm", (d) => ({
    inputs: images(d).inputs,
    run: ([x, weight, bias]) => instanceNorm(x!, weight!, bias!),
  })),
  ...operation("rows", "batch norm of images", (d) => ({
    inputs: images(d).inputs,
    run: ([x, weight, bias]) => batchNorm(x!, weight!, bias!),
  }), MODES),
  ...operation("rows", "batch norm of features", (d) => ({
    inputs: features(d),
    run: ([x, weight, bias]) => batchNorm(x!, weight!, bias!),
  }), MODES),
];
