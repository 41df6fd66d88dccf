/**
 * Changes of shape, reductions and repetitions in einops' notation, which names the axes.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { checkResultShape } from "../../blas/shape.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { all, any } from "./any_all.ts";
import { type AxisSizes, parsePattern, type Pattern, type PatternUse } from "./einops_pattern.ts";
import { max, min } from "./extremum.ts";
import { product } from "./product.ts";
import { reshape } from "./reshape.ts";
import { broadcastTo, mean, type ReductionOptions, sum } from "./sum.ts";
import { transpose } from "./transpose.ts";

/** How {@link reduce} combines elements. */
export type EinopsReduction = "sum" | "mean" | "max" | "min" | "prod" | "any" | "all";

type Reduce = <D extends DType>(t: Tensor<D>, options: ReductionOptions) => Tensor<D>;

const REDUCTIONS: { readonly [R in EinopsReduction]: Reduce } = { sum, mean, max, min, prod: product, any, all };

/**
 * Splits, joins, permutes and inserts axes, as a pattern says: axes are named on both sides, parentheses join several
 * into one, 1 stands for an axis of length 1, and `...` for any number of axes.
 *
 * @param t Any shape.
 * @param pattern Such as `"b c (h p) (w q) -> b (h w) (p q c)"`.
 * @param sizes The lengths of axes that do not follow from the shape.
 * @returns The shape of the right side.
 * @throws {RangeError} If the pattern is malformed, or its sides do not have the same axes.
 * @throws {ShapeError} If it does not fit `t`.
 *
 * @example Patches of an image
 * ```ts
 * import { rearrange, tensor64, toArray, zeros } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(rearrange(tensor64([[1, 2], [3, 4]]), "h w -> (w h)")), [1, 3, 2, 4]);
 * const images = zeros([10, 3, 32, 48]);
 * assertEquals(rearrange(images, "b c (h p) (w q) -> b (h w) (p q c)", { p: 16, q: 16 }).shape, [10, 6, 768]);
 * assertEquals(rearrange(images, "... h w -> ... w h 1").shape, [10, 3, 48, 32, 1]);
 * ```
 *
 * @see Rogozhnikov, Einops: Clear and Reliable Tensor Manipulations with Einstein-like Notation, 2022.
 */
export function rearrange<D extends DType>(t: Tensor<D>, pattern: string, sizes: AxisSizes = {}): Tensor<D> {
  return arranged("rearrange", t, parsedFor("rearrange", t, pattern, sizes));
}

/**
 * Reduces the axes that are missing on the right side of a pattern, and arranges the others like {@link rearrange}.
 *
 * @param t Any shape.
 * @param pattern Such as `"b c (h 2) (w 2) -> b c h w"`, which reduces blocks of 2 x 2.
 * @param reduction `"sum"`, `"mean"`, `"max"`, `"min"`, `"prod"`, `"any"` or `"all"`.
 * @param sizes The lengths of axes that do not follow from the shape.
 * @returns The shape of the right side.
 * @throws {RangeError} If the pattern is malformed, has an axis on the right only, or the reduction does not exist.
 * @throws {ShapeError} If it does not fit `t`.
 *
 * @example
 * ```ts
 * import { reduce, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const t = tensor64([[1, 2, 3, 4], [5, 6, 7, 8]]);
 * assertEquals(toArray(reduce(t, "h w -> w", "mean")), [3, 4, 5, 6]);
 * assertEquals(toArray(reduce(t, "h (w 2) -> h w", "max")), [[2, 4], [6, 8]]);
 * ```
 */
export function reduce<D extends DType>(
  t: Tensor<D>,
  pattern: string,
  reduction: EinopsReduction,
  sizes: AxisSizes = {},
): Tensor<D> {
  const parsed = parsedFor("reduce", t, pattern, sizes);
  if (typeof reduction !== "string" || !Object.hasOwn(REDUCTIONS, reduction)) {
    throw new RangeError(
      `Cannot apply reduce with reduction ${describe(reduction)}: it must be ${
        Object.keys(REDUCTIONS).map((name) => `"${name}"`).join(", ")
      }; pass one of them`,
    );
  }
  return arranged("reduce", t, parsed, REDUCTIONS[reduction]);
}

/**
 * Repeats a tensor along the axes that are new on the right side of a pattern, and arranges all like {@link rearrange}.
 *
 * @param t Any shape.
 * @param pattern Such as `"h w -> h (w copies)"`; a number stands for a new axis of that length.
 * @param sizes The lengths of new axes, and of others that do not follow from the shape.
 * @returns The shape of the right side.
 * @throws {RangeError} If the pattern is malformed, or has an axis on the left only.
 * @throws {ShapeError} If it does not fit `t`, or the length of an axis is not known.
 *
 * @example
 * ```ts
 * import { repeat, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const t = tensor64([1, 2]);
 * assertEquals(toArray(repeat(t, "w -> w c", { c: 3 })), [[1, 1, 1], [2, 2, 2]]);
 * assertEquals(toArray(repeat(t, "w -> (w 2)")), [1, 1, 2, 2]);
 * assertEquals(toArray(repeat(t, "w -> (2 w)")), [1, 2, 1, 2]);
 * ```
 */
export function repeat<D extends DType>(t: Tensor<D>, pattern: string, sizes: AxisSizes = {}): Tensor<D> {
  return arranged("repeat", t, parsedFor("repeat", t, pattern, sizes));
}

function parsedFor(op: PatternUse["op"], t: Tensor, pattern: string, sizes: AxisSizes): Pattern {
  checkOperands(op, [t]);
  if (typeof sizes !== "object" || sizes === null || Array.isArray(sizes)) {
    throw new TypeError(
      `Cannot apply ${op} with ${
        describe(sizes)
      } for sizes: it must be a record of lengths; pass { h: 2 }, or leave it out`,
    );
  }
  return parsePattern({ op, pattern, shape: t.shape, sizes });
}

function arranged<D extends DType>(
  op: PatternUse["op"],
  t: Tensor<D>,
  { left, right, lengths }: Pattern,
  combine?: Reduce,
): Tensor<D> {
  const length = (name: string): number => lengths.get(name)!, names = left.flat(), wanted = right.flat();
  const kept = names.filter((name) => wanted.includes(name)), added = wanted.filter((name) => !names.includes(name));
  const apart = names.map(length), spread = [...kept, ...added].map(length);
  const result = right.map((group) => group.reduce((product, name) => product * length(name), 1));
  for (const shape of [apart, spread, result]) checkResultShape(op, shape);
  const split = reshape(t, apart), gone = names.flatMap((name, k) => wanted.includes(name) ? [] : [k]);
  const reduced = gone.length === 0 || combine === undefined ? split : combine(split, { axes: gone });
  const wide = added.length === 0
    ? reduced
    : broadcastTo(reshape(reduced, [...kept.map(length), ...added.map(() => 1)]), spread);
  const order = [...kept, ...added], turned = transpose(wide, wanted.map((name) => order.indexOf(name)));
  return reshape(turned, result);
}
