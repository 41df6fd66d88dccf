/**
 * Reductions.
 *
 * @module
 */
import * as ops from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import {
  axisIn,
  type Call,
  input,
  maybeNumbersAt,
  numberOf,
  numbersAt,
  numbersOf,
  type Operator,
  type Operators,
  tensorAt,
  unary,
  valueOf,
} from "../value.ts";

type Settings = { readonly axes: readonly number[]; readonly keepDims: boolean };

/** A reduction, whose axes are an attribute or, in later opsets, an input. */
const over = (f: (x: Tensor, settings: Settings) => Tensor, empty?: (x: Tensor) => Tensor): Operator => ({
  known: [1],
  compute: (call) => {
    const { type, tensor: x } = input(call, 0), rank = innerShape(x).length;
    const given = numbersOf(call, "axes") ?? maybeNumbersAt(call, 1) ?? [],
      keepDims = numberOf(call, "keepdims", 1) === 1;
    if (given.length === 0 && numberOf(call, "noop_with_empty_axes", 0) === 1) {
      return [{ type, tensor: empty?.(x) ?? x }];
    }
    const axes = given.length === 0 ? innerShape(x).map((_, k) => k) : given.map((axis) => axisIn(call, axis, rank));
    return [{
      type,
      tensor: axes.length === 0 ? f(ops.reshape(x, [1]), { axes: [0], keepDims: false }) : f(x, { axes, keepDims }),
    }];
  },
});

const extremum = (
  f: (x: Tensor, options: { readonly axis: number; readonly keepDims: boolean }) => Tensor,
): Operator => ({
  compute: (call) => {
    const x = tensorAt(call, 0), axis = axisIn(call, numberOf(call, "axis", 0), innerShape(x).length);
    const keepDims = numberOf(call, "keepdims", 1) === 1, isLast = numberOf(call, "select_last_index", 0) === 1;
    if (!isLast) return [valueOf(call.run, "int64", f(x, { axis, keepDims }))];
    const position = f(ops.flip(x, axis), { axis, keepDims });
    return [valueOf(call.run, "int64", ops.sub(innerShape(x)[axis]! - 1, position))];
  },
});

/** Running results, perhaps from the end, perhaps without the element itself: the first one is then `start`. */
const running = (f: (x: Tensor, axis: number) => Tensor, start: number) => (x: Tensor, call: Call): Tensor => {
  const [given = 0] = numbersAt(call, 1),
    axis = axisIn(call, given, innerShape(x).length),
    length = innerShape(x)[axis]!;
  const isReverse = numberOf(call, "reverse", 0) === 1, forward = isReverse ? ops.flip(x, axis) : x;
  const results = f(forward, axis), isExclusive = numberOf(call, "exclusive", 0) === 1;
  const moved = isExclusive
    ? ops.pad(
      ops.sliceAxes(results, innerShape(x).map((_, k) => k === axis ? [0, length - 1] as const : [] as const)),
      innerShape(x).map((_, k) => k === axis ? [1, 0] as const : [0, 0] as const),
      { value: start },
    )
    : results;
  return isReverse ? ops.flip(moved, axis) : moved;
};

/** The operators of this file. */
export const reductionOperators: Operators = /* @__PURE__ */ (() => ({
  ReduceSum: over((x, settings) => ops.sum(x, settings)),
  ReduceMean: over((x, settings) => ops.mean(x, settings)),
  ReduceMax: over((x, settings) => ops.max(x, settings)),
  ReduceMin: over((x, settings) => ops.min(x, settings)),
  ReduceProd: over((x, settings) => ops.product(x, settings)),
  ReduceL1: over((x, settings) => ops.sum(ops.abs(x), settings), (x) => ops.abs(x)),
  ReduceL2: over((x, settings) => ops.sqrt(ops.sum(ops.square(x), settings)), (x) => ops.abs(x)),
  ReduceSumSquare: over((x, settings) => ops.sum(ops.square(x), settings), (x) => ops.square(x)),
  ReduceLogSum: over((x, settings) => ops.log(ops.sum(x, settings)), (x) => ops.log(x)),
  ReduceLogSumExp: over((x, settings) => ops.logSumExp(x, settings)),
  ArgMax: extremum((x, options) => ops.argmax(x, options)),
  ArgMin: extremum((x, options) => ops.argmin(x, options)),
  CumSum: { ...unary(running(ops.cumsum, 0)), known: [1] },
  CumProd: { ...unary(running(ops.cumprod, 1)), known: [1] },
}))();
