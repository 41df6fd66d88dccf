/**
 * Clipping as transforms.
 *
 * @module
 */
import {
  abs,
  add,
  argument,
  div,
  greater,
  less,
  max,
  min,
  mul,
  type Scalar,
  select,
  sqrt,
} from "../../blas/scalar/scalar.ts";
import { sizeOf } from "../../blas/shape.ts";
import { computeNumber, type DynamicNumber } from "../../autograd/dynamic_number.ts";
import * as ops from "../../autograd/ops/mod.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { leafwise, type Memory } from "./leafwise.ts";
import { checkSetting } from "../optimizer.ts";
import { compute, deferredElementwise, numberOperand } from "./pending.ts";
import { defineTransform, type Transform } from "./transform.ts";

const isLimit = (x: number): boolean => x > 0, LIMIT = "a finite number above 0";

const scaled = deferredElementwise((g, factor) => mul(g, factor));
const squaredShare = deferredElementwise((g, unit) => mul(div(g, unit), div(g, unit)));
const limited = deferredElementwise((g, low, high) => min(max(g, low), high));

// Of maxNorm and the norm.
const factorExpression: Scalar = min(1, div(argument(0), add(argument(1), 1e-6)));

/**
 * Scales all gradients by one factor, such that their common Euclidean norm does not exceed `maxNorm`: `clipByGlobalNorm`
 * as a transform.
 *
 * @throws {RangeError} If `maxNorm` is not a finite number above 0.
 *
 * @example
 * ```ts
 * import { chain, clipNorm, descend, tensor64, toList } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const optimizer = chain(clipNorm(5), descend({ learningRate: 1 }));
 * const { params } = optimizer.step(optimizer.init(tensor64([0, 0])), tensor64([30, 40]));
 * assertAlmostEquals(toList(params)[0]!, -3, 1e-6);
 * ```
 */
export function clipNorm(maxNorm: number): Transform<Memory<never>> {
  checkSetting("clipNorm", "maxNorm", maxNorm, isLimit, LIMIT);
  return defineTransform({
    name: "clipNorm",
    config: { maxNorm },
    init: () => ({}),
    update: (gradients, state, { parameters }) => {
      const computed = gradients.map((gradient, k) => compute(gradient, parameters[k]!));
      const factor = numberOperand(factorFor(maxNorm, computed));
      return [computed.map((gradient) => scaled(gradient, factor)), state];
    },
  });
}

/**
 * Limits every element of every gradient to `[-limit, limit]`: `clipByValue` as a transform.
 *
 * @throws {RangeError} If `limit` is not a finite number above 0.
 *
 * @example
 * ```ts
 * import { chain, clipValue, descend, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const optimizer = chain(clipValue(1), descend({ learningRate: 1 }));
 * const { params } = optimizer.step(optimizer.init(tensor64([0, 0])), tensor64([30, -0.5]));
 * assertEquals(toList(params), [-1, 0.5]);
 * ```
 */
export function clipValue(limit: number): Transform<Memory<never>> {
  checkSetting("clipValue", "limit", limit, isLimit, LIMIT);
  const low = numberOperand(-limit), high = numberOperand(limit);
  return leafwise({
    name: "clipValue",
    config: { limit },
    slots: [],
    begin: () => (gradient) => [limited(gradient, low, high), []],
  });
}

/** A norm below this cannot be told from 0 beside the 1e-6 that is added to it. Numbers near it have no reciprocals. */
const NEGLIGIBLE = 1e-30;

// Numbers are divided by the largest before they are squared, so that no square overflows or vanishes; by 1 where the
// largest is 0, infinite or NaN, which the result then shows.
const divisor: Scalar = select(
  greater(argument(0), NEGLIGIBLE),
  select(less(argument(0), Infinity), argument(0), 1),
  1,
);
const largerMagnitude: Scalar = max(argument(0), abs(argument(1)));
const squareAdded: Scalar = add(argument(0), mul(div(argument(1), argument(2)), div(argument(1), argument(2))));
const rescaled: Scalar = mul(argument(1), sqrt(argument(0)));

/** What to multiply tensors by so that their common norm does not exceed a limit, computed without reading them. */
export function factorFor(maxNorm: number, tensors: readonly Tensor[]): DynamicNumber {
  return computeNumber(factorExpression, maxNorm, globalNorm(tensors));
}

/** The Euclidean norm of all tensors together, in tensor operations: where a step is recorded, values are not known. */
function globalNorm(tensors: readonly Tensor[]): DynamicNumber {
  const norms = tensors.filter(({ shape }) => sizeOf(shape) > 0).map(normOf);
  const largest = norms.reduce<DynamicNumber>((soFar, norm) => computeNumber(largerMagnitude, soFar, norm), 0);
  const unit = computeNumber(divisor, largest);
  const sum = norms.reduce<DynamicNumber>((soFar, norm) => computeNumber(squareAdded, soFar, norm, unit), 0);
  return computeNumber(rescaled, sum, unit);
}

function normOf(t: Tensor): DynamicNumber {
  const [high, low] = [ops.max(t), ops.min(t)].map((extremum) => ops.cast(extremum, "float64"));
  const unit = computeNumber(divisor, computeNumber(largerMagnitude, computeNumber(largerMagnitude, 0, high!), low!));
  const sum = ops.sum(compute(squaredShare(t, numberOperand(unit)), t));
  return computeNumber(rescaled, ops.cast(sum, "float64"), unit);
}
