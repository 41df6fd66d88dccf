/**
 * Classes as rows of zeros with a single one.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkShape } from "../../blas/shape.ts";
import { allocate } from "../../blas/view.ts";
import { constantOf, type Tensor } from "../tensor.ts";
import { type DTypeOption, resolveDType } from "../values/dtype_option.ts";
import { abstractIndices, areAbstract, readIndices } from "../values/indices.ts";
import type { Numeric } from "../values/numeric.ts";
import { mul, sub } from "./arithmetic.ts";
import { equal } from "./comparison.ts";
import { expandDims, reshape } from "./reshape.ts";

/**
 * Writes classes as rows that are 1 at the class and 0 elsewhere.
 *
 * @param classes Whole numbers in `[0, count)`: an array, or a tensor of any shape.
 * @param count The number of classes.
 * @returns The shape of `classes` with an axis of length `count` added at the end.
 * @throws {RangeError} If a class is not a whole number in `[0, count)`.
 *
 * @example
 * ```ts
 * import { oneHot, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(oneHot([2, 0], 3)), [[0, 0, 1], [1, 0, 0]]);
 * ```
 */
export function oneHot<D extends DType = "float32">(
  classes: Tensor | Numeric,
  count: number,
  options: DTypeOption<D> = {},
): Tensor<NoInfer<D>> {
  checkOptions("apply oneHot", options, { dtype: true });
  const { dtype } = options;
  const resolved = resolveDType("oneHot", dtype);
  if (areAbstract(classes)) {
    const { target } = abstractOneHot({ op: "oneHot", classes, count, axis: classes.shape.length, dtype: resolved });
    return target as Tensor<D>; // it has that dtype
  }
  const { shape, values } = readIndices("oneHot", classes, count);
  checkShape("oneHot", [...shape, count]);
  const view = allocate(resolved, [...shape, count]);
  values.forEach((value, row) => view.data[view.offset + row * count + value] = 1);
  return constantOf<D>(view);
}

/** A request for one-hot rows of classes that have no elements. */
export type AbstractClasses<D extends DType> = {
  /** The operation that errors name. */
  readonly op: string;
  readonly classes: Tensor;
  /** The number of classes. */
  readonly count: number;
  /** The position of the class axis in the result. */
  readonly axis: number;
  readonly dtype: D;
  /** A class whose row is 0 everywhere. */
  readonly ignoreIndex?: number | undefined;
};

/**
 * Returns one-hot rows, made by comparisons because the classes cannot be read; and, if there is an ignored class, 1
 * for every row of another class and 0 for its own.
 */
export function abstractOneHot<D extends DType>(
  classes: AbstractClasses<D>,
): { readonly target: Tensor<D>; readonly kept?: Tensor<D> } {
  const { axis, ignoreIndex } = classes, { indices, labels, numbers } = abstractLabels(classes);
  const rows = equal<D>(labels, numbers);
  if (ignoreIndex === undefined) return { target: rows };
  const kept = sub<D>(1, equal<D>(indices, ignoreIndex));
  return { target: mul<D>(rows, expandDims(kept, axis)), kept };
}

/** Returns classes that cannot be read, also with a class axis of length 1, and the numbers of all classes along that axis. */
export function abstractLabels<D extends DType>(
  { op, classes, count, axis, dtype, ignoreIndex }: AbstractClasses<D>,
): { readonly indices: Tensor<D>; readonly labels: Tensor<D>; readonly numbers: Tensor<D> } {
  const indices = abstractIndices(op, classes, count, dtype, ignoreIndex), numbers = allocate(dtype, [count]);
  for (let k = 0; k < count; k++) numbers.data[numbers.offset + k] = k;
  const column = [count, ...classes.shape.slice(axis).map(() => 1)];
  return { indices, labels: expandDims(indices, axis), numbers: reshape(constantOf<D>(numbers), column) };
}
