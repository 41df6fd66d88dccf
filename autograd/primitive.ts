/**
 * Primitives: operations with everything known about them, and the one function that applies them.
 *
 * @module
 */
import { describe } from "../blas/describe.ts";
import type { DType } from "../blas/dtype.ts";
import type { Engine } from "../blas/engine.ts";
import type { EngineFunctionName, EnginePart } from "../blas/engine_in_use.ts";
import { DTypeError } from "../blas/errors.ts";
import type { ConvolutionForm } from "../blas/program/operations/convolution.ts";
import type { ProductFunction } from "../blas/program/operations/gemm.ts";
import type { Operator } from "../blas/program/operations/operator.ts";
import { checkResultShape, type Shape, type ShapeResult, unwrap } from "../blas/shape.ts";
import { allocate, type MutableView, type View } from "../blas/view.ts";
import { interpreterOf } from "./abstract_view.ts";
import type { BatchContext, BatchOperand } from "./batch.ts";
import type { MultiPrimitive } from "./multi_primitive.ts";
import { constantOf, isOperand, isTensor, nodeOf, type Tensor } from "./tensor.ts";
import { innerView } from "./tensor_record.ts";

/** The application that a derivative rule may read. */
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
  /** Whether the numbers are rounded down to whole ones; derivatives with respect to them do not exist. */
  readonly whole?: boolean;
};

/** Operands and settings on which the generic checks try a primitive. */
export type Sample<A> = { readonly attributes: A; readonly inputs: readonly SampleInput[] };

/**
 * One differentiable operation. All others are composed of these.
 *
 * @typeParam A Its settings: axes, shapes, whatever is neither a tensor nor differentiable.
 */
export type Primitive<A> = PrimitiveFacts<A> & (Operating<A> | Evaluating<A> | Filling<A>);

/** The parts of a primitive besides its computation. */
export type PrimitiveFacts<A> = {
  /** The name that error messages and listings use. */
  readonly name: string;
  // From here on these are methods and not function fields: a `Primitive<A>` can then be stored as a
  // `Primitive<unknown>` beside its attributes.
  /** Returns the operands and settings of the generic checks. */
  samples(): readonly Sample<A>[];
  /** Returns the shape of the result, or an error. */
  shape(shapes: readonly Shape[], attributes: A): ShapeResult;
  /**
   * Returns the cotangent of one input from that of the output, computed with tensor operations, so that it can be
   * differentiated again; `null` where the derivative is always 0. Its shape may be the output's if the input was
   * broadcast; `backward` sums it to the input's.
   */
  vjp(index: number, cotangent: Tensor, application: VjpContext<A>): Tensor | null;
  /** Returns the dtype of the result, if it differs from that of the operands. */
  resultDType?(attributes: A): DType;
  /**
   * Computes the results for many examples, along a new first axis, from operands at least one of which holds that many;
   * `vmap` refuses a primitive without it.
   */
  batch?(operands: readonly BatchOperand[], context: BatchContext<A, Tensor>): Tensor;
  /** Brings into use what its operations need in compiled programs, beyond what every program has. */
  programs?(): void;
};

/** A primitive that is an operation of programs: eager calls run it, compiled ones place it. */
export type Operating<A> =
  & { readonly evaluate?: undefined }
  & (
    | OperatingWith<A, "copy">
    | OperatingWith<A, "draw">
    | OperatingWith<A, "gather">
    | OperatingWith<A, "scatterAdd">
    | OperatingWith<A, "join">
    | OperatingWith<A, "map">
    | OperatingWith<A, "reduce">
    | OperatingWith<A, "rows">
    | OperatingWith<A, "search">
    | OperatingWith<A, ProductFunction>
    | OperatingWith<A, ConvolutionForm>
    | OperatingAlone<A>
  );

/** An operation, and the part of an engine that computes it; importing the primitive imports that part. */
export type OperatingWith<A, N extends EngineFunctionName> = {
  /** The operation. */
  operator(attributes: A): Operator<N>;
  /** The part of an engine that eager calls compute it with. */
  readonly part: EnginePart<N>;
};

/** An operation that is computed without an engine. */
export type OperatingAlone<A> = { operator(attributes: A): Operator; readonly part?: undefined };

/** A primitive that is a function of arrays, which programs call from outside. */
export type Evaluating<A> = {
  readonly operator?: undefined;
  /**
   * Computes the result.
   *
   * @param shape The shape of the result.
   */
  evaluate<D extends DType>(inputs: readonly View<D>[], attributes: A, shape: Shape): View<D>;
  readonly fill?: undefined;
};

