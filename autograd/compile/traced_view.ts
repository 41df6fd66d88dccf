/**
 * Tracing: tensors whose views have no elements, and the list of what is done to them.
 *
 * A traced view stands where an ordinary one would in a tensor. `apply` records a primitive that is applied to one instead
 * of computing; all that is built of primitives, derivatives and optimizers included, is thereby traced.
 *
 * @module
 */
import type { DType, ReadonlyDataOf } from "../../blas/dtype.ts";
import type { ValueType } from "../../blas/program/program.ts";
import { rowMajorStrides, type Shape, sizeOf } from "../../blas/shape.ts";
import type { View } from "../../blas/view.ts";
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

/** What one run of a function did. */
export type Recording = {
  /** In the order in which they were applied. */
  readonly applications: Equation[];
  /** Whether the function is still running. */
  open: boolean;
};

/** Where the elements of a traced view will come from. */
export type Source =
  | { readonly kind: "parameter"; readonly index: number }
  | { readonly kind: "application"; readonly index: number };

/** A row-major view without elements. */
export class TracedView implements View {
  readonly stride: readonly number[];
  readonly offset = 0;
  readonly size: number;

  /**
   * Makes one.
   *
   * @param dtype The element type.
   * @param shape The lengths of the axes.
   * @param recording What it belongs to.
   * @param source Where its elements will come from.
   */
  constructor(
    readonly dtype: DType,
    readonly shape: Shape,
    readonly recording: Recording,
    readonly source: Source,
  ) {
    this.stride = rowMajorStrides(shape);
    this.size = sizeOf(shape);
  }

  /** Elements there are none. */
  get data(): ReadonlyDataOf<DType> {
    throw noValue();
  }

  /** Elements there are none. */
  get(): number {
    throw noValue();
  }
}

const noValue = (): TraceError =>
  new TraceError(
    "read the value of a tensor",
    "use where(condition, a, b) in place of a branch, or read it outside, from what the compiled function returns",
  );

/** Tells whether a view has no elements yet. */
export function isTracedView(view: View): view is TracedView & View {
  return view instanceof TracedView;
}

let depth = 0;

/** Tells whether a function is being traced. */
export function isTracing(): boolean {
  return depth > 0;
}

/** Runs a function whose arguments may hold traced views of the recording. */
export function runTraced<R>(recording: Recording, f: () => R): R {
  depth++;
  try {
    return f();
  } finally {
    depth--;
    recording.open = false;
  }
}

/**
 * Records that a primitive was applied.
 *
 * @param inputs At least one of them traced.
 * @returns The result, traced.
 * @throws {TraceError} If a view was traced by a function that has ended.
 */
export function record(
  primitive: Primitive<unknown>,
  attributes: unknown,
  inputs: readonly View[],
  shape: Shape,
): TracedView {
  const traced = inputs.filter(isTracedView), { recording } = traced[0]!;
  if (traced.some((view) => view.recording !== recording || !view.recording.open)) {
    throw new TraceError(
      `apply ${primitive.name} to a tensor of another trace`,
      "keep no tensors from inside a compiled function: return them",
    );
  }
  const dtype = primitive.resultDType?.(attributes) ?? traced[0]!.dtype;
  const index = recording.applications.push({ primitive, attributes, inputs, type: { dtype, shape } }) - 1;
  return new TracedView(dtype, shape, recording, { kind: "application", index });
}
