/**
 * Splits a key into keys, or a tensor into parts.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { formatShape, ShapeError } from "../../blas/errors.ts";
import { normalizeAxis, unwrap } from "../../blas/shape.ts";
import { checkList } from "../arguments.ts";
import { type Key, type Keys, splitKey } from "./key.ts";
import { partAlong } from "../ops/slice.ts";
import { isTensor, type Tensor } from "../tensor.ts";

/** One tensor for each size: a tuple if the sizes are literals. */
export type Parts<D extends DType, S extends readonly number[]> = { readonly [K in keyof S]: Tensor<D> };

/**
 * Makes independent keys from one key, which must not be used again.
 *
 * @param key The key to split.
 * @param n How many keys, 2 if left out.
 * @throws {RangeError} If `n` is not a whole number of 0 or more.
 *
 * @example
 * ```ts
 * import { key, randomNormal, split } from "@nanograd/nanograd";
 *
 * const [weightKey, biasKey] = split(key(0), 2);
 * randomNormal(weightKey, [3, 2]);
 * randomNormal(biasKey, [3]);
 * ```
 */
export function split(key: Key): readonly [Key, Key];
/** Makes `n` independent keys. */
export function split<N extends number>(key: Key, n: N): Keys<N>;
/**
 * Cuts a tensor into consecutive parts along an axis, without copying.
 *
 * @param t At least one axis.
 * @param sizes The length of each part; they add up to the length of the axis.
 * @param axis The axis, 0 if left out.
 * @throws {ShapeError} If the axis is out of range or the sizes do not add up.
 */
export function split<D extends DType, const S extends readonly number[]>(
  t: Tensor<D>,
  sizes: S,
  axis?: number,
): Parts<D, S>;
export function split(
  source: Key | Tensor,
  parts: number | readonly number[] = 2,
  axis = 0,
): readonly Key[] | readonly Tensor[] {
  // If the source is a key, the overloads say that this is a number.
  if (!isTensor(source)) return splitKey(source, parts as number);
  const along = unwrap(normalizeAxis("split", source.shape, axis)), sizes = typeof parts === "number" ? [parts] : parts;
  checkList("apply split", "sizes", sizes, "an array of lengths", "pass one for each part, such as [2, 1]");
  const whole = sizes.every((size) => Number.isInteger(size) && size >= 0);
  if (!whole || sizes.reduce((sum, size) => sum + size, 0) !== source.shape[along]) {
    throw new ShapeError({
      op: "split",
      given: { t: source.shape, sizes: formatShape(sizes) },
      problem: `sizes must be whole numbers that add up to ${source.shape[along]}, the length of axis ${along}`,
      remedy: "correct the sizes",
    });
  }
  return partsOf(source, along, sizes);
}

/**
 * Splits into halves, recursively: the derivative puts each part back among the zeros of its half, not of all of `t`,
 * so many parts take little longer than few.
 */
function partsOf(t: Tensor, axis: number, sizes: readonly number[]): readonly Tensor[] {
  const half = (sizes.length + 1) >> 1,
    sides = half < sizes.length ? [sizes.slice(0, half), sizes.slice(half)] : [sizes];
  let start = 0;
  return sides.flatMap((own) => {
    const length = own.reduce((sum, size) => sum + size, 0), part = partAlong(t, axis, start, length);
    start += length;
    return own.length < 2 ? own.map(() => part) : partsOf(part, axis, own);
  });
}
