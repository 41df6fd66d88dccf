/**
 * Arguments of functions of distributions: numbers and tensors.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { DTypeError } from "../../blas/errors.ts";
import { broadcastShapes, unwrap } from "../../blas/shape.ts";
import { where } from "../ops/choice.ts";
import { greater } from "../ops/comparison.ts";
import { isTensor, type Tensor } from "../tensor.ts";
import { constant } from "../values/constructors.ts";

/**
 * Returns the arguments as tensors of one dtype, numbers as constants, in the order that they were given in.
 *
 * @param op The function, for errors.
 * @param given The arguments by name.
 * @param positive The names of those that must be above 0; only numbers are checked, since tensors may be unknown.
 * @throws {TypeError} If an argument is neither a number nor a tensor.
 * @throws {RangeError} If a number is not finite, or not above 0 where it must be.
 * @throws {DTypeError} If the dtypes of tensors differ.
 * @throws {ShapeError} If the shapes do not broadcast.
 */
export function parametersOf(
  op: string,
  given: Readonly<Record<string, number | Tensor>>,
  positive: readonly string[] = [],
): readonly Tensor[] {
  const entries = Object.entries(given);
  for (const [name, value] of entries) {
    if (isTensor(value)) continue;
    if (typeof value !== "number") {
      throw new TypeError(
        `Cannot apply ${op} with ${name} ${describe(value)}: it must be a number or a tensor; pass one`,
      );
    }
    const wanted = positive.includes(name) ? "a finite number above 0" : "a finite number";
    if (Number.isFinite(value) && (value > 0 || !positive.includes(name))) continue;
    throw new RangeError(`Cannot apply ${op} with ${name} ${value}: ${name} must be ${wanted}; correct it`);
  }
  const tensors = Object.values(given).filter(isTensor), dtypes = tensors.map(({ dtype }) => dtype);
  if (dtypes.some((dtype) => dtype !== dtypes[0])) {
    throw new DTypeError({ op, given: dtypes, problem: "arguments must have one dtype", remedy: "convert with cast" });
  }
  unwrap(broadcastShapes(op, tensors.map(({ shape }) => shape)));
  const dtype: DType = dtypes[0] ?? "float32";
  return entries.map(([, value]) => isTensor(value) ? value : constant(value, { dtype }));
}

/** Computes a log density where numbers are above 0, and -Infinity elsewhere: there the density is 0. */
export function whereAbove0(x: Tensor, density: (x: Tensor) => Tensor): Tensor {
  const isInside = greater(x, 0);
  return where(isInside, density(where(isInside, x, 1)), -Infinity); // 1 gives finite derivatives outside
}
