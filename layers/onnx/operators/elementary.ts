/**
 * Functions of one tensor, element by element.
 *
 * @module
 */
import * as ops from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { type Call, input, numberOf, type Operator, type Operators, tensorAt, unary } from "../value.ts";

/** A test of each element, whose answers are booleans. */
const test = (f: (x: Tensor, call: Call) => Tensor): Operator => ({
  compute: (call) => [{ type: "bool", tensor: ops.cast(f(tensorAt(call, 0), call), "float64") }],
});

/** 1 for infinities of the signs that count. */
function isInfinite(x: Tensor, call: Call): Tensor {
  const up = numberOf(call, "detect_positive", 1) === 1 ? Infinity : NaN;
  const down = numberOf(call, "detect_negative", 1) === 1 ? -Infinity : NaN;
  return ops.logicalOr(ops.equal(x, up), ops.equal(x, down));
}

/** The operators of this file. */
export const elementaryOperators: Operators = /* @__PURE__ */ (() => ({
  Abs: unary((x) => ops.abs(x)),
  Neg: unary((x) => ops.neg(x)),
  Sign: unary((x) => ops.sign(x)),
  Reciprocal: unary((x) => ops.reciprocal(x)),
  Sqrt: unary((x) => ops.sqrt(x)),
  Exp: unary((x) => ops.exp(x)),
  Log: unary((x) => ops.log(x)),
  Floor: unary((x) => ops.floor(x)),
  Ceil: unary((x) => ops.ceil(x)),
  Round: unary((x) => ops.round(x)),
  Sin: unary((x) => ops.sin(x)),
  Cos: unary((x) => ops.cos(x)),
  Tan: unary((x) => ops.tan(x)),
  Asin: unary((x) => ops.asin(x)),
  Acos: unary((x) => ops.acos(x)),
  Atan: unary((x) => ops.atan(x)),
  Sinh: unary((x) => ops.sinh(x)),
  Cosh: unary((x) => ops.cosh(x)),
  Tanh: unary((x) => ops.tanh(x)),
  Asinh: unary((x) => ops.asinh(x)),
  Acosh: unary((x) => ops.acosh(x)),
  Atanh: unary((x) => ops.atanh(x)),
  Erf: unary((x) => ops.erf(x)),
  IsNaN: test((x) => ops.isNaN(x)),
  IsInf: test(isInfinite),
  Identity: { compute: (call) => [input(call, 0)] },
}))();
