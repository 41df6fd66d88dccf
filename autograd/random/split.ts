/**
 * Splitting: a key into keys, a tensor into parts.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { formatShape, ShapeError } from "../../blas/errors.ts";
import { normalizeAxis, unwrap } from "../../blas/shape.ts";
import { type Key, type Keys, splitKey } from "./key.ts";
import { partAlong } from "../ops/slice.ts";
import { isTensor, type Tensor } from "../tensor.ts";

/**
 * Makes independent keys out of one key, which is not to be used again.
 *
 * @param key The key to split.
 * @param n How many keys, 2 if left out.
 * @throws {RangeError} If `n` is no whole number of 0 or more.
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
export function split<D extends DType>(t: Tensor<D>, sizes: readonly number[], axis?: number): readonly Tensor<D>[];
export function split(
  source: Key | Tensor,
  parts: number | readonly number[] = 2,
  axis = 0,
): readonly Key[] | readonly Tensor[] {
  if (!isTensor(source)) return splitKey(source, parts as number);
  const along = unwrap(normalizeAxis("split", source.shape, axis)), sizes = typeof parts === "number" ? [parts] : parts;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== source.shape[along] || !sizes.every((size) => Number.isInteger(size) && size >= 0)) {
    throw new ShapeError({
      op: "split",
      given: { t: source.shape, sizes: formatShape(sizes) },
      problem: `sizes must be whole numbers that add up to ${source.shape[along]}, the length of axis ${along}`,
      remedy: "correct the sizes",
    });
  }
  return sizes.map((size, k) => partAlong(source, along, sizes.slice(0, k).reduce((sum, x) => sum + x, 0), size));
}
