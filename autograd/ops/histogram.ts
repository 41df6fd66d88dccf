/**
 * Counts of elements in intervals.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkResultShape } from "../../blas/shape.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkOperands } from "../primitive.ts";
import { stopGradient } from "../stop_gradient.ts";
import type { Tensor } from "../tensor.ts";
import { scalarConstant } from "../elementwise.ts";
import { arange } from "../values/constructors.ts";
import { add, div, mul, sub } from "./arithmetic.ts";
import { cast } from "./cast.ts";
import { clamp, where } from "./choice.ts";
import { equal, greaterEqual, less, lessEqual } from "./comparison.ts";
import { logicalAnd } from "./logic.ts";
import { max, min } from "./extremum.ts";
import { gatherAlong, scatterAddAlong } from "./gather.ts";
import { fittingFactor } from "./finite.ts";
import { lerp } from "./hypot.ts";
import { checkPositions } from "../values/indices.ts";
import { flatten } from "./reshape.ts";
import { floor } from "./rounding.ts";

/** How the elements are sorted into bins. */
export type HistogramOptions = {
  /** How many bins of equal width, 10 if left out. */
  readonly bins?: number | undefined;
  /** Where the first bin begins, the smallest element if left out. */
  readonly min?: number | undefined;
  /** Where the last bin ends, the largest element if left out. */
  readonly max?: number | undefined;
};

/** A histogram. */
export type Histogram<D extends DType> = {
  /** How many elements lie in each bin. */
  readonly counts: Tensor<D>;
  /** The bounds of the bins, one more than there are bins. */
  readonly edges: Tensor<D>;
};

/**
 * Counts the elements in bins of equal width, as NumPy does: each bin contains its lower bound, the last one its upper bound too.
 * Elements outside and NaN are not counted. If the lowest and the highest bound are equal, each is moved outwards by one half. Not
 * differentiable.
 *
 * @param t Any shape; at least one element if `min` or `max` is left out.
 * @param options `bins`, 10 by default; `min` and `max`, those of `t` by default.
 * @returns `{ counts, edges }`: `[bins]` and `[bins + 1]`, in the dtype of `t`; float32 rounds counts beyond 2^24.
 * @throws {RangeError} If `bins` is not a whole number of 1 or more, or `min` and `max` are not finite numbers in this order.
 * @throws {ShapeError} If the bounds must be taken from `t`, and it is empty.
 *
 * @example
 * ```ts
 * import { histogram, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const { counts, edges } = histogram(tensor64([0, 1, 1, 3, 4]), { bins: 2 });
 * assertEquals([toList(counts), toList(edges)], [[3, 2], [0, 2, 4]]);
 * ```
 */
export function histogram<D extends DType>(t: Tensor<D>, options: HistogramOptions = {}): Histogram<D> {
  checkOperands("histogram", [t]);
  checkOptions("apply histogram", options, { bins: true, min: true, max: true });
  const { bins = 10, min: lowest, max: highest } = options;
  checkBins(t, bins, lowest, highest);
  const x = flatten(stopGradient(t)),
    bound = (given: number | undefined, of: (x: Tensor<D>) => Tensor<D>) =>
      given === undefined ? of(x) : scalarConstant(given, t.dtype);
  const start = bound(lowest, min), end = bound(highest, max), half = mul(equal(start, end), 0.5);
  const low = sub(start, half), high = add(end, half);
  const edges = lerp<D>(low, high, div<D>(arange(0, bins + 1, 1, { dtype: t.dtype }), bins));
  const isInside = logicalAnd<D>(greaterEqual(x, low), lessEqual(x, high));
  // Rounding may lead to a neighbour of the right bin: the bounds decide.
  const fitting = fittingFactor(low, high), from = mul(low, fitting), whole = sub(mul(high, fitting), from);
  const place = floor(mul(div(sub(mul(where<D>(isInside, x, low), fitting), from), whole), bins));
  const guess = clamp<D>(where<D>(isInside, place, 0), 0, bins - 1);
  const down = less<D>(x, gatherAlong(edges, guess, 0)),
    up = greaterEqual<D>(x, gatherAlong(edges, add<D>(guess, 1), 0));
  const bin = clamp<D>(add(guess, sub(up, down)), 0, bins - 1);
  return { counts: countsOf(isInside, bin, bins), edges };
}

/** Adds up ones by bin; in float32 they would stop at 2^24, where adding 1 changes nothing. */
function countsOf<D extends DType>(isInside: Tensor<D>, bin: Tensor<D>, bins: number): Tensor<D> {
  if (isInside.dtype === "float64" || isInside.shape[0]! <= 2 ** 24) return scatterAddAlong(isInside, bin, 0, bins);
  return cast(scatterAddAlong(cast(isInside, "float64"), cast(bin, "float64"), 0, bins), isInside.dtype);
}

function checkBins(t: Tensor, bins: number, lowest: number | undefined, highest: number | undefined): void {
  if (!Number.isInteger(bins) || bins < 1) {
    throw new RangeError(
      `Cannot apply histogram with bins ${
        describe(bins)
      }: it must be a whole number of 1 or more; pass how many there are`,
    );
  }
  for (const [name, value] of [["min", lowest], ["max", highest]] as const) {
    if (value === undefined || Number.isFinite(value)) continue;
    throw new RangeError(
      `Cannot apply histogram with ${name} ${
        describe(value)
      }: it must be a finite number; leave it out to take that of t`,
    );
  }
  checkResultShape("histogram", [bins + 1]); // edges
  checkPositions("histogram", bins + 1, t.dtype);
  if (lowest !== undefined && highest !== undefined && lowest > highest) {
    throw new RangeError(
      `Cannot apply histogram with min ${lowest} and max ${highest}: min must not exceed max; exchange them`,
    );
  }
  if (t.shape.includes(0) && (lowest === undefined || highest === undefined)) {
    throw new ShapeError({
      op: "histogram",
      given: { t: t.shape },
      problem: "without elements there are no bounds",
      remedy: "pass min and max",
    });
  }
}
