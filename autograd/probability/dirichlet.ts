/**
 * The Dirichlet distribution of shares that sum to 1.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { add, mul, sub } from "../ops/arithmetic.ts";
import { cumsum } from "../ops/cumsum.ts";
import { digamma } from "../ops/gamma_functions.ts";
import { logBeta } from "../ops/log_beta.ts";
import { expandDims } from "../ops/reshape.ts";
import { partAlong } from "../ops/slice.ts";
import { sum } from "../ops/sum.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { parametersOf, timesLog } from "./parameters.ts";

const total = <D extends DType>(t: Tensor<D>): Tensor<D> => sum(t, { axes: -1 });

/**
 * Returns the logarithm of the number by which the density is divided: of the beta functions of each parameter and the sum
 * of those before it.
 */
function normalizer<D extends DType>(alpha: Tensor<D>): Tensor<D> {
  const last = alpha.shape.length - 1, rest = alpha.shape[last]! - 1;
  return total(logBeta(partAlong(alpha, last, 1, rest), partAlong(cumsum(alpha, last), last, 0, rest)));
}

/**
 * Computes the log density of the Dirichlet distribution.
 *
 * @typeParam D The dtype.
 * @param x `[..., classes]`, shares of 0 or more whose rows sum to 1; this is not checked.
 * @param alpha `[..., classes]`, above 0.
 * @returns The logarithm of the density of each row, `[...]`.
 * @throws {ShapeError} If there are no classes, or the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { dirichletLogProb, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(dirichletLogProb(tensor64([0.2, 0.3, 0.5]), tensor64([1, 1, 1]))), Math.log(2), 1e-12);
 * ```
 */
export function dirichletLogProb<D extends DType>(x: Tensor<D>, alpha: Tensor<NoInfer<D>>): Tensor<D> {
  checkRows("dirichletLogProb", { x, alpha });
  return sub(total(timesLog(sub(alpha, 1), x)), normalizer(alpha));
}

/**
 * Computes the entropy of the Dirichlet distribution.
 *
 * @typeParam D The dtype.
 * @param alpha `[..., classes]`, above 0.
 * @returns The entropy in nats of each row, `[...]`; it may be negative.
 * @throws {ShapeError} If there are no classes.
 *
 * @example
 * ```ts
 * import { dirichletEntropy, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(dirichletEntropy(tensor64([1, 1]))), 0, 1e-12);
 * ```
 */
export function dirichletEntropy<D extends DType>(alpha: Tensor<D>): Tensor<D> {
  checkRows("dirichletEntropy", { alpha });
  const all = total(alpha), digammas = digamma(alpha), rest = sub(all, alpha.shape.at(-1)!);
  const joint = mul(rest, digamma(all)), each = total(mul(sub(alpha, 1), digammas));
  return sub(add(normalizer(alpha), joint), each);
}

/**
 * Computes the Kullback-Leibler divergence of a Dirichlet distribution from another.
 *
 * @typeParam D The dtype.
 * @param alpha `[..., classes]`, above 0, of the first distribution.
 * @param otherAlpha That of the second distribution, which broadcasts with it.
 * @returns The divergence in nats of each row, 0 or more.
 * @throws {ShapeError} If there are no classes, or the shapes do not broadcast.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { dirichletKlDivergence, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(dirichletKlDivergence(tensor64([1, 1]), tensor64([2, 1]))), 1 - Math.log(2), 1e-12);
 * ```
 */
export function dirichletKlDivergence<D extends DType>(
  alpha: Tensor<D>,
  otherAlpha: Tensor<NoInfer<D>>,
): Tensor<D> {
  checkRows("dirichletKlDivergence", { alpha, otherAlpha });
  const other: Tensor<D> = otherAlpha, means = sub(digamma(alpha), expandDims(digamma(total(alpha)), -1));
  return add(sub(normalizer(other), normalizer(alpha)), total(mul(sub(alpha, other), means)));
}

/** Throws if arguments are not tensors that broadcast, of the same number of classes, at least one. */
function checkRows(op: string, given: Readonly<Record<string, Tensor>>): void {
  const tensors = Object.values(given);
  checkOperands(op, tensors);
  parametersOf(op, given);
  const counts = tensors.map(({ shape }) => shape.at(-1) ?? 0);
  if (counts.every((count) => count >= 1 && count === counts[0])) return;
  throw new ShapeError({
    op,
    given: Object.fromEntries(Object.entries(given).map(([name, { shape }]) => [name, shape])),
    problem: "the last axes must be of the same length, at least 1: the classes",
    remedy: "pass [..., classes]",
  });
}
