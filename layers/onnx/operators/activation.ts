/**
 * Activations.
 *
 * @module
 */
import * as ops from "../../../autograd/ops/mod.ts";
import { arange } from "../../../autograd/values/constructors.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import { isFloat } from "../element_types.ts";
import { axisIn, type Call, input, isKnown, numberOf, type Operators, tensorAt, textOf, unary } from "../value.ts";
import { toList } from "../../../autograd/values/read.ts";

/** `alpha * x + beta`, clamped to [0, 1]. */
const hardSigmoid = (x: Tensor, alpha: number, beta: number): Tensor =>
  ops.clamp(ops.add(ops.scale(x, alpha), beta), 0, 1);

/** The operators whose bounds are attributes before opset 11 and inputs from then on. */
function clip(call: Call): Tensor {
  const x = tensorAt(call, 0);
  const bound = (name: string, index: number, otherwise: number): number | Tensor => {
    const given = call.inputs[index]?.tensor;
    if (given === undefined) return numberOf(call, name, otherwise);
    return isKnown(given) && !given.requiresGrad ? toList(given)[0] ?? otherwise : ops.reshape(given, []);
  };
  const low = bound("min", 1, -Infinity), high = bound("max", 2, Infinity);
  if (typeof low === "number" && typeof high === "number") {
    if (low === 0 && high === Infinity) return ops.relu(x);
    return low > high ? ops.add(ops.scale(x, 0), high) : ops.clamp(x, low, high);
  }
  return ops.minimum(ops.maximum(x, low), high);
}

/** Slopes broadcast to the input from its last axis on, but one slope for each channel was common before opset 7. */
function prelu(x: Tensor, slope: Tensor): Tensor {
  return ops.where(ops.less(x, 0), ops.mul(x, slope), x);
}

/** Rows of a matrix before opset 13: all axes from `axis` on are one. From then on, one axis. */
function alongRows(f: (x: Tensor, axis: number) => Tensor): (x: Tensor, call: Call) => Tensor {
  return (x, call) => {
    const shape = innerShape(x),
      old = call.run.opset < 13,
      axis = axisIn(call, numberOf(call, "axis", old ? 1 : -1), shape.length);
    if (!old || axis === shape.length - 1) return f(x, axis);
    const count = (part: readonly number[]): number => part.reduce((a, b) => a * b, 1);
    const rows = ops.reshape(x, [count(shape.slice(0, axis)), count(shape.slice(axis))]);
    return ops.reshape(f(rows, 1), shape);
  };
}

const hardmax = (x: Tensor, axis: number): Tensor => {
  const count = innerShape(x)[axis]!, rank = innerShape(x).length;
  return ops.equal(
    ops.argmax(x, { axis, keepDims: true }),
    ops.reshape(ops.cast(arange(count), x.dtype), Array.from({ length: rank }, (_, k) => k === axis ? count : 1)),
  );
};

/** The operators of this file. */
export const activationOperators: Operators = /* @__PURE__ */ (() => ({
  Relu: unary((x) => ops.relu(x)),
  Sigmoid: unary((x) => ops.sigmoid(x)),
  Softplus: unary((x) => ops.softplus(x)),
  Softsign: unary((x) => ops.softsign(x)),
  Mish: unary((x) => ops.mish(x)),
  HardSwish: unary((x) => ops.hardSwish(x)),
  LeakyRelu: unary((x, call) => ops.leakyRelu(x, { alpha: numberOf(call, "alpha", 0.01) })),
  Elu: unary((x, call) => ops.elu(x, { alpha: numberOf(call, "alpha", 1) })),
  Selu: unary((x, call) => {
    const alpha = numberOf(call, "alpha", 1.6732632423543772), gamma = numberOf(call, "gamma", 1.0507009873554805);
    return ops.scale(ops.elu(x, { alpha }), gamma);
  }),
  Celu: unary((x, call) => {
    const alpha = numberOf(call, "alpha", 1);
    return ops.scale(ops.elu(ops.scale(x, 1 / alpha)), alpha);
  }),
  Gelu: unary((x, call) =>
    ops.gelu(x, { approximate: textOf(call, "approximate", "none") === "tanh" ? "tanh" : "none" })
  ),
  Swish: unary((x, call) => ops.mul(x, ops.sigmoid(ops.scale(x, numberOf(call, "alpha", 1))))),
  HardSigmoid: unary((x, call) => hardSigmoid(x, numberOf(call, "alpha", 0.2), numberOf(call, "beta", 0.5))),
  ThresholdedRelu: unary((x, call) => ops.where(ops.greater(x, numberOf(call, "alpha", 1)), x, 0)),
  Shrink: unary((x, call) => {
    const bias = numberOf(call, "bias", 0), lambda = numberOf(call, "lambd", 0.5);
    return ops.where(ops.less(x, -lambda), ops.add(x, bias), ops.where(ops.greater(x, lambda), ops.sub(x, bias), 0));
  }),
  PRelu: unary((x, call) => prelu(x, tensorAt(call, 1))),
  Clip: unary((x, call) => isFloat(input(call, 0).type) || call.inputs.length > 1 ? clip(call) : x),
  Softmax: unary(alongRows((x, axis) => ops.softmax(x, { axis }))),
  LogSoftmax: unary(alongRows((x, axis) => ops.logSoftmax(x, { axis }))),
  Hardmax: unary(alongRows(hardmax)),
}))();
