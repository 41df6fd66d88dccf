/**
 * Primitives with several results that are computed and differentiated together, such as a value and its position.
 *
 * @module
 */
import type { Either } from "../deps.ts";
import type { DType } from "../blas/dtype.ts";
import type { EngineFunctionName, EnginePart } from "../blas/engine_in_use.ts";
import type { ShapeError } from "../blas/errors.ts";
import type { MultiOperator, TypedValue } from "../blas/program/operations/operator.ts";
import type { Operation, Program, ValueType } from "../blas/program/program.ts";
import { checkResultShape, type Shape, unwrap } from "../blas/shape.ts";
import { allocate, type MutableView, type View } from "../blas/view.ts";
import { interpreterOf } from "./abstract_view.ts";
import type { BatchContext, BatchOperand } from "./batch.ts";
import { checkOperands, type Sample } from "./primitive.ts";
import { constantOf, nodesOf, type Tensor } from "./tensor.ts";
import { innerView } from "./tensor_record.ts";

/** The application that the derivative rule of several results may read. */
export type MultiVjpContext<A> = {
  /** The settings. */
  readonly attributes: A;
  /** The operands. */
  readonly inputs: readonly Tensor[];
  /** The results. */
  readonly outputs: readonly Tensor[];
};

/** Makes a program from a function of tensors, which it runs once; tensors that the function closes over have values. */
export type TraceFunction = (
  parameters: readonly ValueType[],
  f: (inputs: readonly Tensor[]) => readonly Tensor[],
) => Program;

/**
 * One differentiable operation with any number of results.
 *
 * @typeParam A Its settings: axes, shapes, whatever is neither a tensor nor differentiable.
 */
export type MultiPrimitive<A> =
  & {
    /** The name that error messages and listings use. */
    readonly name: string;
    /** Returns the operands and settings of the generic checks. */
    samples(): readonly Sample<A>[];
    /** Returns the shapes of the results, or an error. */
    shapes(shapes: readonly Shape[], attributes: A): Either<ShapeError, readonly Shape[]>;
    /**
     * Returns the cotangents of all inputs, computed from those of the results with tensor operations; called once for
     * each application.
     *
     * @param cotangents One for each result; `null` where nothing depends on it.
     * @returns One for each input, `null` where the derivative is 0 throughout. `backward` sums it to the input's
     * shape.
     */
    vjps(cotangents: readonly (Tensor | null)[], application: MultiVjpContext<A>): readonly (Tensor | null)[];
    /** Returns the dtypes of the results, if they differ from that of the operands. */
    resultDTypes?(attributes: A): readonly DType[];
    /**
     * Computes the results for many examples, along a new first axis, from operands at least one of which holds that many;
     * `vmap` refuses a primitive without it.
     */
    batch?(operands: readonly BatchOperand[], context: BatchContext<A, readonly Tensor[]>): readonly Tensor[];
    /** Brings into use what its operations need in compiled programs, beyond what every program has. */
    programs?(): void;
  }
  & (
    | MultiOperatingWith<A, "rows">
    | MultiOperatingWith<A, "map">
    | {
      readonly operator?: undefined;
      /** Computes results of the given shapes; for a primitive that programs call from outside. */
      evaluate(inputs: readonly View[], attributes: A, shapes: readonly Shape[]): readonly View[];
      readonly fill?: undefined;
      /**
       * Returns the operation of a primitive that holds programs, so that programs need not call it outside.
       *
       * @param trace Makes a program from a function of tensors of these types.
       */
      place?(inputs: readonly TypedValue[], attributes: A, trace: TraceFunction): Operation;
    }
    | MultiFilling<A>
  );

/** A primitive that is a function of arrays, which programs call from outside, and which writes where they want it. */
export type MultiFilling<A> = {
  readonly operator?: undefined;
  readonly evaluate?: undefined;
  readonly place?: undefined;
  /**
   * Computes results, of the dtype of the operands, into row-major arrays that were just allocated.
   *
   * @param outputs An array for each result; `undefined` for one that is not wanted. At least one is.
   */
  fill(inputs: readonly View[], attributes: A, outputs: readonly (MutableView | undefined)[]): void;
};

/** Computes the results of a primitive that is a function of arrays. */
export function allEvaluated<A>(
  primitive: Extract<MultiPrimitive<A>, { readonly operator?: undefined }>,
  inputs: readonly View[],
  attributes: A,
  shapes: readonly Shape[],
): readonly View[] {
  if (primitive.fill === undefined) return primitive.evaluate(inputs, attributes, shapes);
  const outputs = shapes.map((shape): MutableView => allocate(inputs[0]!.dtype, shape));
  primitive.fill(inputs, attributes, outputs);
  return outputs;
}

/** A primitive that is an operation of programs, computed by a part of an engine. */
export type MultiOperatingWith<A, N extends EngineFunctionName> = {
  /** Returns the operation. */
  operator(attributes: A): MultiOperator<N>;
  /** The part of an engine that eager calls compute it with; importing the primitive imports that part. */
  readonly part: EnginePart<N>;
  readonly evaluate?: undefined;
};

/**
 * Applies a primitive with several results: checks, computes, and records the application if any operand is tracked.
 *
 * @throws {DTypeError} If the operands' dtypes differ.
 * @throws {ShapeError} If the primitive's shape rule says so.
 */
export function applySeveral<A, D extends DType>(
  primitive: MultiPrimitive<A>,
  attributes: A,
  inputs: readonly Tensor<D>[],
): readonly Tensor<D>[] {
  checkOperands(primitive.name, inputs);
  return applySeveralChecked(primitive, attributes, inputs);
}

/** Applies like {@link applySeveral}, to operands that are known to be tensors; they may differ in dtype. */
export function applySeveralChecked<A, D extends DType>(
  primitive: MultiPrimitive<A>,
  attributes: A,
  inputs: readonly Tensor<D>[],
): readonly Tensor<D>[] {
  const shapes = unwrap(primitive.shapes(inputs.map((t) => t.shape), attributes));
  for (const shape of shapes) checkResultShape(primitive.name, shape);
  const dtypes = primitive.resultDTypes?.(attributes);
  const types = shapes.map((shape, k): ValueType => ({ dtype: dtypes?.[k] ?? inputs[0]!.dtype, shape }));
  const views = inputs.map((t) => innerView(t)), interpreter = interpreterOf(views);
  const results = interpreter === undefined
    ? primitive.operator === undefined
      ? allEvaluated(primitive, views, attributes, shapes)
      : (primitive.operator(attributes) as MultiOperator).run(primitive.part.inUse(), views, types) // its very part
    : interpreter.apply(primitive, attributes, views, types, inputs);
  const given = results as readonly View<D>[]; // unless the primitive says otherwise; then the caller knows
  return inputs.some((t) => t.requiresGrad) ? nodesOf(given, primitive, attributes, inputs) : given.map(constantOf);
}
