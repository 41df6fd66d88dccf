/**
 * Addition, subtraction, multiplication, division.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { additionPart } from "../../blas/parts/addition.ts";
import { arithmeticPart } from "../../blas/parts/arithmetic.ts";
import { ADDITION } from "../../blas/scalar/interned.ts";
import { checkOptions } from "../../blas/options.ts";
import type { Shape } from "../../blas/shape.ts";
import {
  add as plus,
  argument,
  div as over,
  mul as times,
  neg as minus,
  type Scalar,
  sub as less,
} from "../../blas/scalar/scalar.ts";
import {
  applyElementwise,
  arithmetic,
  type Elementwise,
  elementwiseFrom,
  NO_ATTRIBUTES,
  samplesOfTwo,
} from "../elementwise.ts";
import { checkOperands, type SampleInput } from "../primitive.ts";
import type { Tensor, TensorLike } from "../tensor.ts";

/** The derivative is written out, since programs that only add would contain derivatives of all functions otherwise. */
const addPrimitive: Elementwise = /* @__PURE__ */ elementwiseFrom({
  name: "add",
  part: additionPart,
  expression: ADDITION,
  samples: samplesOfTwo,
  vjp: (_, cotangent) => cotangent,
});
const subPrimitive = /* @__PURE__ */ arithmetic("sub", (a, b) => less(a, b));
const mulPrimitive = /* @__PURE__ */ arithmetic("mul", (a, b) => times(a, b));
const scalePrimitive = /* @__PURE__ */ arithmetic("scale", (t, s) => times(t, s));
const divPrimitive = /* @__PURE__ */ withRule(
  /* @__PURE__ */ arithmetic("div", (a, b) => over(a, b), { domains: [[-2, 2], [0.5, 2]] }),
  (index, cotangent, { inputs: [a, b] }) =>
    index === 0 ? div(cotangent, b!) : applyElementwise(divisorSlope(1), [a!, b!, cotangent]),
);
const safeDivPrimitive = /* @__PURE__ */ withRule(
  /* @__PURE__ */ arithmetic("safeDiv", (a, b, epsilon) => over(a, plus(b, epsilon)), {
    domains: [[-2, 2], [0.5, 2], [0.1, 0.2]],
  }),
  (index, cotangent, { inputs: [a, b, epsilon] }) => {
    const divisor = add(b!, epsilon!);
    return index === 0 ? div(cotangent, divisor) : applyElementwise(divisorSlope(1), [a!, divisor, cotangent]);
  },
);
/** The derivatives of quotients that have been asked for, by their order. */
const divisorSlopes: Elementwise[] = [];

/**
 * Returns the primitive that computes the derivative of a quotient `a / b` with respect to its divisor `order` times, each
 * time by a cotangent: `(-1)^order order! a c1 c2 … / b^(order + 1)`, of the operands a, b, c1, c2 and so on. It divides `a`
 * first, and then once for each cotangent: products of cotangents and `1 / b` alone may be infinite where `a` is 0.
 */
function divisorSlope(order: number): Elementwise {
  const known = divisorSlopes[order];
  if (known !== undefined) return known;
  const [a, b, ...cotangents] = Array.from({ length: order + 2 }, (_, k) => argument(k)) as [Scalar, Scalar]; // at least 2
  const expression = cotangents.reduce(
    (product, cotangent, k) =>
      k === 0 ? minus(over(times(product, cotangent), b)) : over(times(times(product, cotangent), -1 - k), b),
    over(a, b),
  );
  const inputsOf = (dividend: Shape, divisor: Shape, other: Shape): readonly SampleInput[] => [
    { shape: dividend },
    { shape: divisor, min: 0.5 },
    ...cotangents.map(() => ({ shape: other })),
  ];
  return divisorSlopes[order] = elementwiseFrom({
    name: `divisorSlope${order}`,
    expression,
    samples: () =>
      [inputsOf([2, 3], [2, 3], [2, 3]), inputsOf([3], [2, 1], [])].map((inputs) => ({
        attributes: NO_ATTRIBUTES,
        inputs,
      })),
    part: arithmeticPart,
    vjp: (index, cotangent, { inputs }) =>
      index === 1
        ? applyElementwise(divisorSlope(order + 1), [...inputs, cotangent])
        : applyElementwise(divisorSlope(order), inputs.with(index, cotangent)),
  });
}

const negPrimitive = /* @__PURE__ */ arithmetic("neg", (x) => minus(x));

/** Returns a primitive with a derivative rule that is written out. */
function withRule(primitive: Elementwise, vjp: Elementwise["vjp"]): Elementwise {
  return { ...primitive, vjp };
}

/** The primitives of this file, for the generic checks. */
export const arithmeticPrimitives = [
  addPrimitive,
  subPrimitive,
  mulPrimitive,
  scalePrimitive,
  divPrimitive,
  safeDivPrimitive,
  /* @__PURE__ */ divisorSlope(1),
  /* @__PURE__ */ divisorSlope(2),
  negPrimitive,
];

/**
 * Adds element by element, broadcasting as NumPy does.
 *
 * @param a Any shape, or a number.
 * @param b A shape that broadcasts with `a`'s, or a number.
 * @returns The broadcast shape.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { add, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(add(tensor64([[1, 2], [3, 4]]), tensor64([10, 20]))), [[11, 22], [13, 24]]);
 * ```
 */
