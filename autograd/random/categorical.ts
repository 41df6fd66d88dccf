/**
 * Random classes, choices and orders, with JAX's numbers.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import {
  checkResultShape,
  checkShape,
  normalizeAxis,
  sameShape,
  type Shape,
  sizeOf,
  unwrap,
} from "../../blas/shape.ts";
import { add, mul, neg, sub } from "../ops/arithmetic.ts";
import { less } from "../ops/comparison.ts";
import { cumsum } from "../ops/cumsum.ts";
import { log } from "../ops/exponential.ts";
import { argmax } from "../ops/extremum.ts";
import { take } from "../ops/gather.ts";
import { expandDims, reshape } from "../ops/reshape.ts";
import { slice } from "../ops/slice.ts";
import { argsort } from "../ops/sort.ts";
import { sum } from "../ops/sum.ts";
import { cast } from "../ops/cast.ts";
import { checkOperands } from "../primitive.ts";
import { stopGradient } from "../stop_gradient.ts";
import { isTensor, type Tensor } from "../tensor.ts";
import { constant } from "../values/constructors.ts";
import { checkPositions } from "../values/indices.ts";
import { type DTypeOption, resolveDType } from "../values/dtype_option.ts";
import { checkKey, type Key } from "./key.ts";
import { permutation, randomInteger, randomUniform } from "./random.ts";

/** Draws from the standard Gumbel distribution. */
function gumbel<D extends DType>(key: Key, shape: Shape, dtype: D): Tensor<D> {
  const min = dtype === "float32" ? 2 ** -126 : 2 ** -1022; // the smallest normal number: its logarithm is finite
  return neg(log(neg(log(randomUniform(key, shape, { dtype, min, max: 1 })))));
}

/**
 * Draws classes: class `k` with a probability in proportion to `exp(logits[..., k])`. JAX's `categorical`.
 *
 * @typeParam D The dtype.
 * @param key The key, which must not be used again.
 * @param logits `[..., classes]`, the logarithms of probabilities, up to a number added to all of a row.
 * @param shape The shape of the result, which must end with the shape of `logits` without the classes, the default.
 * @returns A constant of whole numbers from 0 to `classes - 1`.
 * @throws {ShapeError} If there are no classes, or the shape does not end with that of the rows.
 * @throws {RangeError} If `logits` is float32 and has more than 2^24 classes: it cannot hold their numbers.
 * @throws {TypeError} If `key` is not a key, or `logits` not a tensor.
 *
 * @example
 * ```ts
 * import { key, log, mean, randomCategorical, tensor32, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const classes = randomCategorical(key(0), log(tensor32([0.25, 0.75])), [10_000]);
 * assertAlmostEquals(toNumber(mean(classes)), 0.75, 0.02);
 * ```
 */
export function randomCategorical<D extends DType>(key: Key, logits: Tensor<D>, shape?: Shape): Tensor<D> {
  checkKey("draw classes", key);
  checkOperands("randomCategorical", [logits]);
  const rows = logits.shape.slice(0, -1), classes = logits.shape.at(-1) ?? 0, wanted = shape ?? rows;
  checkShape("randomCategorical", wanted);
  const front = wanted.slice(0, Math.max(wanted.length - rows.length, 0));
  if (classes < 1 || !sameShape([...front, ...rows], wanted)) {
    throw new ShapeError({
      op: "randomCategorical",
      given: { logits: logits.shape, shape: wanted },
      problem: classes < 1
        ? "logits must have at least one class on their last axis"
        : "the shape must end with that of the logits without their last axis",
      remedy: classes < 1 ? "pass [..., classes]" : "put the axes of further draws in front",
    });
  }
  const drawn = [...front, ...rows, classes];
  checkPositions("randomCategorical", classes, logits.dtype);
  checkResultShape("randomCategorical", drawn);
  const noise = gumbel(key, drawn, logits.dtype);
  return argmax(add(noise, stopGradient(logits)), { axis: -1 });
}

/** The settings of {@link randomChoice}. */
export type ChoiceOptions<D extends DType> = DTypeOption<D> & {
  /** Whether an element can be chosen more than once; true if left out. */
  readonly replace?: boolean | undefined;
  /** Numbers proportional to the probabilities; all are equal if left out. */
  readonly p?: Tensor | readonly number[] | undefined;
  /** The axis of the tensor to choose along; 0 if left out. */
  readonly axis?: number | undefined;
};

/**
 * Chooses among the numbers from 0 to `n - 1`, or among the slices of a tensor: JAX's `choice`.
 *
 * @typeParam D The dtype.
 * @param key The key, which must not be used again.
 * @param from A number above 0, or a tensor.
 * @param shape How many to choose, as a shape; `[]`, one, if left out.
 * @param options `replace`: whether an element may be chosen again, true by default; `p`: `[n]`, probabilities; `axis`: that of
 * the tensor, 0 by default; `dtype`: of chosen numbers, float32 by default.
 * @returns A tensor of the shape; of slices, the shape stands in place of the axis. Gradients flow to the chosen slices.
 * @throws {RangeError} If there is nothing to choose from, or more are chosen than there are without replacement.
 * @throws {ShapeError} If `p` does not have one number for each, or the axis does not exist.
 * @throws {TypeError} If an argument has a wrong type.
 *
 * @example Three different cards
 * ```ts
 * import { key, randomChoice, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new Set(toList(randomChoice(key(1), 52, [3], { replace: false }))).size, 3);
 * ```
 */
