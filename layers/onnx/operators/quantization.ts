/**
 * Numbers of few bits, and products of them.
 *
 * @module
 */
import * as ops from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import { ONNX_TYPES, type OnnxType, typeOfCode } from "../element_types.ts";
import { axisIn, type Call, heldAs, input, numberOf, type Operators, tensorAt, type Value, valueOf } from "../value.ts";
import { convolution } from "./convolution.ts";

/** A scale or a zero point, one for all elements or one for each place along an axis. */
function along(call: Call, t: Tensor, x: Tensor): Tensor {
  const rank = innerShape(x).length, own = innerShape(t), block = numberOf(call, "block_size", 0);
  if (own.length === 0 || own.every((length) => length === 1)) return ops.reshape(t, []);
  const axis = axisIn(call, numberOf(call, "axis", 1), rank);
  if (own.length === 1) return ops.reshape(t, innerShape(x).map((_, k) => k === axis ? own[0]! : 1));
  // Blocks: each is for so many elements.
  const places = Array.from({ length: innerShape(x)[axis]! }, (_, k) => Math.floor(k / Math.max(1, block)));
  return ops.take(t, places, axis);
}

/** Rounds to the integers of a type. */
function rounded(t: Tensor, type: OnnxType): Tensor {
  const { bits, signed } = ONNX_TYPES[type];
  return ops.clamp(ops.round(t), signed ? -(2 ** (bits - 1)) : 0, 2 ** (signed ? bits - 1 : bits) - 1);
}

const inFloat = (call: Call, t: Tensor): Tensor => ops.cast(t, heldAs(call.run, "float32"));

function quantized(call: Call, x: Tensor, scale: Tensor, zero: Value | undefined, type: OnnxType): Value {
  const steps = ops.round(ops.div(x, along(call, inFloat(call, scale), x)));
  const moved = zero === undefined ? steps : ops.add(steps, along(call, inFloat(call, zero.tensor), x));
  return valueOf(call.run, type, rounded(moved, type));
}

function quantize(call: Call): readonly Value[] {
  const zero = call.inputs[2], type = zero?.type ?? typeOfCode(numberOf(call, "output_dtype", 2)) ?? "uint8";
  return [quantized(call, inFloat(call, tensorAt(call, 0)), tensorAt(call, 1), zero, type)];
}

/** Subtracts the zero point from numbers. */
function centered(call: Call, index: number, zero: number): Tensor {
  const x = tensorAt(call, index), point = call.inputs[zero]?.tensor;
  if (point === undefined) return x;
  const own = innerShape(point), rank = innerShape(x).length;
  // One for each row of the first operand, or for each filter of a kernel.
  const isList = own.length === 1 && own[0]! > 1;
  const axis = call.node.operator.includes("Conv") ? 0 : index === 0 ? rank - 2 : rank - 1;
  return ops.sub(
    x,
    isList ? ops.reshape(point, innerShape(x).map((_, k) => k === axis ? own[0]! : 1)) : ops.reshape(point, []),
  );
}

function dequantize(call: Call): readonly Value[] {
  const x = inFloat(call, tensorAt(call, 0)), scale = input(call, 1), zero = call.inputs[2]?.tensor;
  const moved = zero === undefined ? x : ops.sub(x, along(call, inFloat(call, zero), x));
  return [{ type: scale.type, tensor: ops.mul(moved, along(call, inFloat(call, scale.tensor), x)) }];
}

/** Quantizes numbers with a scale and a zero point that their own range determines. */
function dynamic(call: Call): readonly Value[] {
  const x = tensorAt(call, 0), low = ops.minimum(ops.min(x), 0), high = ops.maximum(ops.max(x), 0);
  const scale = ops.scale(ops.sub(high, low), 1 / 255), zero = rounded(ops.neg(ops.div(low, scale)), "uint8");
  const y = rounded(ops.add(ops.round(ops.div(x, scale)), zero), "uint8");
  return [valueOf(call.run, "uint8", y), valueOf(call.run, "float32", scale), valueOf(call.run, "uint8", zero)];
}

/** The operators of this file. */
export const quantizationOperators: Operators = /* @__PURE__ */ (() => ({
  QuantizeLinear: { compute: quantize },
  DequantizeLinear: { compute: dequantize },
  DynamicQuantizeLinear: { compute: dynamic },
  MatMulInteger: {
    compute: (call: Call) => [valueOf(call.run, "int32", ops.matmul(centered(call, 0, 2), centered(call, 1, 3)))],
  },
  ConvInteger: {
    compute: (
      call: Call,
    ) => [valueOf(call.run, "int32", convolution(call, centered(call, 0, 2), centered(call, 1, 3), null))],
  },
}))();
