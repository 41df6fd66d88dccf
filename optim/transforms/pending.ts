/**
 * Element-wise computations that are written down first and done later, many of them at once.
 *
 * Transforms pass on such computations in place of tensors. Only what is stored is computed, the next parameters and what
 * is remembered, each by one expression in one pass, however many transforms had a part in it.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { argument, type Scalar, substitute } from "../../blas/scalar/scalar.ts";
import { type DynamicNumber, numberTensor } from "../../autograd/dynamic_number.ts";
import { applyElementwise, elementwiseOf } from "../../autograd/elementwise.ts";
import type { Tensor } from "../../autograd/tensor.ts";

/** What will be a tensor of a parameter's shape once it is computed; a tensor that exists is one too. */
export type Deferred = Tensor | DeferredNumber | DeferredFormula;

/** A number: an operand, not a constant of the expression, so that kernels serve whatever the rate of a step is. */
type DeferredNumber = { readonly kind: "number"; readonly as: (dtype: DType) => Tensor };

/** An expression whose arguments are other computations. */
type DeferredFormula = {
  readonly kind: "formula";
  readonly expression: Scalar;
  readonly operands: readonly Deferred[];
};

/**
 * Makes a formula of a scalar expression: it takes computations, and gives one.
 *
 * @param build The expression, as a function of one argument for each operand.
 */
export function deferredElementwise<A extends readonly Scalar[]>(
  build: (...args: A) => Scalar,
): (...operands: { readonly [K in keyof A]: Deferred }) => Deferred {
  const args = Array.from({ length: build.length }, (_, k) => argument(k)) as readonly Scalar[] as A;
  const expression = build(...args);
  return (...operands) => ({ kind: "formula", expression, operands });
}

/** A number as an operand; one that several parameters share is made into a tensor once for each dtype. */
export function numberOperand(value: DynamicNumber): Deferred {
  const made: { [D in DType]?: Tensor } = {};
  return { kind: "number", as: (dtype) => made[dtype] ??= numberTensor(value, dtype) };
}

/**
 * Does what was written down.
 *
 * @param pending The computation.
 * @param like The parameter that it belongs to; numbers take its dtype.
 */
export function compute(deferred: Deferred, like: Tensor): Tensor {
  if (!("kind" in deferred)) return deferred;
  const operands: (Tensor | DeferredNumber)[] = [];
  const expressionOf = (part: Deferred): Scalar => {
    if ("kind" in part && part.kind === "formula") return compose(part.expression, part.operands.map(expressionOf));
    const at = operands.indexOf(part);
    return argument(at >= 0 ? at : operands.push(part) - 1);
  };
  const expression = expressionOf(deferred);
  return applyElementwise(
    elementwiseOf(expression),
    operands.map((operand) => "kind" in operand ? operand.as(like.dtype) : operand),
  );
}

/** Compositions made so far, by outer expression and inner ones: kept no longer than all of these are used. */
type Compositions = { readonly next: WeakMap<Scalar, Compositions>; made?: Scalar };
const compositions: Compositions = { next: new WeakMap() };

/** An expression of expressions. Those of an optimizer are the same at every step and for every parameter. */
function compose(outer: Scalar, inner: readonly Scalar[]): Scalar {
  if (inner.every((part, k) => part === argument(k))) return outer;
  const place = [outer, ...inner].reduce(({ next }, part) => {
    const found = next.get(part), place = found ?? { next: new WeakMap() };
    if (found === undefined) next.set(part, place);
    return place;
  }, compositions);
  return place.made ??= substitute(outer, (part) => part.kind === "argument" ? inner[part.index]! : undefined);
}
