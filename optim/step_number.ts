/**
 * The numbers of a step as 0-d tensors: counts, rates and corrections.
 *
 * If their values are known, they are computed by plain arithmetic, since an operation on tensors costs more than the
 * whole computation. In compiled code they are not known, and operations compute them.
 *
 * @module
 */
import { evaluateScalar } from "../blas/scalar/evaluate.ts";
import type { Scalar } from "../blas/scalar/scalar.ts";
import { singlePart } from "../blas/parts/single.ts";
import type { DType } from "../blas/dtype.ts";
import { isAbstract } from "../autograd/abstract_view.ts";
import { applyElementwise, elementwiseOf, scalarConstant } from "../autograd/elementwise.ts";
import { cast } from "../autograd/ops/cast.ts";
import { isTensor, type Tensor } from "../autograd/tensor.ts";
import { innerView } from "../autograd/tensor_record.ts";

/** A number, or a 0-d tensor that holds one. */
export type StepNumber = number | Tensor<"float64">;

/** Returns the value of a number, if it is known and is not being differentiated. */
export function knownValue(x: StepNumber): number | undefined {
  if (!isTensor(x)) return x;
  if (x.requiresGrad) return undefined;
  const view = innerView(x);
  return isAbstract(view) ? undefined : view.data[view.offset];
}

/**
 * Computes an expression of numbers.
 *
 * @param expression A scalar expression over arguments 0, 1, …, one for each number.
 */
export function computeNumber(expression: Scalar, ...numbers: readonly StepNumber[]): Tensor<"float64"> {
  const values = numbers.map(knownValue);
  return values.every((value) => value !== undefined)
    ? scalarConstant(evaluateScalar(expression, values), "float64")
    : applyElementwise<"float64">(elementwiseOf(expression, singlePart), numbers);
}

/** Returns a number as a 0-d tensor of a dtype, for operations with tensors of that dtype. */
export function numberTensor(x: StepNumber, dtype: DType): Tensor {
  const value = knownValue(x);
  // Its value is not known, so it is a tensor.
  return value === undefined ? cast(x as Tensor<"float64">, dtype) : scalarConstant(value, dtype);
}
