/**
 * Views without elements, which stand where an ordinary view would in a tensor.
 *
 * Each belongs to an interpreter. An operation on such a tensor is not computed but handed over to that interpreter, so
 * that everything that is built of primitives, including derivatives and optimizers, can run on something other than
 * numbers.
 * Tracing a function to compile it is one such interpreter.
 *
 * @module
 */
import type { DType, ReadonlyDataOf } from "../blas/dtype.ts";
import type { ValueType } from "../blas/program/program.ts";
import { rowMajorStrides, type Shape, sizeOf } from "../blas/shape.ts";
import { shared } from "../blas/shared.ts";
import type { View } from "../blas/view.ts";
import type { AbstractValueError } from "./errors.ts";
import type { AnyPrimitive } from "./primitive.ts";
import type { Tensor } from "./tensor.ts";

/** Gives a meaning to operations on views without elements. */
export type Interpreter = {
  /**
   * Larger than the level of every interpreter that was started before. If operands belong to several interpreters, the
   * innermost one, with the highest level, applies the primitive; it need not look into views of the others.
   */
  readonly level: number;
  /** The reason to show in place of the elements: "it is being traced by compile". */
  readonly description: string;
  /**
   * Applies a primitive.
   *
   * @param inputs At least one of them is abstract and belongs to this interpreter.
   * @param results The types that the results must have.
   * @param operands The tensors that `inputs` are the views of.
   */
  apply(
    primitive: AnyPrimitive,
    attributes: unknown,
    inputs: readonly View[],
    results: readonly ValueType[],
    operands: readonly Tensor[],
  ): readonly View[];
  /** Returns a view of this interpreter that stands for a tensor from outside. */
  hold?(t: Tensor): View;
  /** Set if each view stands for one of many examples, whose elements the interpreter has. */
  readonly mapsExamples?: true;
  /** Returns the error to throw when elements are read, which do not exist. */
  unreadable(): AbstractValueError;
};

/** A row-major view without elements. */
class AbstractViewClass implements View {
  readonly stride: readonly number[];
  readonly offset = 0;
  readonly size: number;

  /**
   * Creates a view.
   *
   * @param dtype The element type.
   * @param shape The lengths of the axes.
   * @param interpreter The interpreter that operations on the view are handed over to.
   */
  constructor(readonly dtype: DType, readonly shape: Shape, readonly interpreter: Interpreter) {
    this.stride = rowMajorStrides(shape);
    this.size = sizeOf(shape);
  }

  /** Always throws: an abstract view has no elements. */
  get data(): ReadonlyDataOf<DType> {
    throw this.interpreter.unreadable();
  }

  /** Always throws: an abstract view has no elements. */
  get(): number {
    throw this.interpreter.unreadable();
  }
}

/** A row-major view without elements. */
export type AbstractView = AbstractViewClass;

/** The class of such views, one for all copies of the library. */
export const AbstractView: typeof AbstractViewClass = /* @__PURE__ */ shared("AbstractView", () => AbstractViewClass);

/** Tells whether a view has no elements. */
export function isAbstract(view: View): view is AbstractView & View {
  return view instanceof AbstractView;
}

/**
 * Returns the interpreter that operations on these views are handed over to: the innermost one, or that of {@link
 * runWithin} if its level is higher; `undefined` if no view is abstract.
 */
export function interpreterOf(views: readonly View[]): Interpreter | undefined {
  let found: Interpreter | undefined;
  for (let k = 0; k < views.length; k++) {
    const view = views[k]!;
    if (isAbstract(view) && (found === undefined || view.interpreter.level > found.level)) found = view.interpreter;
  }
  const { within } = interpreters;
  return found !== undefined && within !== undefined && within.level > found.level ? within : found;
}

type Interpreters = {
  /** The number of interpreters started so far. */
  started: number;
  /** The number of functions that interpreters are running now. */
  running: number;
  /** The interpreter of {@link runWithin}. */
  within: Interpreter | undefined;
};

const interpreters = /* @__PURE__ */ shared(
  "interpreters",
  (): Interpreters => ({ started: 0, running: 0, within: undefined }),
);

/** Returns the level of an interpreter that starts now. */
export function nextLevel(): number {
  return ++interpreters.started;
}

/** Runs a function whose arguments may hold abstract views. */
export function runAbstractly<R>(f: () => R): R {
  interpreters.running++;
  try {
    return f();
  } finally {
    interpreters.running--;
  }
}

/**
 * Runs a function, and gives all its operations on abstract views to an interpreter, even those on views from outside:
 * what a branch computes from variables that it closes over must not be computed if the branch is not taken.
 */
export function runWithin<R>(interpreter: Interpreter, f: () => R): R {
  const { within } = interpreters;
  interpreters.within = interpreter;
  try {
    return f();
  } finally {
    interpreters.within = within;
  }
}

/**
 * Tells whether {@link runAbstractly} is running a function; if not, arguments need not be searched for abstract views.
 */
export function isRunningAbstractly(): boolean {
  return interpreters.running > 0;
}
