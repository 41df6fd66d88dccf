/**
 * Products of matrices.
 *
 * @module
 */
import { add, cast, einsum, matmul, reshape, scale, transpose } from "../../../autograd/ops/mod.ts";
import { determinant } from "../../../autograd/linalg/determinant.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import { type Call, callError, input, numberOf, type Operators, tensorAt, tensors, textOf } from "../value.ts";

/** `alpha * a @ b + beta * c`, either transposed if the node says so. */
function gemm(call: Call): Tensor {
  const side = (index: number, name: string): Tensor =>
    numberOf(call, name, 0) === 1 ? transpose(tensorAt(call, index)) : tensorAt(call, index);
  const alpha = numberOf(call, "alpha", 1), beta = numberOf(call, "beta", 1), c = call.inputs[2]?.tensor;
  const product = matmul(side(0, "transA"), side(1, "transB")), scaled = alpha === 1 ? product : scale(product, alpha);
  return c === undefined ? scaled : add(scaled, beta === 1 ? c : scale(c, beta));
}

/** As NumPy's: a vector on the left is a row, one on the right a column, and the added axes are removed again. */
function multiply(a: Tensor, b: Tensor): Tensor {
  const p = innerShape(a), q = innerShape(b);
  if (p.length > 1 && q.length > 1) return matmul(a, b);
  const left = p.length === 1 ? reshape(a, [1, ...p]) : a, right = q.length === 1 ? reshape(b, [...q, 1]) : b;
  const product = matmul(left, right), shape = innerShape(product), last = shape.length - 1;
  const kept = shape.filter((_, k) => !(p.length === 1 && k === last - 1) && !(q.length === 1 && k === last));
  return reshape(product, kept);
}

/** The operators of this file. */
export const productOperators: Operators = /* @__PURE__ */ (() => ({
  MatMul: {
    compute: (call) => [{ type: input(call, 0).type, tensor: multiply(tensorAt(call, 0), tensorAt(call, 1)) }],
  },
  Gemm: { compute: (call) => [{ type: input(call, 0).type, tensor: gemm(call) }] },
  Det: { compute: (call: Call) => [{ type: input(call, 0).type, tensor: determinant(tensorAt(call, 0)) }] },
  Einsum: {
    compute: (call) => {
      const equation = textOf(call, "equation", "");
      if (equation === "") throw callError(call, "it must have an equation", "export the model again");
      const { type, tensor: { dtype } } = input(call, 0);
      return [{ type, tensor: einsum(equation.replaceAll(" ", ""), ...tensors(call).map((t) => cast(t, dtype))) }];
    },
  },
}))();
