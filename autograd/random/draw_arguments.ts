/**
 * Arguments of random draws that may be numbers or tensors.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { DTypeError, formatShape, ShapeError } from "../../blas/errors.ts";
import { broadcastShapes, checkResultShape, checkShape, sameShape, type Shape } from "../../blas/shape.ts";
import { stopGradient } from "../stop_gradient.ts";
import { isTensor, type Tensor, type TensorLike } from "../tensor.ts";
import { constant } from "../values/constructors.ts";
import { resolveDType } from "../values/dtype_option.ts";
import { broadcastTo } from "../ops/sum.ts";

/** Parameters of a distribution by name: numbers, or tensors of one dtype. */
export type DrawParameters<D extends DType = DType> = Readonly<Record<string, TensorLike<D>>>;

/** What {@link drawArguments} returns. */
export type DrawArguments<D extends DType = DType> = {
  readonly dtype: D;
  /** The shape of the result. */
  readonly shape: Shape;
  /** The parameters as constants, in the given order; each broadcasts to the shape. */
  readonly parameters: readonly Tensor<D>[];
};

/**
 * Checks the parameters of a distribution, and finds dtype and shape of the result: those of the tensors among the
 * parameters, unless others are requested.
 *
 * @param op The function, for errors.
 * @param given The parameters.
 * @param options The requested shape and dtype, and a condition for numbers, with its text for errors.
 * @throws {ShapeError} If the parameters do not broadcast to the shape.
 * @throws {DTypeError} If the dtypes differ, or the dtype does not exist.
 * @throws {RangeError} If a parameter that is a number does not meet the condition.
 * @throws {TypeError} If a parameter is neither a number nor a tensor.
 */
export function drawArguments<D extends DType>(
  op: string,
  given: DrawParameters<D>,
  { shape, dtype, allowed, wanted }: {
    readonly shape: Shape | undefined;
    readonly dtype: D | undefined;
    readonly allowed: (value: number) => boolean;
    readonly wanted: string;
  },
): DrawArguments<D> {
  const names = Object.keys(given), values = Object.values(given);
  values.forEach((value, k) => checkParameter(op, names[k]!, value, allowed, wanted));
  const tensors = values.flatMap((value) => isTensor(value) ? [value] : []), own = tensors[0]?.dtype;
  const all = [...tensors.map((t) => t.dtype), ...dtype === undefined ? [] : [resolveDType(op, dtype)]];
  if (all.some((other) => other !== all[0])) {
    throw new DTypeError({
      op,
      given: all,
      problem: "parameters and result must have one dtype",
      remedy: "convert with cast",
    });
  }
  const joined = broadcastShapes(op, tensors.map((t) => t.shape));
  if (either.isLeft(joined)) throw joined.left;
  if (shape !== undefined) checkShape(op, shape);
  else checkResultShape(op, joined.right);
  const result = shape ?? joined.right, fitting = broadcastShapes(op, [joined.right, result]);
  if (either.isLeft(fitting) || !sameShape(fitting.right, result)) {
    throw new ShapeError({
      op,
      given: { ...Object.fromEntries(names.map((name, k) => [name, shownOf(values[k]!)])), shape: result },
      problem: "the parameters must broadcast to the shape",
      remedy: "leave the shape out, or put axes in front of those of the parameters",
    });
  }
  const found = own ?? dtype ?? "float32" as D; // without both, D is its default at every caller: "float32"
  const parameters = values.map((value) => isTensor(value) ? stopGradient(value) : constant(value, { dtype: found }));
  return { dtype: found, shape: result, parameters };
}

/** Returns parameters that fill the shape. */
export const filled = <D extends DType>({ parameters, shape }: DrawArguments<D>): readonly Tensor<D>[] =>
  parameters.map((t) => sameShape(t.shape, shape) ? t : broadcastTo(t, shape));

const shownOf = (value: number | Tensor): string => isTensor(value) ? formatShape(value.shape) : String(value);

function checkParameter(
  op: string,
  name: string,
  value: unknown,
  allowed: (value: number) => boolean,
  wanted: string,
): void {
  if (isTensor(value)) return;
  if (typeof value !== "number") {
    throw new TypeError(
      `Cannot apply ${op} with ${name} ${describe(value)}: it must be a number or a tensor; pass one`,
    );
  }
  if (allowed(value)) return;
  throw new RangeError(`Cannot apply ${op} with ${name} ${value}: ${name} must be ${wanted}; correct it`);
}
