/**
 * Normalization and dropout.
 *
 * @module
 */
import * as ops from "../../../autograd/ops/mod.ts";
import { randomBernoulli } from "../../../autograd/random/transformed.ts";
import { foldIn } from "../../../autograd/random/key.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import {
  axisIn,
  type Call,
  callError,
  countIn,
  input,
  maybeNumbersAt,
  numberOf,
  numbersOf,
  type Operators,
  shapeAt,
  tensorAt,
  unary,
  type Value,
  valueOf,
} from "../value.ts";
import { full } from "../../../autograd/values/constructors.ts";

/** `[channels]` for an input `[batch, channels, ...]`. */
const perChannel = (t: Tensor, rank: number): Tensor =>
  ops.reshape(t, [innerShape(t)[0]!, ...new Array(Math.max(0, rank - 2)).fill(1)]);

/** Batch normalization: in training by the batch, and with next running statistics, which are the model's state. */
function batchNormalization(call: Call): readonly Value[] {
  const { type, tensor: x } = input(call, 0), scale = tensorAt(call, 1), bias = tensorAt(call, 2);
  const mean = tensorAt(call, 3), variance = tensorAt(call, 4), { run, node } = call;
  if (numberOf(call, "spatial", 1) === 0) throw callError(call, "it normalizes each element apart", "use spatial 1");
  const epsilon = numberOf(call, "epsilon", 1e-5), momentum = numberOf(call, "momentum", 0.9);
  const isTraining = run.mode.training || numberOf(call, "training_mode", 0) === 1;
  if (!isTraining) {
    return [{ type, tensor: ops.batchNorm(x, scale, bias, { epsilon, statistics: { mean, variance } }) }];
  }
  const statistics = ops.batchStatistics(x);
  const running = (old: Tensor, now: Tensor): Tensor => ops.add(ops.scale(old, momentum), ops.scale(now, 1 - momentum));
  const means = running(mean, statistics.mean), variances = running(variance, statistics.variance);
  run.carry(node.inputs[3]!, means);
  run.carry(node.inputs[4]!, variances);
  const y = ops.batchNorm(x, scale, bias, { epsilon, statistics });
  return [y, means, variances].map((tensor) => ({ type, tensor }));
}

/** Mean 0 and variance 1 over the last axes. Its further outputs are the mean and the inverse deviation. */
function layerNormalization(call: Call): readonly Value[] {
  const { type, tensor: x } = input(call, 0), shape = shapeAt(call, 0), epsilon = numberOf(call, "epsilon", 1e-5);
  const axis = axisIn(call, numberOf(call, "axis", -1), shape.length), normalizedShape = shape.slice(axis);
  const affine = (index: number): Tensor | null =>
    call.inputs[index] === undefined ? null : ops.broadcastTo(tensorAt(call, index), normalizedShape);
  const y: Value = { type, tensor: ops.layerNorm(x, affine(1), affine(2), { epsilon, normalizedShape }) };
  if (call.node.outputs.length === 1) return [y];
  const axes = normalizedShape.map((_, k) => axis + k), mean = ops.mean(x, { axes, keepDims: true });
  const variance = ops.mean(ops.square(ops.sub(x, mean)), { axes, keepDims: true });
  return [y, { type, tensor: mean }, { type, tensor: ops.rsqrt(ops.add(variance, epsilon)) }];
}

/** Groups of channels; before opset 21 one scale and one bias for each group. */
function groupNormalization(x: Tensor, call: Call): Tensor {
  const groups = numberOf(call, "num_groups", 1),
    channels = innerShape(x)[1]!,
    epsilon = numberOf(call, "epsilon", 1e-5);
  const each = (t: Tensor): Tensor => {
    const count = innerShape(t)[0]!;
    return count === channels
      ? t
      : ops.reshape(ops.broadcastTo(ops.reshape(t, [count, 1]), [count, channels / count]), [channels]);
  };
  return ops.groupNorm(x, groups, each(tensorAt(call, 1)), each(tensorAt(call, 2)), { epsilon });
}

