/**
 * Functions of plain numbers, applied to 0-d tensors. Compiled code calls them in every run.
 *
 * @module
 */
import * as either from "../blas/either.ts";
import { allocate, type View } from "../blas/view.ts";
import { batchOneByOne } from "./batch.ts";
import { apply, type Primitive } from "./primitive.ts";
import type { Tensor } from "./tensor.ts";

/** The function that {@link callOnNumbers} applies. */
type CallbackAttributes = { readonly f: (...numbers: number[]) => number };

const callbackPrimitive: Primitive<CallbackAttributes> = {
  name: "callback",
  samples: () => [{ attributes: { f: Math.floor }, inputs: [{ shape: [], min: 0.1, max: 0.9 }] }],
  shape: ([shape]) => either.right(shape!),
  evaluate: (inputs, { f }, shape) => {
    const result = allocate(inputs[0]!.dtype, shape);
    result.data[result.offset] = f(...inputs.map(({ data, offset }: View) => data[offset]!));
    return result;
  },
  batch: batchOneByOne,
  vjp: () => null,
};

/** The primitives of this file, for the generic checks. */
export const callbackPrimitives = [callbackPrimitive];

/**
 * Applies a function of plain numbers, such as a schedule. The result has no derivative.
 *
 * @param f A function of as many numbers as there are tensors. An error that it throws is an error of the call.
 * @param numbers 0-d tensors, at least one.
 */
export function callOnNumbers(
  f: (...numbers: number[]) => number,
  ...numbers: readonly Tensor<"float64">[]
): Tensor<"float64"> {
  return apply(callbackPrimitive, { f }, numbers);
}
