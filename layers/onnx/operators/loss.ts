/**
 * Classification losses.
 *
 * @module
 */
import * as ops from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import { type Call, input, numberOf, type Operators, tensorAt, textOf, type Value } from "../value.ts";

/** The loss of log probabilities `[batch, classes, ...]` for classes `[batch, ...]`. */
function negativeLogLikelihood(call: Call, logs: Tensor): Tensor {
  const classes = tensorAt(call, 1), weights = call.inputs[2]?.tensor, [, count = 0] = innerShape(logs);
  const ignored = call.node.attributes.has("ignore_index") ? numberOf(call, "ignore_index", -1) : undefined;
  const counts = ignored === undefined ? undefined : ops.cast(ops.notEqual(classes, ignored), logs.dtype);
  const own = ops.clamp(classes, 0, count - 1), picked = ops.squeeze(ops.takeAlong(logs, ops.expandDims(own, 1), 1), 1);
  const base = weights === undefined ? ops.add(ops.scale(picked, 0), 1) : ops.take(weights, own);
  const weight = counts === undefined ? base : ops.mul(base, counts), losses = ops.neg(ops.mul(picked, weight));
  switch (textOf(call, "reduction", "mean")) {
    case "none":
      return losses;
    case "sum":
      return ops.sum(losses);
    default:
      return ops.div(ops.sum(losses), ops.sum(weight));
  }
}

/** The operators of this file. */
export const lossOperators: Operators = /* @__PURE__ */ (() => ({
  NegativeLogLikelihoodLoss: {
    compute: (call: Call) => [{ type: input(call, 0).type, tensor: negativeLogLikelihood(call, tensorAt(call, 0)) }],
  },
  SoftmaxCrossEntropyLoss: {
    compute: (call: Call): readonly Value[] => {
      const { type, tensor } = input(call, 0), logs = ops.logSoftmax(tensor, { axis: 1 });
      return [{ type, tensor: negativeLogLikelihood(call, logs) }, { type, tensor: logs }];
    },
  },
}))();
