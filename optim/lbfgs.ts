/**
 * L-BFGS.
 *
 * @module
 */
import { checkMemory } from "./check_parts.ts";
import { checkOptions } from "../blas/options.ts";
import type { DType } from "../blas/dtype.ts";
import { sizeOf } from "../blas/shape.ts";
import {
  abs,
  add,
  cast,
  concat,
  div,
  dot,
  equal,
  greater,
  max,
  minimum,
  mul,
  neg,
  reshape,
  slice,
  sub,
  sum,
  where,
} from "../autograd/ops/mod.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { scanAlong } from "../autograd/transforms/scan_along.ts";
import type { ParameterTree } from "../autograd/tree/parameter_tree.ts";
import { leaves } from "../autograd/tree/tree.ts";
import { constant, zeros } from "../autograd/values/constructors.ts";
import { toNumber } from "../autograd/values/read.ts";
import { checkFunction } from "../autograd/arguments.ts";
import { checkCount } from "./check_setting.ts";
import { defineOptimizer, nextParams } from "./define_optimizer.ts";
import { increased } from "./descend.ts";
import type { Optimizer } from "./optimizer.ts";
import { ratesOf } from "./schedules/rates.ts";
import type { Schedule } from "./schedules/schedule.ts";
import { numberTensor } from "./step_number.ts";
import { type LinePoint, strongWolfe } from "./strong_wolfe.ts";
import { materialize } from "./transforms/deferred.ts";
import { gradientsFor, withLeaves } from "./transforms/gradients_for.ts";

/** The options of {@link lbfgs}. */
export type LbfgsOptions = {
  /** 1 if left out, the length of a step of Newton's method. */
  readonly learningRate?: number | Schedule | undefined;
  /** The number of earlier steps from which the curvature is estimated; 10 if left out. */
  readonly history?: number | undefined;
  /**
   * The loss of params and its gradients, `valueAndGradient(loss)`: each step then searches its direction for a length that
   * meets the strong Wolfe conditions. Left out, steps are as long as the learning rate says.
   */
  readonly lineSearch?: SearchedLoss | undefined;
};

/** A function such as `valueAndGradient(loss)`, of params alone. */
export type SearchedLoss = (params: never) => { readonly value: Tensor; readonly gradients: unknown };

/** The memory of {@link lbfgs} for `n` parameters, newest first. */
export type LbfgsMemory = {
  /** The changes of the parameters, `[history, n]`. */
  readonly steps: Tensor;
  /** The changes of the gradients, `[history, n]`. */
  readonly changes: Tensor;
  /** The reciprocal of each step's inner product with its change, `[history]`; 0 where there is no step yet. */
  readonly inverses: Tensor;
  /** The scale of the initial inverse Hessian, which stands for all curvature that is not known, 0-d. */
  readonly scale: Tensor;
  /** The last gradient, `[n]`. */
  readonly gradient: Tensor;
  /** The last step, `[n]`. */
  readonly step: Tensor;
};

/** The fields of the memory, of any length. */
const MEMORY: { readonly [field in keyof LbfgsMemory]: undefined } = {
  steps: undefined,
  changes: undefined,
  inverses: undefined,
  scale: undefined,
  gradient: undefined,
  step: undefined,
};

/** The smallest inner product of a step and a change of gradients from which a curvature is learned, as in PyTorch. */
const LEAST_CURVATURE = 1e-10;

