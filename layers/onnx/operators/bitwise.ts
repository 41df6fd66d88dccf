/**
 * Operators on the bits of integers.
 *
 * @module
 */
import * as ops from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import { constant } from "../../../autograd/values/constructors.ts";
import { toList } from "../../../autograd/values/read.ts";
import { broadcastShapes, unwrap } from "../../../blas/shape.ts";
import {
  type Call,
  callError,
  input,
  isKnown,
  known,
  type Operator,
  type Operators,
  tensorAt,
  textOf,
} from "../value.ts";

/** The bits of numbers from 0 to 2^53, the lowest first, along a new last axis. */
const WIDTH = 53;

const powers = (): Tensor => constant(Float64Array.from({ length: WIDTH }, (_, k) => 2 ** k), { dtype: "float64" });

const bitsOf = (t: Tensor): Tensor => ops.remainder(ops.floor(ops.div(ops.expandDims(t, -1), powers())), 2);

/**
 * An operator of two numbers.
 *
 * @param exact Of numbers that are known, negative ones too.
 * @param bits Of bits, for numbers that are not known yet: they must be 0 or more.
 */
const binary = (exact: (a: bigint, b: bigint) => bigint, bits: (a: Tensor, b: Tensor) => Tensor): Operator => ({
  compute: (call) => {
    const { type } = input(call, 0), a = tensorAt(call, 0), b = tensorAt(call, 1);
    if (!isKnown(a) || !isKnown(b)) {
      return [{ type, tensor: ops.sum(ops.mul(bits(bitsOf(a), bitsOf(b)), powers()), { axes: -1 }) }];
    }
    const shape = unwrap(broadcastShapes(call.node.operator, [innerShape(a), innerShape(b)]));
    const [x, y] = [a, b].map((t) => toList(ops.broadcastTo(t, shape))) as [number[], number[]]; // of two
    return [known(call.run, type, x.map((own, k) => Number(exact(BigInt(own), BigInt(y[k]!)))), shape)];
  },
});

/** Numbers of so many bits moved up or down. */
function shifted(call: Call): Tensor {
  const factor: Tensor = ops.pow(2, tensorAt(call, 1)), x = tensorAt(call, 0), { type } = input(call, 0);
  const limit = type === "uint8" ? 2 ** 8 : type === "uint16" ? 2 ** 16 : type === "uint32" ? 2 ** 32 : undefined;
  switch (textOf(call, "direction", "")) {
    case "RIGHT":
      return ops.floor(ops.div(x, factor));
    case "LEFT":
      return limit === undefined ? ops.mul(x, factor) : ops.remainder(ops.mul(x, factor), limit);
    default:
      throw callError(call, "it must have a direction, LEFT or RIGHT", "export the model again");
  }
}

/** The operators of this file. */
export const bitwiseOperators: Operators = /* @__PURE__ */ (() => ({
  BitwiseAnd: binary((a, b) => a & b, (a, b) => ops.mul(a, b)),
  BitwiseOr: binary((a, b) => a | b, (a, b) => ops.maximum(a, b)),
  BitwiseXor: binary((a, b) => a ^ b, (a, b) => ops.abs(ops.sub(a, b))),
  BitwiseNot: { compute: (call) => [{ type: input(call, 0).type, tensor: ops.neg(ops.add(tensorAt(call, 0), 1)) }] },
  BitShift: { compute: (call) => [{ type: input(call, 0).type, tensor: shifted(call) }] },
}))();