/** A primitive that is a function of arrays, which programs call from outside, and which writes where they want it. */
export type Filling<A> = {
  readonly operator?: undefined;
  readonly evaluate?: undefined;
  /** Computes the result, of the dtype of the operands, into a row-major array that was just allocated. */
  fill(inputs: readonly View[], attributes: A, outputs: readonly [MutableView]): void;
};

/** Computes the result of a primitive that is a function of arrays. */
export function evaluated<A>(
  primitive: Evaluating<A> | Filling<A>,
  inputs: readonly View[],
  attributes: A,
  shape: Shape,
): View {
  if (primitive.fill === undefined) return primitive.evaluate(inputs, attributes, shape);
  const output: MutableView = allocate(inputs[0]!.dtype, shape);
  primitive.fill(inputs, attributes, [output]);
  return output;
}

/** Any primitive, with unknown attributes. */
export type AnyPrimitive = Primitive<unknown> | MultiPrimitive<unknown>;

/**
 * Applies a primitive: checks, computes, and records the application if any operand is tracked.
 *
 * @throws {DTypeError} If the operands' dtypes differ.
 * @throws {ShapeError} If the primitive's shape rule says so, or the result would be larger than an array can be.
 */
export function apply<A, D extends DType>(
  primitive: Primitive<A>,
  attributes: A,
  inputs: readonly Tensor<D>[],
): Tensor<D> {
  for (let k = 0; k < inputs.length; k++) if (!isOperand(inputs[k])) throw strangerError(primitive.name, inputs[k]);
  checkDTypes(primitive.name, inputs);
  return applyChecked(primitive, attributes, inputs);
}

/** Applies like {@link apply}, to operands that {@link checkOperands} has checked. */
export function applyChecked<A, D extends DType>(
  primitive: Primitive<A>,
  attributes: A,
  inputs: readonly Tensor<D>[],
): Tensor<D> {
  // One loop, not four, over the operands: this runs for every operation, and many operations are on a few numbers.
  const count = inputs.length, shapes = new Array<Shape>(count), views = new Array<View<D>>(count);
  let tracked = false;
  for (let k = 0; k < count; k++) {
    const input = inputs[k]!, view = innerView(input);
    shapes[k] = view.shape;
    views[k] = view;
    if (input.requiresGrad) tracked = true;
  }
  const shape = unwrap(primitive.shape(shapes, attributes));
  // Checked before anything is allocated, for abstract operands too. The shape of an operand has been checked before.
  if (shape !== shapes[0]) checkResultShape(primitive.name, shape);
  const interpreter = interpreterOf(views);
  const type = { dtype: primitive.resultDType?.(attributes) ?? views[0]!.dtype, shape };
  // The view has the operands' dtype D, unless the primitive says otherwise: then the caller knows.
  const view =
    (interpreter !== undefined
      ? interpreter.apply(primitive, attributes, views, [type], inputs)[0]
      : primitive.operator === undefined
      ? evaluated(primitive, views, attributes, shape)
      // Results have the dtype of the operands.
      : operatorOf(primitive, attributes).run(engineFor(primitive), views, type)) as View as View<D>;
  return tracked ? nodeOf(view, primitive, attributes, inputs) : constantOf(view);
}

/** Returns the operator, without the type of the engine part that it needs: {@link engineFor} returns that part. */
const operatorOf = <A>(primitive: Operating<A>, attributes: A): Operator => primitive.operator(attributes) as Operator;

/** Returns the engine in use, or the part of it that an operation needs. */
export const engineFor = ({ part }: { readonly part?: EnginePart | undefined }): Pick<Engine, never> =>
  part === undefined ? NO_ENGINE : part.inUse();

const NO_ENGINE = {};

/** Throws if operands are not tensors (callers without types can pass anything) or differ in dtype. */
export function checkOperands(op: string, inputs: readonly Tensor[]): void {
  for (let k = 0; k < inputs.length; k++) if (!isTensor(inputs[k])) throw strangerError(op, inputs[k]);
  checkDTypes(op, inputs);
}

function checkDTypes(op: string, inputs: readonly Tensor[]): void {
  for (let k = 1; k < inputs.length; k++) if (inputs[k]!.dtype !== inputs[0]!.dtype) throw mixtureError(op, inputs);
}

function strangerError(op: string, stranger: unknown): TypeError {
  return new TypeError(
    `Cannot apply ${op} to ${describe(stranger)}: operands must be tensors; wrap it with tensor32 or constant`,
  );
}

function mixtureError(op: string, inputs: readonly Tensor[]): DTypeError {
  return new DTypeError({
    op,
    given: inputs.map(({ dtype }) => dtype),
    problem: "all operands must have one dtype",
    remedy: "cast(t, dtype) converts",
  });
}