/**
 * Makes L-BFGS, a quasi-Newton method that estimates the curvature from the last steps. It is meant for the
 * gradients of all data: noise looks like curvature. These are the steps of PyTorch's `LBFGS(max_iter=1)`; the first has a length
 * of at most the learning rate in the 1-norm.
 *
 * With `lineSearch` they are those of `line_search_fn="strong_wolfe"`: the loss is asked at a few points of the direction, until it
 * has fallen enough and is flat enough. The search reads numbers, so such a step cannot be compiled itself, but the loss can:
 * `lineSearch: compile(valueAndGradient(loss))`.
 *
 * It treats all parameters as one vector, of float64 if any of them is.
 *
 * @returns An optimizer that remembers `2 * history + 2` numbers for each parameter.
 * @throws {RangeError} If the rate is NaN, infinite or negative, or `history` is not a whole number above 0.
 * @throws {TypeError} If an option does not exist.
 * @see Nocedal, Updating Quasi-Newton Matrices with Limited Storage, 1980.
 *
 * @example Narrow valleys take a few steps
 * ```ts
 * import { gradient, lbfgs, mul, square, sub, sum, type Tensor, tensor64, toList } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const loss = (x: Tensor<"float64">) => sum(mul(square(sub(x, 3)), tensor64([1, 100])));
 * const optimizer = lbfgs(), slope = gradient(loss);
 * let state = optimizer.init(tensor64([0, 0]));
 * for (let k = 0; k < 10; k++) state = optimizer.step(state, slope(state.params));
 * for (const x of toList(state.params)) assertAlmostEquals(x, 3, 1e-6);
 * ```
 *
 * @example Rosenbrock's valley, with a line search
 * ```ts
 * import { add, lbfgs, scale, slice, square, sub, sum, type Tensor, tensor64, toList, valueAndGradient } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const loss = (p: Tensor<"float64">) => {
 *   const x = slice(p, 0, 1), y = slice(p, 1, 1);
 *   return sum(add(square(sub(1, x)), scale(square(sub(y, square(x))), 100)));
 * };
 * const search = valueAndGradient(loss), optimizer = lbfgs({ lineSearch: search });
 * let state = optimizer.init(tensor64([-1.2, 1]));
 * for (let k = 0; k < 40; k++) state = optimizer.step(state, search(state.params).gradients);
 * for (const x of toList(state.params)) assertAlmostEquals(x, 1, 1e-5);
 * ```
 */
export function lbfgs(options: LbfgsOptions = {}): Optimizer<LbfgsMemory> {
  checkOptions("build lbfgs", options, { learningRate: true, history: true, lineSearch: true });
  const { learningRate = 1, history = 10, lineSearch } = options;
  checkCount("lbfgs", "history", history);
  if (lineSearch !== undefined) checkFunction("build lbfgs", "lineSearch", lineSearch);
  const { held, rateOf, heldAfter } = ratesOf("lbfgs", learningRate);
  return defineOptimizer<LbfgsMemory>({
    name: "lbfgs",
    config: { learningRate, history, ...lineSearch !== undefined && { lineSearch: true } },
    init: (params) => ({
      params,
      step: constant(0, { dtype: "float64" }),
      learningRate: held,
      scheduled: true,
      memory: blank(leaves<Tensor>(params), history),
    }),
    rateOf,
    step: (state, gradients, parameters, { taken, rate = rateOf(state, taken) } = {}) => {
      checkMemory("lbfgs", state.memory, MEMORY);
      const { dtype } = state.memory.scale, step = increased(state.step);
      const gradient = joined(gradients.map((g, k) => materialize(g, parameters[k]!)), dtype);
      const learned = learn(state.memory, gradient);
      const direction = neg(inverseTimes(learned, gradient));
      const isFirst = numberTensor(equal(state.step, 0), dtype);
      const length = where(isFirst, minimum(div(1, sum(abs(gradient))), 1), 1);
      const full = mul(length, numberTensor(rate, dtype));
      const at = (moved: Tensor) => parameters.map((p, k) => add(p, partOf(moved, parameters, k)));
      const distance = lineSearch === undefined
        ? full
        : searched(lineSearch, gradient, direction, toNumber(full), (moved) => withLeaves(state.params, at(moved)));
      const moved = mul(direction, distance);
      return {
        params: nextParams(state.params, at(moved)),
        step,
        learningRate: heldAfter(state),
        scheduled: state.scheduled,
        memory: { ...learned, gradient, step: moved },
      };
    },
  });
}

/** The least slope, PyTorch's, at which a direction still leads down. */
const LEAST_SLOPE = 1e-9;

