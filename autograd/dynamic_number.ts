/**
 * Numbers that are computed with, and that may be known later than the computation is written down: plain numbers in
 * ordinary use, 0-d tensors where a computation is recorded to be run with other numbers.
 *
 * Whoever computes with them reads no values and does not branch on them, so that one computation serves both.
 *
 * @module
 */
import { either } from "../deps.ts";
import type { DType } from "../blas/dtype.ts";
import { mapOf } from "../blas/program/operations/map.ts";
import { evaluateScalar, type Scalar } from "../blas/scalar/scalar.ts";
import type { Shape } from "../blas/shape.ts";
import { allocate, type View } from "../blas/view.ts";
import { type Elementwise, elementwiseOf, type NoAttributes, scalarConstant } from "./elementwise.ts";
import { cast } from "./ops/cast.ts";
import { apply, type Primitive } from "./primitive.ts";
import type { Tensor } from "./tensor.ts";

/** A number, or a 0-d tensor that holds one. */
export type DynamicNumber = number | Tensor<"float64">;

/**
 * Computes an expression of numbers: a number if all of them are, else a tensor, to the last bit the same.
 *
 * @param expression Over arguments 0, 1, …, one for each number.
 */
export function computeNumber(expression: Scalar, ...numbers: readonly DynamicNumber[]): DynamicNumber {
  if (numbers.every((x) => typeof x === "number")) return evaluateScalar(expression, numbers);
  return apply(scalarPrimitive(expression), NO_ATTRIBUTES, numbers.map((x) => numberTensor(x, "float64")));
}

/** Applies a function of plain numbers, such as a schedule; of a tensor the result is one too, and has no derivative. */
export function callOnNumber(f: (x: number) => number, x: DynamicNumber): DynamicNumber {
  return typeof x === "number" ? f(x) : apply(callbackPrimitive, { f }, [x]);
}

/** A number as a 0-d tensor of a dtype, to meet tensors of that dtype. */
export function numberTensor<D extends DType>(x: DynamicNumber, dtype: D): Tensor<D> {
  return typeof x === "number" ? scalarConstant(x, dtype) : cast(x, dtype);
}

const NO_ATTRIBUTES: NoAttributes = Object.freeze({});

const scalarPrimitives = new WeakMap<Scalar, Elementwise>();

/** An element-wise primitive, but that a 0-d result comes from the same arithmetic as that of plain numbers. */
function scalarPrimitive(expression: Scalar): Elementwise {
  const found = scalarPrimitives.get(expression);
  if (found !== undefined) return found;
  const made: Elementwise = {
    ...elementwiseOf(expression),
    operator: () => ({
      ...mapOf(expression),
      run: (_, inputs, { dtype, shape }) => single(dtype, shape, evaluateScalar(expression, inputs.map(element))),
    }),
  };
  scalarPrimitives.set(expression, made);
  return made;
}

/** What {@link callOnNumber} applies. */
type CallbackAttributes = { readonly f: (x: number) => number };

const callbackPrimitive: Primitive<CallbackAttributes> = {
  name: "callback",
  samples: [{ attributes: { f: Math.floor }, inputs: [{ shape: [], min: 0.1, max: 0.9 }] }],
  shape: ([shape]) => either.right(shape!),
  evaluate: ([x], { f }, shape) => single(x!.dtype, shape, f(element(x!))),
  vjp: () => null,
};

/** The primitives of this file, for the generic checks. */
export const dynamicNumberPrimitives = [callbackPrimitive];

const element = ({ data, offset }: View): number => data[offset]!;

/** A view of one element. */
function single<D extends DType>(dtype: D, shape: Shape, value: number): View<D> {
  const view = allocate(dtype, shape);
  view.data[view.offset] = value;
  return view as View<D>;
}