/** The response of each element divided by that of its neighbours among the channels. */
function localResponse(x: Tensor, call: Call): Tensor {
  const size = numberOf(call, "size", 1), alpha = numberOf(call, "alpha", 1e-4), beta = numberOf(call, "beta", 0.75);
  const before = Math.floor((size - 1) / 2), after = size - 1 - before, channels = innerShape(x)[1]!;
  const padded = ops.pad(ops.square(x), innerShape(x).map((_, axis) => axis === 1 ? [before, after] : [0, 0]));
  const windows = Array.from({ length: countIn(call, size) }, (_, k) => ops.sliceAxes(padded, [[], [k, k + channels]]));
  const sums = windows.reduce((a, b) => ops.add(a, b));
  return ops.div(x, ops.pow(ops.add(ops.scale(sums, alpha / size), numberOf(call, "bias", 1)), beta));
}

function dropout(call: Call): readonly Value[] {
  const value = input(call, 0), { run } = call, shape = innerShape(value.tensor);
  const rate = maybeNumbersAt(call, 1)?.[0] ?? numberOf(call, "ratio", 0.5);
  const { mode, draws } = run;
  if (!mode.training || rate === 0) {
    return [value, { type: "bool", tensor: full(shape, 1, { dtype: "float64" }) }];
  }
  const kept = randomBernoulli(foldIn(mode.key, draws.count++), 1 - rate, shape, { dtype: value.tensor.dtype });
  return [
    { type: value.type, tensor: ops.scale(ops.mul(value.tensor, kept), 1 / (1 - rate)) },
    valueOf(run, "bool", kept),
  ];
}

/** The operators of this file. */
export const normalizationOperators: Operators = /* @__PURE__ */ (() => ({
  BatchNormalization: { compute: batchNormalization },
  LayerNormalization: { compute: layerNormalization },
  GroupNormalization: unary(groupNormalization),
  InstanceNormalization: unary((x, call) => {
    const rank = innerShape(x).length, axes = Array.from({ length: rank - 2 }, (_, k) => k + 2);
    const centered = ops.sub(x, ops.mean(x, { axes, keepDims: true }));
    const variance = ops.mean(ops.square(centered), { axes, keepDims: true });
    const normal = ops.mul(centered, ops.rsqrt(ops.add(variance, numberOf(call, "epsilon", 1e-5))));
    return ops.add(ops.mul(normal, perChannel(tensorAt(call, 1), rank)), perChannel(tensorAt(call, 2), rank));
  }),
  RMSNormalization: unary((x, call) => {
    const shape = innerShape(x), axis = axisIn(call, numberOf(call, "axis", -1), shape.length);
    const axes = shape.slice(axis).map((_, k) => axis + k);
    const mean = ops.mean(ops.square(x), { axes, keepDims: true });
    return ops.mul(ops.mul(x, ops.rsqrt(ops.add(mean, numberOf(call, "epsilon", 1e-5)))), tensorAt(call, 1));
  }),
  LpNormalization: unary((x, call) => {
    const axes = axisIn(call, numberOf(call, "axis", -1), innerShape(x).length);
    const length = numberOf(call, "p", 2) === 1
      ? ops.sum(ops.abs(x), { axes, keepDims: true })
      : ops.sqrt(ops.sum(ops.square(x), { axes, keepDims: true }));
    return ops.div(x, length);
  }),
  MeanVarianceNormalization: unary((x, call) => {
    const axes = numbersOf(call, "axes") ?? [0, 2, 3];
    const centered = ops.sub(x, ops.mean(x, { axes, keepDims: true }));
    return ops.div(centered, ops.add(ops.sqrt(ops.mean(ops.square(centered), { axes, keepDims: true })), 1e-9));
  }),
  LRN: unary(localResponse),
  Dropout: { compute: dropout, known: [1, 2] },
}))();
