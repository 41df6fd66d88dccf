/**
 * Tracing: the interpreter that writes down what is done to its views, to be compiled.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import type { ValueType } from "../../blas/program/program.ts";
import type { Shape } from "../../blas/shape.ts";
import type { View } from "../../blas/view.ts";
import { AbstractView, type Interpreter, isAbstract, nextLevel, runAbstractly } from "../abstract_view.ts";
import type { Primitive } from "../primitive.ts";
import { TraceError } from "./errors.ts";

/** One application of a primitive. */
export type Equation = {
  readonly primitive: Primitive<unknown>;
  readonly attributes: unknown;
  /** Traced views and ordinary ones, which are constants. */
  readonly inputs: readonly View[];
  readonly type: ValueType;
};

/** Where the elements of a traced view will come from. */
export type Source =
  | { readonly kind: "parameter"; readonly index: number }
  | { readonly kind: "application"; readonly index: number };

/** A view of which a {@link Recording} knows where its elements will come from. */
export class TracedView extends AbstractView {
  /**
   * Makes one.
   *
   * @param dtype The element type.
   * @param shape The lengths of the axes.
   * @param recording What it belongs to.
   * @param source Where its elements will come from.
   * @param isNumber Whether it stands for a plain number that the caller passed, or one computed from such.
   */
  constructor(
    dtype: DType,
    shape: Shape,
    recording: Recording,
    readonly source: Source,
    readonly isNumber: boolean,
  ) {
    super(dtype, shape, recording);
  }
}

/** What one run of a function did. */
export class Recording implements Interpreter {
  readonly level: number = nextLevel();
  readonly description = "it is being traced by compile";
  /** In the order in which they were applied. */
  readonly applications: Equation[] = [];
  /** Whether the function is still running. */
  #open = true;

  /** Runs the function to record. */
  run<R>(f: () => R): R {
    try {
      return runAbstractly(f);
    } finally {
      this.#open = false;
    }
  }

  /** Tells whether a view is one of this recording. */
  has(view: View): view is TracedView & View {
    return view instanceof TracedView && view.interpreter === this;
  }

  /**
   * Records that a primitive was applied.
   *
   * @throws {TraceError} If a view was traced by a function that has ended.
   */
  apply(
    primitive: Primitive<unknown>,
    attributes: unknown,
    inputs: readonly View[],
    [type]: readonly [ValueType],
  ): readonly View[] {
    if (!this.#open || inputs.some((view) => isAbstract(view) && !this.has(view))) {
      throw new TraceError(
        `apply ${primitive.name} to a tensor of another trace`,
        "keep no tensors from inside a compiled function: return them",
      );
    }
    const index = this.applications.push({ primitive, attributes, inputs, type }) - 1;
    const isNumber = type.shape.length === 0 && type.dtype === "float64" &&
      inputs.every((view) => !this.has(view) || view.isNumber);
    return [new TracedView(type.dtype, type.shape, this, { kind: "application", index }, isNumber) as View];
  }

  /** The error for whoever reads elements while the function is traced, or afterwards. */
  unreadable(): TraceError {
    return new TraceError(
      "read the value of a tensor",
      "use where(condition, a, b) in place of a branch, or read it outside, from what the compiled function returns",
    );
  }
}
