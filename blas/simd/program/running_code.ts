/**
 * One step of running results, in vectors: the values kept of the elements so far, and the results for the next
 * elements.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import type { RunningForm } from "../../program/operations/running.ts";
import { f32, f32x4, f64, f64x2, type FunctionBuilder, type Local, v128 } from "../../wasm/mod.ts";
import { shuffle, type Vector } from "../lane_instructions.ts";
import { type VectorMath, vectorMathOf } from "../math/vector_math.ts";

/** The state of a line in each lane, and its next step. */
export type RunningStep = {
  /**
   * Emits the next elements, and returns the results.
   *
   * @param given The elements of each operand, in locals.
   * @param isFirst Whether they are the first ones.
   * @param position Their position along the line; `undefined` for the first.
   */
  readonly next: (given: readonly Vector[], isFirst: boolean, position: Local<"i32"> | undefined) => Vector;
};

/** Prepares the state of lines. */
export function runningStep(math: VectorMath<FunctionBuilder>, form: RunningForm): RunningStep {
  switch (form) {
    case "product":
      return inDoubles(math, (state, [x], isFirst) => isFirst ? x! : f64x2.mul(state, x!));
    case "recurrence":
      return inDoubles(math, (state, [a, b], isFirst) => {
        if (isFirst) return b!;
        const factor = math.f.let(a!), isZero = f64x2.eq(factor, f64x2.splat(0));
        return f64x2.add(v128.andnot(f64x2.mul(factor, state), isZero), b!);
      });
    case "max":
      return extremum(math, (best, x) => math.float.max(best, x));
    case "min":
      return extremum(math, (best, x) => math.float.min(best, x));
    case "argmax":
    case "argmin":
      return search(math, form);
    case "logSumExp":
      return logSumExp(math);
  }
}

/** Keeps the state in float64: two vectors for four float32. */
function inDoubles(
  { f, dtype }: VectorMath<FunctionBuilder>,
  next: (state: Vector, given: readonly Vector[], isFirst: boolean) => Vector,
): RunningStep {
  const states = Array.from({ length: dtype === "float32" ? 2 : 1 }, () => f.local("v128"));
  return {
    next: (given, isFirst) => {
      states.forEach((state, half) => f.set(state, next(state, given.map((x) => widened(x, dtype, half)), isFirst)));
      return f.let(narrowed(states, dtype));
    },
  };
}

/** The first or the second half of four float32 as float64. */
const widened = (x: Vector, dtype: DType, half: number): Vector =>
  dtype === "float64" ? x : f64x2.promote_low_f32x4(half === 0 ? x : shuffle(x, x, [2, 3, 2, 3]));

const narrowed = ([low, high]: readonly Vector[], dtype: DType): Vector =>
  dtype === "float64" ? low! : shuffle(f32x4.demote_f64x2_zero(low!), f32x4.demote_f64x2_zero(high!), [0, 1, 4, 5]);

/** A maximum of WebAssembly is NaN if either operand is. */
function extremum({ f }: VectorMath<FunctionBuilder>, better: (best: Vector, x: Vector) => Vector): RunningStep {
  const best = f.local("v128");
  return {
    next: ([x], isFirst) => {
      f.set(best, isFirst ? x! : better(best, x!));
      return best;
    },
  };
}

function search({ f, dtype, float }: VectorMath<FunctionBuilder>, form: "argmax" | "argmin"): RunningStep {
  const best = f.local("v128"), found = f.local("v128");
  return {
    next: ([x], isFirst, position) => {
      if (isFirst || position === undefined) {
        f.set(best, x!);
        f.set(found, float.const(0));
        return found;
      }
      const reaches = form === "argmax" ? float.ge(x!, best) : float.le(x!, best);
      const isFirstNaN = v128.andnot(float.ne(x!, x!), float.ne(best, best));
      const isBetter = f.let(v128.or(reaches, isFirstNaN));
      const number = dtype === "float32"
        ? f32x4.splat(f32.convert_i32_s(position))
        : f64x2.splat(f64.convert_i32_s(position));
      f.set(best, v128.bitselect(x!, best, isBetter));
      f.set(found, v128.bitselect(number, found, isBetter));
      return found;
    },
  };
}

/** Keeps the largest element so far, and the sum of `exp(x - largest)`, in float64. */
function logSumExp(math: VectorMath<FunctionBuilder>): RunningStep {
  const wide = vectorMathOf({ ...math, dtype: "float64" }), { f, dtype } = math, { constant, choose, functions } = wide;
  const halves = Array.from({ length: dtype === "float32" ? 2 : 1 }, () => [f.local("v128"), f.local("v128")] as const);
  const exp = functions.unary.exp!, log = functions.unary.log!; // all functions are there
  const next = (x: Vector, peak: Local<"v128">, sum: Local<"v128">): Vector => {
    const equal = f.let(f64x2.eq(x, peak)), isBelow = f.let(f64x2.le(x, peak));
    const away = exp(wide, f.let(f64x2.neg(f64x2.abs(f64x2.sub(x, peak)))));
    // The difference of equal infinities would be NaN; if all elements are -Infinity, the sum is 0.
    const alike = choose(f64x2.eq(x, constant(-Infinity)), constant(0), constant(1));
    const share = f.let(choose(equal, alike, away));
    f.set(sum, choose(isBelow, f64x2.add(sum, share), f64x2.add(f64x2.mul(sum, share), constant(1))));
    f.set(peak, choose(isBelow, peak, x));
    const whole = f64x2.add(peak, f.let(log(wide, sum)));
    return f.let(choose(f64x2.eq(sum, constant(0)), constant(-Infinity), whole));
  };
  return {
    next: ([x], isFirst) =>
      f.let(narrowed(
        halves.map(([peak, sum], half) => {
          if (isFirst) {
            f.set(peak, f64x2.const(-Infinity));
            f.set(sum, f64x2.const(0));
          }
          return next(f.let(widened(x!, dtype, half)), peak, sum);
        }),
        dtype,
      )),
  };
}
