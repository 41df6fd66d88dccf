/**
 * Reductions by any function of numbers.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { type Shape, type ShapeResult, sizeOf } from "../../blas/shape.ts";
import { allocate, type View } from "../../blas/view.ts";
import { batchOneByOne } from "../batch.ts";
import { checkFunction } from "../arguments.ts";
import { ones } from "../values/constructors.ts";
import { apply, type Primitive } from "../primitive.ts";
import { elementsOf } from "../values/read.ts";
import type { Tensor } from "../tensor.ts";
import { mul } from "./arithmetic.ts";
import { broadcastTo, sum } from "./sum.ts";

/** Combines an element with the result for the elements before it. */
export type Reducer = (element: number, accumulator: number) => number;

/**
 * The gradient of one element of a reduction.
 *
 * @param gradOut The gradient of the result.
 * @param index The element's position, in row-major order.
 * @param value The element.
 * @param allValues All elements, in row-major order.
 */
export type ElementGradient = (
  gradOut: number,
  index: number,
  value: number,
  allValues: readonly number[],
) => number;

type GradientAttributes = { readonly computeGradient: ElementGradient };
type ReduceAttributes = { readonly reducer: Reducer; readonly computeGradient?: ElementGradient | undefined };

const total: ReduceAttributes = { reducer: (element, accumulator) => element + accumulator };

const reduceTensorPrimitive: Primitive<ReduceAttributes> = {
  name: "reduceTensor",
  samples: () => [[2, 3], [4], []].map((shape) => ({ attributes: total, inputs: [{ shape }] })),
  shape: ([shape]): ShapeResult =>
    sizeOf(shape!) > 0 ? either.right([]) : either.left(
      new ShapeError({
        op: "reduceTensor",
        given: { t: shape! },
        problem: "there is no first element to start from",
        remedy: "skip empty tensors",
      }),
    ),
  evaluate: <D extends DType>(
    [x]: readonly View<D>[],
    { reducer }: ReduceAttributes,
  ): View<D> => {
    const output = allocate<D>(x!.dtype, []);
    const value = Array.from<number>(elementsOf(x!)).reduce((accumulator, element) => reducer(element, accumulator));
    output.data[output.offset] = checkNumber("reducer", value);
    return output;
  },
  batch: batchOneByOne,
  vjp: (_, cotangent, { attributes: { computeGradient }, inputs: [t] }) =>
    computeGradient === undefined
      ? broadcastTo(cotangent, t!.shape)
      : apply(reduceTensorGradientPrimitive, { computeGradient }, [t!, cotangent]),
};

/**
 * Computes the user's gradients of a tensor's elements, which are linear in the cotangent, the second operand. How they
 * depend on the elements is not known.
 */
const reduceTensorGradientPrimitive: Primitive<GradientAttributes> = {
  name: "reduceTensorGradient",
  samples: () => [{
    attributes: { computeGradient: (g, _, value) => g * value },
    inputs: [{ shape: [2, 3] }, { shape: [] }],
  }],
  shape: ([shape]) => either.right(shape!),
  evaluate: <D extends DType>(
    [x, cotangent]: readonly View<D>[],
    { computeGradient }: GradientAttributes,
    shape: Shape,
  ): View<D> => {
    const output = allocate<D>(x!.dtype, shape),
      values = Object.freeze(Array.from<number>(elementsOf(x!))),
      gradOut = cotangent!.get();
    values.forEach((value, i) =>
      output.data[output.offset + i] = checkNumber("computeGradient", computeGradient(gradOut, i, value, values))
    );
    return output;
  },
  batch: batchOneByOne,
  vjp: (index, cotangent, { attributes, inputs: [t] }) => {
    if (index === 0) {
      throw new TypeError(
        "Cannot differentiate the gradient of reduceTensor again: computeGradient returns numbers, not how they " +
          "depend on the elements; build the reduction from tensor operations, or write it with customOp",
      );
    }
    return sum(mul(cotangent, apply(reduceTensorGradientPrimitive, attributes, [t!, ones([], { dtype: t!.dtype })])));
  },
};

/** The primitives of this file, for the generic checks. */
export const reduceTensorPrimitives = [reduceTensorPrimitive, reduceTensorGradientPrimitive];

function checkNumber(what: string, value: number): number {
  if (typeof value === "number") return value;
  throw new TypeError(
    `Cannot apply reduceTensor whose ${what} returned ${describe(value)}: it must return a number; correct it`,
  );
}

/**
 * Folds all elements into one number with a function of numbers.
 *
 * If an operation exists for the reduction (`sum`, `product`, `max`, `logSumExp`), use that: it is faster, and can be
 * differentiated twice, unlike this one with `computeGradient`.
 *
 * @param t Any shape, at least one element.
 * @param reducer A function from an element and the accumulator to the next accumulator. The first accumulator is the
 * first element; elements come in row-major order.
 * @param options `computeGradient`: a function from the gradient of the result and an element's position, value and all
 * values to the element's gradient. Without it every element gets the gradient of the result, which is right only for
 * sums.
 * @returns A 0-d tensor.
 * @throws {ShapeError} If `t` has no elements.
 * @throws {TypeError} If a function does not return a number, or the gradient by `computeGradient` is itself
 * differentiated.
 *
 * @example The largest absolute value
 * ```ts
 * import { backward, reduceTensor, tensor64, toList, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor64([1, -7, 3]);
 * const largest = reduceTensor(x, (element, accumulator) => Math.max(Math.abs(element), Math.abs(accumulator)), {
 *   computeGradient: (gradOut, _, value, all) =>
 *     Math.abs(value) === Math.max(...all.map(Math.abs)) ? gradOut * Math.sign(value) : 0,
 * });
 * assertEquals(toNumber(largest), 7);
 * assertEquals(toList(backward(largest).get(x)!), [0, -1, 0]);
 * ```
 */
export function reduceTensor<D extends DType>(
  t: Tensor<D>,
  reducer: Reducer,
  options: { readonly computeGradient?: ElementGradient | undefined } = {},
): Tensor<D> {
  checkFunction("apply reduceTensor", "reducer", reducer);
  checkOptions("apply reduceTensor", options, { computeGradient: true });
  const { computeGradient } = options;
  if (computeGradient !== undefined) checkFunction("apply reduceTensor", "computeGradient", computeGradient);
  return apply(reduceTensorPrimitive, { reducer, computeGradient }, [t]);
}
