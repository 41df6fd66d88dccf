/**
 * The numbers of a step, 0-d tensors: counts, rates and corrections.
 *
 * Where their values are known they are computed by plain arithmetic: an operation on tensors costs more than all that there
 * is to compute. Where they are not, in compiled code, they are computed by operations.
 *
 * @module
 */
import { evaluateScalar, type Scalar } from "../blas/scalar/scalar.ts";
import type { DType } from "../blas/dtype.ts";
import { isAbstract } from "../autograd/abstract_view.ts";
import { applyElementwise, elementwiseOf, scalarConstant } from "../autograd/elementwise.ts";
import { cast } from "../autograd/ops/cast.ts";
import { isTensor, type Tensor } from "../autograd/tensor.ts";
import { innerView } from "../autograd/tensor_record.ts";

/** A number, or a 0-d tensor that holds one. */
export type StepNumber = number | Tensor<"float64">;

/** The value of a number, where it is known and nobody differentiates it. */
export function knownValue(x: StepNumber): number | undefined {
  if (!isTensor(x)) return x;
  if (x.requiresGrad) return undefined;
  const view = innerView(x);
  return isAbstract(view) ? undefined : view.data[view.offset];
}

/**
 * Computes an expression of numbers.
 *
 * @param expression Over arguments 0, 1, …, one for each number.
 */
export function computeNumber(expression: Scalar, ...numbers: readonly StepNumber[]): Tensor<"float64"> {
  const values = numbers.map(knownValue);
  return values.every((value) => value !== undefined)
    ? scalarConstant(evaluateScalar(expression, values), "float64")
    : applyElementwise<"float64">(elementwiseOf(expression), numbers);
}

/** A number as a 0-d tensor of a dtype, to meet tensors of that dtype. */
export function numberTensor(x: StepNumber, dtype: DType): Tensor {
  const value = knownValue(x);
  return value === undefined ? cast(x as Tensor<"float64">, dtype) : scalarConstant(value, dtype);
}