export function randomChoice<D extends DType = "float32">(
  key: Key,
  from: number | Tensor<D>,
  shape: Shape = [],
  options: ChoiceOptions<D> = {},
): Tensor<NoInfer<D>> {
  checkOptions<ChoiceOptions<D>>("apply randomChoice", options, { replace: "flag", p: true, axis: true, dtype: true });
  const { replace = true, p, axis = 0, dtype } = options;
  checkKey("choose", key);
  checkShape("randomChoice", shape);
  const place = isTensor(from) ? unwrap(normalizeAxis("randomChoice", from.shape, axis)) : 0;
  const n = isTensor(from) ? from.shape[place]! : from, count = sizeOf(shape);
  checkCounts(n, count, replace);
  const type = isTensor(from) ? "float64" : resolveDType("randomChoice", dtype);
  checkPositions("randomChoice", n, type); // of numbers; those of slices are float64
  const weights = p === undefined ? undefined : weightsOf(p, n, isTensor(from) ? from.dtype : type);
  const chosen = indicesOf(key, n, count, replace, weights);
  if (!isTensor(from)) return reshape(cast(chosen, type), shape) as Tensor<D>; // the dtype that was asked for
  const slices = take(from, chosen, place);
  return reshape(slices, [...from.shape.slice(0, place), ...shape, ...from.shape.slice(place + 1)]);
}

/** Chooses indices, in float64. */
function indicesOf(key: Key, n: number, count: number, replace: boolean, weights: Tensor | undefined): Tensor {
  if (weights === undefined) {
    return replace
      ? randomInteger(key, [count], { max: n, dtype: "float64" })
      : slice(permutation(key, n, { dtype: "float64" }), 0, count);
  }
  if (!replace) {
    checkPositions("randomChoice", n, weights.dtype); // sorted positions
    const order = argsort(neg(add(gumbel(key, [n], weights.dtype), log(weights))));
    return cast(slice(order, 0, count), "float64");
  }
  checkResultShape("randomChoice", [n, count]); // a comparison for each of both
  const sums = cumsum(weights, 0), all = slice(sums, n - 1, 1);
  const places = mul(all, sub(1, randomUniform<DType>(key, [count], { dtype: weights.dtype })));
  // The number of smaller sums is the position among them.
  return cast(sum(less(sums, expandDims(places, 1)), { axes: 1 }), "float64");
}

function weightsOf(p: Tensor | readonly number[], n: number, dtype: DType): Tensor {
  const weights = isTensor(p) ? stopGradient(p) : constant(p, { dtype });
  if (sameShape(weights.shape, [n])) return weights;
  throw new ShapeError({
    op: "randomChoice",
    given: { p: weights.shape },
    problem: `p must have ${n} probabilities, one for each`,
    remedy: "pass as many as there are to choose from",
  });
}

function checkCounts(n: number, count: number, replace: boolean): void {
  if (!(Number.isInteger(n) && n > 0)) {
    throw new RangeError(
      `Cannot apply randomChoice to ${
        describe(n)
      }: there must be a whole number above 0 to choose from; pass one, or a ` +
        "tensor with elements",
    );
  }
  if (replace || count <= n) return;
  throw new RangeError(
    `Cannot apply randomChoice to ${count} of ${n} without replacement: they must not be more than there are; choose ` +
      "fewer, or with replacement",
  );
}

/**
 * Puts the slices of a tensor along an axis into a random order; all orders are equally likely. JAX's `permutation` of
 * an array.
 *
 * @typeParam D The dtype.
 * @param key The key, which must not be used again.
 * @param t Any shape of at least one axis.
 * @param axis The axis whose slices move, 0 if left out; negative counts from the last.
 * @returns The shape of `t`; gradients move likewise.
 * @throws {ShapeError} If the axis does not exist.
 * @throws {TypeError} If `key` is not a key, or `t` not a tensor.
 *
 * @example Rows stay together
 * ```ts
 * import { key, shuffle, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = toArray(shuffle(key(0), tensor64([[1, 10], [2, 20], [3, 30]]))) as number[][];
 * assertEquals(rows.map(([a, b]) => b! / a!), [10, 10, 10]);
 * ```
 */
export function shuffle<D extends DType>(key: Key, t: Tensor<D>, axis = 0): Tensor<D> {
  checkKey("shuffle", key);
  checkOperands("shuffle", [t]);
  const place = unwrap(normalizeAxis("shuffle", t.shape, axis));
  return take(t, permutation(key, t.shape[place]!, { dtype: "float64" }), place);
}
