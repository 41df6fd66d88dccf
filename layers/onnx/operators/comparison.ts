/**
 * Comparisons, logic, and choices by them.
 *
 * @module
 */
import * as ops from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { heldAs, input, type Operator, type Operators, tensorAt } from "../value.ts";

/** Booleans are 0 and 1, in float64 as all integers. */
const truth = (f: (a: Tensor, b: Tensor) => Tensor): Operator => ({
  compute: (call) => [{ type: "bool", tensor: ops.cast(f(tensorAt(call, 0), tensorAt(call, 1)), "float64") }],
});

/** The operators of this file. */
export const comparisonOperators: Operators = /* @__PURE__ */ (() => ({
  Equal: truth((a, b) => ops.equal(a, b)),
  Less: truth((a, b) => ops.less(a, b)),
  LessOrEqual: truth((a, b) => ops.lessEqual(a, b)),
  Greater: truth((a, b) => ops.greater(a, b)),
  GreaterOrEqual: truth((a, b) => ops.greaterEqual(a, b)),
  And: truth((a, b) => ops.logicalAnd(a, b)),
  Or: truth((a, b) => ops.logicalOr(a, b)),
  Xor: truth((a, b) => ops.logicalXor(a, b)),
  Not: { compute: (call) => [{ type: "bool", tensor: ops.logicalNot(tensorAt(call, 0)) }] },
  Where: {
    compute: (call) => {
      const { type, tensor } = input(call, 1), condition = ops.cast(tensorAt(call, 0), heldAs(call.run, type));
      return [{ type, tensor: ops.where(condition, tensor, tensorAt(call, 2)) }];
    },
  },
}))();
