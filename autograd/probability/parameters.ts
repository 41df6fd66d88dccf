/**
 * Arguments of functions of distributions: numbers and tensors.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { DTypeError } from "../../blas/errors.ts";
import { broadcastShapes, checkResultShape, unwrap } from "../../blas/shape.ts";
import { where } from "../ops/choice.ts";
import { equal, greater } from "../ops/comparison.ts";
import { log } from "../ops/exponential.ts";
import { isNaN } from "../ops/finite.ts";
import { mul } from "../ops/arithmetic.ts";
import { isTensor, type Tensor, type TensorLike } from "../tensor.ts";
import { constant } from "../values/constructors.ts";

/**
 * Returns the arguments as tensors of one dtype, numbers as constants, by the same names.
 *
 * @typeParam D The dtype, float32 if all arguments are numbers.
 * @typeParam K The names.
 * @param op The function, for errors.
 * @param given The arguments by name.
 * @param positive The names of those that must be above 0; only numbers are checked, since tensors may be unknown.
 * @throws {TypeError} If an argument is neither a number nor a tensor.
 * @throws {RangeError} If a number is not finite, or not above 0 where it must be.
 * @throws {DTypeError} If the dtypes of tensors differ.
 * @throws {ShapeError} If the shapes do not broadcast.
 */
export function parametersOf<D extends DType, K extends string>(
  op: string,
  given: { readonly [name in K]: TensorLike<D> },
  positive: readonly NoInfer<K>[] = [],
): { readonly [name in K]: Tensor<D> } {
  const entries = Object.entries<TensorLike<D>>(given), above0: readonly string[] = positive;
  for (const [name, value] of entries) {
    if (isTensor(value)) continue;
    if (typeof value !== "number") {
      throw new TypeError(
        `Cannot apply ${op} with ${name} ${describe(value)}: it must be a number or a tensor; pass one`,
      );
    }
    const wanted = above0.includes(name) ? "a finite number above 0" : "a finite number";
    if (Number.isFinite(value) && (value > 0 || !above0.includes(name))) continue;
    throw new RangeError(`Cannot apply ${op} with ${name} ${value}: ${name} must be ${wanted}; correct it`);
  }
  const tensors = entries.flatMap(([, value]) => isTensor(value) ? [value] : []);
  const dtypes = tensors.map(({ dtype }) => dtype);
  if (dtypes.some((dtype) => dtype !== dtypes[0])) {
    throw new DTypeError({ op, given: dtypes, problem: "arguments must have one dtype", remedy: "convert with cast" });
  }
  checkResultShape(op, unwrap(broadcastShapes(op, tensors.map(({ shape }) => shape))));
  const dtype = (dtypes[0] ?? "float32") as D; // without tensors, D is its default at every caller: "float32"
  const made = entries.map(([name, value]) => [name, isTensor(value) ? value : constant(value, { dtype })]);
  return Object.fromEntries(made) as { readonly [name in K]: Tensor<D> }; // the same names
}

/**
 * Computes `factor * log(x)`, and at `x = 0` its limit: 0 if the factor is 0, and otherwise an infinity.
 *
 * @param x Not below 0.
 * @param logarithm Computes `log(x)` above 0; with a finite derivative at 1, which stands in for 0.
 */
export function timesLog<D extends DType>(
  factor: Tensor<D>,
  x: Tensor<D>,
  logarithm: (x: Tensor<D>) => Tensor<D> = log,
): Tensor<D> {
  const isZero = equal<D>(x, 0), limit = where<D>(greater<D>(factor, 0), -Infinity, Infinity);
  return where<D>(isZero, where<D>(equal<D>(factor, 0), 0, limit), mul(factor, logarithm(where<D>(isZero, 1, x))));
}

/** Returns the logarithm of a density of 0, which is -Infinity, but NaN where a number that it depends on is NaN. */
export const logOfNone = <D extends DType>(x: Tensor<D>, ...parameters: readonly Tensor<D>[]): Tensor<D> =>
  parameters.reduce((found, p) => where<D>(isNaN(p), p, found), where<D>(isNaN(x), x, -Infinity));

/** Computes a log density where numbers are above 0, and -Infinity elsewhere: there the density is 0. */
export function whereAbove0<D extends DType>(x: Tensor<D>, density: (x: Tensor<D>) => Tensor<D>): Tensor<D> {
  const isInside = greater(x, 0);
  return where(isInside, density(where(isInside, x, 1)), logOfNone(x)); // 1 gives finite derivatives outside
}