/** Returns how far to go along a direction; nowhere if it does not lead down. */
function searched(
  loss: SearchedLoss,
  gradient: Tensor,
  direction: Tensor,
  first: number,
  paramsAt: (moved: Tensor) => ParameterTree,
): number {
  const slopeOf = (g: Tensor): number => toNumber(dot(g, direction)), slope = slopeOf(gradient);
  if (slope > -LEAST_SLOPE) return 0;
  const lossAt = (distance: number) => {
    const params = paramsAt(mul(direction, distance)), { value, gradients } = loss(params as never); // those of its own type
    const all = gradientsFor("the line search of lbfgs", params, gradients as ParameterTree); // which checks that it is one
    return { value: toNumber(value), slope: () => slopeOf(joined(all, direction.dtype)) };
  };
  const evaluate = (at: number): LinePoint => {
    const { value, slope } = lossAt(at);
    return { at, value, slope: slope() };
  };
  const start = { at: 0, value: lossAt(0).value, slope };
  return strongWolfe(evaluate, start, first, toNumber(max(abs(direction)))).at;
}

function blank(parameters: readonly Tensor[], history: number): LbfgsMemory {
  const dtype = widest(parameters), n = offsetOf(parameters, parameters.length);
  return {
    steps: zeros([history, n], { dtype }),
    changes: zeros([history, n], { dtype }),
    inverses: zeros([history], { dtype }),
    scale: constant(1, { dtype }),
    gradient: zeros([n], { dtype }),
    step: zeros([n], { dtype }),
  };
}

/** Adds the last step and its change of gradients, if the gradient grew along the step. */
function learn(memory: LbfgsMemory, gradient: Tensor): LbfgsMemory {
  const change = sub(gradient, memory.gradient), product = dot(change, memory.step);
  const isCurved = greater(product, LEAST_CURVATURE);
  const pushed = (all: Tensor, newest: Tensor): Tensor => {
    const row = reshape(newest, [1, ...newest.shape]);
    return where(isCurved, concat([row, slice(all, 0, all.shape[0]! - 1)], 0), all);
  };
  return {
    ...memory,
    steps: pushed(memory.steps, memory.step),
    changes: pushed(memory.changes, change),
    inverses: pushed(memory.inverses, div(1, where(isCurved, product, 1))),
    scale: where(isCurved, div(product, where(isCurved, dot(change, change), 1)), memory.scale),
  };
}

type Pair = { readonly step: Tensor; readonly change: Tensor; readonly inverse: Tensor };

/** Multiplies the estimated inverse Hessian by a vector: the two-loop recursion. */
function inverseTimes({ steps, changes, inverses, scale }: LbfgsMemory, vector: Tensor): Tensor {
  const pairs = { step: steps, change: changes, inverse: inverses };
  const [reduced, shares] = scanAlong(
    (q: Tensor, { step, change, inverse }: Pair) => {
      const share = mul(inverse, dot(step, q));
      return [sub(q, mul(share, change)), share] as const;
    },
    vector,
    pairs,
  );
  const [result] = scanAlong(
    (r: Tensor, { step, change, inverse, share }: Pair & { readonly share: Tensor }) =>
      [add(r, mul(step, sub(share, mul(inverse, dot(change, r))))), null] as const,
    mul(reduced, scale),
    { ...pairs, share: shares },
    { reverse: true },
  );
  return result;
}

/** Joins tensors into one vector. */
const joined = (tensors: readonly Tensor[], dtype: DType): Tensor =>
  tensors.length === 0
    ? zeros([0], { dtype })
    : concat(tensors.map((t) => cast(reshape(t, [sizeOf(t.shape)]), dtype)), 0);

/** Returns the part of a vector that belongs to a parameter, with its shape and dtype. */
function partOf(vector: Tensor, parameters: readonly Tensor[], k: number): Tensor {
  const { shape, dtype } = parameters[k]!;
  return cast(reshape(slice(vector, offsetOf(parameters, k), sizeOf(shape)), shape), dtype);
}

const offsetOf = (parameters: readonly Tensor[], k: number): number =>
  parameters.slice(0, k).reduce((sum, { shape }) => sum + sizeOf(shape), 0);

const widest = (tensors: readonly Tensor[]): DType =>
  tensors.length === 0 || tensors.some(({ dtype }) => dtype === "float64") ? "float64" : "float32";
