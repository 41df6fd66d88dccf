/**
 * Primitives: operations with everything known about them, and the one function that applies them.
 *
 * @module
 */
import type { DType } from "../blas/dtype.ts";
import { DTypeError } from "../blas/errors.ts";
import { checkResultShape, type Shape, type ShapeResult, unwrap } from "../blas/shape.ts";
import type { View } from "../blas/view.ts";
import type { Lowering } from "./compile/lowering.ts";
import { isTracedView, isTracing, record } from "./compile/traced_view.ts";
import { constantOf, isTensor, nodeOf, type Tensor } from "./tensor.ts";

/** What a derivative rule may read: the application it belongs to. */
export type VjpContext<A> = {
  /** The settings. */
  readonly attributes: A;
  /** The operands. */
  readonly inputs: readonly Tensor[];
  /** The result. */
  readonly output: Tensor;
};

/** An operand for the generic checks: random numbers of this shape, between `min` and `max`. */
export type SampleInput = {
  readonly shape: Shape;
  /** -2 if left out. */
  readonly min?: number;
  /** 2 if left out. */
  readonly max?: number;
};

/** Operands and settings on which the generic checks try a primitive. */
export type Sample<A> = { readonly attributes: A; readonly inputs: readonly SampleInput[] };

/**
 * One differentiable operation. All else is composed of these.
 *
 * @typeParam A Its settings: axes, shapes, whatever is neither a tensor nor differentiable.
 */
export type Primitive<A> = {
  /** What error messages and listings call it. */
  readonly name: string;
  /** The operands and settings of the generic checks. */
  readonly samples: readonly Sample<A>[];
  // Methods rather than function fields from here on: a `Primitive<A>` can then be stored as a `Primitive<unknown>`
  // beside the attributes that it was applied with.
  /** The shape of the result, or why there is none. */
  shape(shapes: readonly Shape[], attributes: A): ShapeResult;
  /** Computes the result, whose shape is given, through the engine in use. */
  evaluate<D extends DType>(inputs: readonly View<D>[], attributes: A, shape: Shape): View<D>;
  /**
   * The cotangent of one input, from the cotangent of the output, in tensor operations: so it can be differentiated
   * again; `null` where the derivative is 0 throughout. Its shape may be the output's where the input was broadcast; `backward` sums it to the input's.
   */
  vjp(index: number, cotangent: Tensor, application: VjpContext<A>): Tensor | null;
  /** What it is to a compiled program; where this is missing, `evaluate` is called there. */
  lower?(attributes: A): Lowering;
  /** The dtype of the result, where it is not that of the operands. */
  resultDType?(attributes: A): DType;
};

/**
 * Applies a primitive: checks, computes, and remembers how if any operand is tracked.
 *
 * @throws {DTypeError} If the operands' dtypes differ.
 * @throws {ShapeError} If the primitive's shape rule says so, or the result would be larger than an array can be.
 */
export function apply<A, D extends DType>(
  primitive: Primitive<A>,
  attributes: A,
  inputs: readonly Tensor<D>[],
): Tensor<D> {
  checkOperands(primitive.name, inputs);
  const shape = unwrap(primitive.shape(inputs.map((t) => t.shape), attributes));
  checkResultShape(primitive.name, shape); // before anything is allocated, and for traced functions before they run
  const views = inputs.map((t) => t.view);
  const view = isTracing() && views.some(isTracedView)
    ? record(primitive as Primitive<unknown>, attributes, views, shape) as View as View<D> // of the operands' dtype, unless the primitive says otherwise
    : primitive.evaluate(views, attributes, shape);
  return inputs.some((t) => t.requiresGrad)
    ? nodeOf(view, primitive as Primitive<unknown>, attributes, inputs)
    : constantOf(view);
}

/** Refuses operands that are no tensors (callers without types can pass anything) or differ in dtype. */
export function checkOperands(op: string, inputs: readonly Tensor[]): void {
  const stranger = inputs.findIndex((input) => !isTensor(input));
  if (stranger >= 0) {
    throw new TypeError(
      `Cannot apply ${op} to ${
        describe(inputs[stranger])
      }: operands must be tensors; wrap it with tensor32 or constant`,
    );
  }
  for (let k = 1; k < inputs.length; k++) {
    if (inputs[k]!.dtype === inputs[0]!.dtype) continue;
    throw new DTypeError({
      op,
      given: inputs.map(({ dtype }) => dtype),
      problem: "all operands must have one dtype",
      remedy: "make both with tensor32 or both with tensor64; cast(t, dtype) converts",
    });
  }
}

const describe = (value: unknown): string =>
  Array.isArray(value) ? "an array" : value === null || value === undefined ? String(value) : `a ${typeof value}`;