export function add<D extends DType>(a: Tensor<D>, b: TensorLike<NoInfer<D>>): Tensor<D>;
/** Adds element by element where the first operand may be a number. */
export function add<D extends DType = "float32">(a: TensorLike<NoInfer<D>>, b: TensorLike<D>): Tensor<D>;
export function add<D extends DType>(a: TensorLike<D>, b: TensorLike<D>): Tensor<D> {
  return applyElementwise(addPrimitive, [a, b]);
}

/**
 * Subtracts element by element, broadcasting as NumPy does.
 *
 * @example
 * ```ts
 * import { sub, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(sub(tensor64([5, 6]), tensor64([1, 2]))), [4, 4]);
 * ```
 *
 * @param a Any shape, or a number.
 * @param b A shape that broadcasts with `a`'s, or a number.
 * @returns The broadcast shape.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 */
export function sub<D extends DType>(a: Tensor<D>, b: TensorLike<NoInfer<D>>): Tensor<D>;
/** Subtracts element by element where the first operand may be a number. */
export function sub<D extends DType = "float32">(a: TensorLike<NoInfer<D>>, b: TensorLike<D>): Tensor<D>;
export function sub<D extends DType>(a: TensorLike<D>, b: TensorLike<D>): Tensor<D> {
  return applyElementwise(subPrimitive, [a, b]);
}

/**
 * Multiplies element by element, broadcasting as NumPy does.
 *
 * @example
 * ```ts
 * import { mul, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(mul(tensor64([5, 6]), 2)), [10, 12]);
 * ```
 *
 * @param a Any shape, or a number.
 * @param b A shape that broadcasts with `a`'s, or a number.
 * @returns The broadcast shape.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 */
export function mul<D extends DType>(a: Tensor<D>, b: TensorLike<NoInfer<D>>): Tensor<D>;
/** Multiplies element by element where the first operand may be a number. */
export function mul<D extends DType = "float32">(a: TensorLike<NoInfer<D>>, b: TensorLike<D>): Tensor<D>;
export function mul<D extends DType>(a: TensorLike<D>, b: TensorLike<D>): Tensor<D> {
  return applyElementwise(mulPrimitive, [a, b]);
}

/**
 * Divides element by element, broadcasting as NumPy does. Division by 0 gives infinity or NaN, as in IEEE arithmetic.
 *
 * @example
 * ```ts
 * import { div, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(div(tensor64([1, 6]), tensor64([4, 3]))), [0.25, 2]);
 * ```
 *
 * @param a Any shape, or a number.
 * @param b A shape that broadcasts with `a`'s, or a number.
 * @returns The broadcast shape.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 */
export function div<D extends DType>(a: Tensor<D>, b: TensorLike<NoInfer<D>>): Tensor<D>;
/** Divides element by element where the first operand may be a number. */
export function div<D extends DType = "float32">(a: TensorLike<NoInfer<D>>, b: TensorLike<D>): Tensor<D>;
export function div<D extends DType>(a: TensorLike<D>, b: TensorLike<D>): Tensor<D> {
  return applyElementwise(divPrimitive, [a, b]);
}

/**
 * Computes `a / (b + epsilon)`, element by element: safe division where `b` is 0 or above.
 *
 * @example
 * ```ts
 * import { safeDiv, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(safeDiv(tensor64([0, 1]), 0, { epsilon: 0.5 })), [0, 2]);
 * ```
 *
 * @param a Any shape, or a number.
 * @param b A shape that broadcasts with `a`'s, or a number.
 * @returns The broadcast shape.
 * @throws {ShapeError} If the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 */
export function safeDiv<D extends DType>(
  a: Tensor<D>,
  b: TensorLike<NoInfer<D>>,
  options?: { readonly epsilon?: number | undefined },
): Tensor<D>;
/** Computes `a / (b + epsilon)` where the first operand may be a number. */
export function safeDiv<D extends DType = "float32">(
  a: TensorLike<NoInfer<D>>,
  b: TensorLike<D>,
  options?: { readonly epsilon?: number | undefined },
): Tensor<D>;
export function safeDiv<D extends DType>(
  a: TensorLike<D>,
  b: TensorLike<D>,
  options: { readonly epsilon?: number | undefined } = {},
): Tensor<D> {
  checkOptions("apply safeDiv", options, { epsilon: true });
  const { epsilon = 1e-8 } = options;
  return applyElementwise(safeDivPrimitive, [a, b, epsilon]);
}

/**
 * Computes `-x`, element by element.
 *
 * @example
 * ```ts
 * import { neg, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(neg(tensor64([1, -2]))), [-1, 2]);
 * ```
 */
export function neg<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(negPrimitive, [x]);
}

/**
 * Multiplies every element by a number.
 *
 * @example
 * ```ts
 * import { scale, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(scale(tensor64([1, -2]), 3)), [3, -6]);
 * ```
 *
 * @param t Any shape.
 * @param s The factor.
 */
export function scale<D extends DType>(t: Tensor<D>, s: number): Tensor<D> {
  checkOperands("scale", [t]);
  return applyElementwise(scalePrimitive, [t, s]);
}
