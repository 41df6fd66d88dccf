/**
 * Arithmetic of two or more operands, which broadcast.
 *
 * @module
 */
import { add, cast, div, maximum, minimum, mul, pow, remainder, sub, trunc } from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { wrapped } from "../element_types.ts";
import {
  type Call,
  callError,
  input,
  isFloatAt,
  isKnown,
  known,
  numberOf,
  type Operator,
  type Operators,
  tensorAt,
  tensors,
  type Value,
} from "../value.ts";
import { toList } from "../../../autograd/values/read.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import { ONNX_TYPES } from "../element_types.ts";

/** Integers of few bits wrap around; those that are not known yet are left as they are. */
function inRange(call: Call, value: Value): Value {
  const { bits } = ONNX_TYPES[value.type];
  if (bits === 0 || bits === 64 || !isKnown(value.tensor)) return value;
  return known(call.run, value.type, toList(value.tensor).map((x) => wrapped(value.type, x)), innerShape(value.tensor));
}

const binary = (f: (a: Tensor, b: Tensor, call: Call) => Tensor): Operator => ({
  compute: (
    call,
  ) => [inRange(call, { type: input(call, 0).type, tensor: f(tensorAt(call, 0), tensorAt(call, 1), call) })],
});

const folded = (f: (a: Tensor, b: Tensor) => Tensor): Operator => ({
  compute: (call) => [{ type: input(call, 0).type, tensor: tensors(call).reduce((a, b) => f(a, b)) }],
});

/** The remainder with the sign of the dividend, as in C. */
const fmod = (a: Tensor, b: Tensor): Tensor => sub(a, mul(trunc(div(a, b)), b));

/** The operators of this file. */
export const arithmeticOperators: Operators = /* @__PURE__ */ (() => ({
  Add: binary((a, b) => add(a, b)),
  Sub: binary((a, b) => sub(a, b)),
  Mul: binary((a, b) => mul(a, b)),
  // Integers are divided without a remainder.
  Div: binary((a, b, call) => isFloatAt(call, 0) ? div(a, b) : trunc(div(a, b))),
  // The exponent may be of another type.
  Pow: {
    compute: (call) => {
      const { type, tensor } = input(call, 0), exponent = input(call, 1);
      // A known exponent for all elements needs no derivative, and powers of 2 are products.
      if (
        isKnown(exponent.tensor) && exponent.tensor.requiresGrad === false &&
        innerShape(exponent.tensor).every((n) => n === 1) &&
        innerShape(exponent.tensor).length <= innerShape(tensor).length
      ) {
        return [{ type, tensor: pow(tensor, toList(exponent.tensor)[0]!) }];
      }
      const same = exponent.tensor.dtype === tensor.dtype ? exponent.tensor : cast(exponent.tensor, tensor.dtype);
      return [{ type, tensor: pow(tensor, same) }];
    },
  },
  Mod: binary((a, b, call) => numberOf(call, "fmod", 0) === 1 ? fmod(a, b) : remainder(a, b)),
  Max: folded((a, b) => maximum(a, b)),
  Min: folded((a, b) => minimum(a, b)),
  Sum: folded((a, b) => add(a, b)),
  Mean: {
    compute: (call) => {
      const all = tensors(call);
      if (all.length === 0) throw callError(call, "it has no operands", "export the model again");
      return [{ type: input(call, 0).type, tensor: div(all.reduce((a, b) => add(a, b)), all.length) }];
    },
  },
}))();
