/**
 * Deferred element-wise computations: they are recorded first and computed later, many of them at once.
 *
 * Transforms pass on such computations instead of tensors. Only the values that are stored, the next parameters and the
 * memory, are computed, each by one expression in one pass, however many transforms contributed to it.
 *
 * Computing each formula at once would make another array for each parameter. `bench/deferred_bench.ts`, three runs on
 * 2 shared cores, a plain step of Adam on 109,386 float32 parameters: 0.26 ms either way at best, but 0.45 against 0.97
 * ms at the third quartile, since the garbage collector has a third more to collect; on 1e6, 2.1 to 2.4 against 2.4 to
 * 2.8 ms at best. SGD with momentum has nothing to defer and is 0.01 ms slower. Compiled steps are fused by the
 * compiler either way.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { arithmeticPart } from "../../blas/parts/arithmetic.ts";
import { argument, constantScalar, type Scalar, substitute } from "../../blas/scalar/scalar.ts";
import { knownValue, numberTensor, type StepNumber } from "../step_number.ts";
import { isAbstract } from "../../autograd/abstract_view.ts";
import { applyElementwise, elementwiseOf } from "../../autograd/elementwise.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { innerView } from "../../autograd/tensor_record.ts";

/** A tensor of a parameter's shape, or a computation that will give one. */
export type Deferred = Tensor | DeferredNumber | DeferredFormula;

/**
 * A number, or a 0-d tensor of one. In plain calls it is an operand, so that kernels do not depend on the rate of a step; in
 * programs, whose code is made for its numbers anyway, a known number is a constant of the expression.
 */
type DeferredNumber = {
  readonly kind: "number";
  readonly as: (dtype: DType) => Tensor;
  /** Returns the number as a constant of a dtype, if it is known. */
  readonly constant: (dtype: DType) => Scalar | undefined;
};

/** An expression whose arguments are other computations. */
type DeferredFormula = {
  readonly kind: "formula";
  readonly expression: Scalar;
  readonly operands: readonly Deferred[];
};

/**
 * Makes a formula from a scalar expression: it takes computations and returns one.
 *
 * @param build Returns the expression, which must consist of arithmetic, square roots, extrema, comparisons and choices;
 * it takes one argument for each operand.
 */
export function deferredElementwise<A extends readonly Scalar[]>(
  build: (...args: A) => Scalar,
): (...operands: { readonly [K in keyof A]: Deferred }) => Deferred {
  // As many arguments as the builder takes.
  const args = Array.from({ length: build.length }, (_, k) => argument(k)) as readonly Scalar[] as A;
  const expression = build(...args);
  return (...operands) => ({ kind: "formula", expression, operands });
}

/** Makes an operand from a number; for several parameters, it is made into a tensor once for each dtype. */
export function deferredNumber(value: StepNumber): Deferred {
  const made: { [D in DType]?: Tensor } = {};
  const constant = (dtype: DType): Scalar | undefined => {
    const known = knownValue(value);
    return known === undefined ? undefined : constantScalar(dtype === "float32" ? Math.fround(known) : known);
  };
  return { kind: "number", as: (dtype) => made[dtype] ??= numberTensor(value, dtype), constant };
}

/**
 * Computes a deferred computation.
 *
 * @param deferred The computation.
 * @param like The parameter that it belongs to; numbers take its dtype.
 */
export function materialize(deferred: Deferred, like: Tensor): Tensor {
  if (!("kind" in deferred)) return deferred;
  const operands: (Tensor | DeferredNumber)[] = [], view = innerView(like);
  const isTraced = isAbstract(view) && view.interpreter.mapsExamples === undefined;
  const expressionOf = (part: Deferred): Scalar => {
    if ("kind" in part) {
      if (part.kind === "formula") return compose(part.expression, part.operands.map(expressionOf));
      const constant = isTraced ? part.constant(like.dtype) : undefined;
      if (constant !== undefined) return constant;
    }
    const at = operands.indexOf(part);
    return argument(at >= 0 ? at : operands.push(part) - 1);
  };
  const expression = expressionOf(deferred);
  return applyElementwise(
    elementwiseOf(expression, arithmeticPart),
    operands.map((operand) => "kind" in operand ? operand.as(like.dtype) : operand),
  );
}

/** The compositions made so far, by outer expression and inner ones, kept as long as all of these are used. */
type Compositions = { readonly next: WeakMap<Scalar, Compositions>; made?: Scalar };
const compositions: Compositions = { next: new WeakMap() };

/** Composes expressions. Those of an optimizer are the same at every step and for every parameter. */
function compose(outer: Scalar, inner: readonly Scalar[]): Scalar {
  if (inner.every((part, k) => part === argument(k))) return outer;
  const place = [outer, ...inner].reduce(({ next }, part) => {
    const found = next.get(part), place = found ?? { next: new WeakMap() };
    if (found === undefined) next.set(part, place);
    return place;
  }, compositions);
  return place.made ??= substitute(outer, (part) => part.kind === "argument" ? inner[part.index]! : undefined);
}
