/**
 * Classes as rows of 0 and 1, where the classes are traced.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { arange } from "../values/constructors.ts";
import { tracedIndices } from "../values/indices.ts";
import { mul, sub } from "../ops/arithmetic.ts";
import { equal } from "../ops/comparison.ts";
import { expandDims, reshape } from "../ops/reshape.ts";
import type { Tensor } from "../tensor.ts";

/** What is wanted of traced classes. */
export type TracedClasses<D extends DType> = {
  /** The operation on whose behalf; errors name it. */
  readonly op: string;
  readonly classes: Tensor;
  /** How many classes there are. */
  readonly count: number;
  /** Where the result has the axis of the classes. */
  readonly axis: number;
  readonly dtype: D;
  /** A class whose row is 0 throughout. */
  readonly ignoreIndex?: number;
};

/** One-hot rows, and 1 for every class but the one to ignore, if there is such. */
export function tracedOneHot<D extends DType>(
  { op, classes, count, axis, dtype, ignoreIndex }: TracedClasses<D>,
): { readonly target: Tensor<D>; readonly kept?: Tensor<D> } {
  const indices = tracedIndices(op, classes, count, dtype, ignoreIndex);
  const positions = reshape(
    arange(0, count, 1, { dtype }),
    [count, ...classes.shape.slice(axis).map(() => 1)],
  ) as Tensor<D>;
  const rows = equal<D>(expandDims(indices, axis), positions);
  if (ignoreIndex === undefined) return { target: rows };
  const kept = sub<D>(1, equal<D>(indices, ignoreIndex));
  return { target: mul<D>(rows, expandDims(kept, axis)), kept };
}
