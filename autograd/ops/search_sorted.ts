/**
 * Positions of numbers in sorted arrays, and numbers without repetitions.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkOperands } from "../primitive.ts";
import { stopGradient } from "../stop_gradient.ts";
import { constantOf, isTensor, type Tensor } from "../tensor.ts";
import { constant, zeros } from "../values/constructors.ts";
import { checkPositions } from "../values/indices.ts";
import { type Numeric, parseNumeric } from "../values/numeric.ts";
import { tensorData } from "../values/read.ts";
import { add, sub } from "./arithmetic.ts";
import { cast } from "./cast.ts";
import { minimum, where } from "./choice.ts";
import { less, lessEqual } from "./comparison.ts";
import { logicalAnd, logicalNot, logicalOr } from "./logic.ts";
import { isNaN } from "./finite.ts";
import { gatherAlong, take } from "./gather.ts";
import { flatten, reshape } from "./reshape.ts";
import { argsort } from "./sort.ts";

/** The side of equal numbers on which a position is. */
export type SearchSortedOptions = {
  /** `"left"`, before all of them, if left out; `"right"`, after them. */
  readonly side?: "left" | "right" | undefined;
};

/**
 * Finds the positions at which numbers belong in a sorted array: how many of its elements are smaller or, with
 * `side: "right"`, not larger. NaN belongs at the end. Not differentiable.
 *
 * @param sorted One axis, in ascending order; this is not checked.
 * @param values Any shape: a tensor, or an array of numbers.
 * @param options `side`: `"left"` (default) or `"right"` of equal elements.
 * @returns Whole numbers from 0 to the length of `sorted`, in its dtype and the shape of `values`.
 * @throws {ShapeError} If `sorted` does not have one axis.
 * @throws {RangeError} If the side does not exist, or `sorted` is float32 and longer than 2^24.
 *
 * @example
 * ```ts
 * import { searchSorted, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const bounds = tensor64([10, 20, 30]);
 * assertEquals(toList(searchSorted(bounds, [5, 20, 35])), [0, 1, 3]);
 * assertEquals(toList(searchSorted(bounds, [5, 20, 35], { side: "right" })), [0, 2, 3]);
 * ```
 */
export function searchSorted<D extends DType>(
  sorted: Tensor<D>,
  values: Tensor | Numeric,
  options: SearchSortedOptions = {},
): Tensor<D> {
  checkOperands("searchSorted", [sorted]);
  checkOptions("apply searchSorted", options, { side: true });
  const { side = "left" } = options;
  if (side !== "left" && side !== "right") {
    throw new RangeError(
      `Cannot apply searchSorted with side ${describe(side)}: it must be "left" or "right"; pass one of them`,
    );
  }
  if (sorted.shape.length !== 1) {
    throw new ShapeError({
      op: "searchSorted",
      given: { sorted: sorted.shape },
      problem: "sorted must have one axis",
      remedy: "search one row after the other",
    });
  }
  checkPositions("searchSorted", sorted.shape[0]! + 1, sorted.dtype);
  const given = isTensor(values) ? values : constantOf(parseNumeric("searchSorted", values, "float64"));
  const [all, wanted] = [sorted, given].map((t) => stopGradient(flatten(t)));
  const dtype = sorted.dtype === given.dtype ? sorted.dtype : "float64";
  const places = placesIn(cast(all!, dtype), cast(wanted!, dtype), side === "left" ? isLess : isNotMore);
  return reshape(cast(places, sorted.dtype), given.shape);
}

/** How many of the elements of a vector are before each value: found bit by bit, the highest first. */
function placesIn(sorted: Tensor, values: Tensor, isBefore: (a: Tensor, b: Tensor) => Tensor): Tensor {
  const count = sorted.shape[0]!, { dtype } = values;
  let places: Tensor = zeros(values.shape, { dtype });
  for (let step = 2 ** Math.floor(Math.log2(count)); step >= 1; step /= 2) {
    const further = add(places, step), last = sub(minimum(further, count), 1);
    const isFurther = logicalAnd(lessEqual(further, count), isBefore(gatherAlong(sorted, last, 0), values));
    places = where(isFurther, further, places);
  }
  return places;
}

/** NaN is larger than all numbers. */
const isLess = (a: Tensor, b: Tensor): Tensor => logicalOr(less(a, b), logicalAnd(isNaN(b), logicalNot(isNaN(a))));
const isNotMore = (a: Tensor, b: Tensor): Tensor => logicalOr(lessEqual(a, b), isNaN(b));

/** The elements of a tensor without repetitions. */
export type Unique<D extends DType> = {
  /** Each element once, in ascending order. */
  readonly values: Tensor<D>;
  /** The position of the first occurrence of each, among the elements in row-major order. */
  readonly indices: Tensor<D>;
  /** For each element of the tensor, in its shape, its position in `values`. */
  readonly inverse: Tensor<D>;
  /** How often each of them occurs. */
  readonly counts: Tensor<D>;
};

/**
 * Returns the elements of a tensor without repetitions, in ascending order. All NaN count as one, larger than all numbers. It
 * reads values, so it does not work on tensors inside `compile`. The gradient of a value goes to its first occurrence.
 *
 * @param t Any shape.
 * @returns `{ values, indices, inverse, counts }`: `take(values, inverse)` is `t`.
 * @throws {RangeError} If `t` is float32 and has more than 2^24 elements.
 *
 * @example
 * ```ts
 * import { tensor64, toList, unique } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const { values, inverse, counts } = unique(tensor64([3, 1, 3, 2]));
 * assertEquals([toList(values), toList(inverse), toList(counts)], [[1, 2, 3], [2, 0, 2, 1], [1, 1, 2]]);
 * ```
 */
export function unique<D extends DType>(t: Tensor<D>): Unique<D> {
  checkOperands("unique", [t]);
  const flat = flatten(t), data = tensorData(flat), order = tensorData(argsort(flat)), count = data.length;
  const first: number[] = [], counts: number[] = [], inverse = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const place = order[k]!, value = data[place]!, before = k === 0 ? undefined : data[order[k - 1]!];
    if (k > 0 && (value === before || (value !== value && before !== before))) counts[counts.length - 1]!++;
    else {
      first.push(place);
      counts.push(1);
    }
    inverse[place] = first.length - 1;
  }
  const { dtype, shape } = t, made = (numbers: Numeric): Tensor<D> => constant<D>(numbers, { dtype });
  return {
    values: take(flat, first),
    indices: made(first),
    inverse: constant<D>(inverse, { dtype, shape }),
    counts: made(counts),
  };
}
