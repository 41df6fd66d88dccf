/**
 * Learning rates from step to step.
 *
 * @module
 */
import { callOnNumbers } from "../../autograd/callback.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import type { OptimizerState } from "../optimizer.ts";
import { type Schedule, scheduleOf } from "./schedule.ts";

/** The part of a state that determines rates. */
type RateState = Pick<OptimizerState, "step" | "learningRate" | "scheduled">;

/** The learning rates of an optimizer from step to step. */
export type Rates = {
  /** Returns the rate of the first step. */
  initial(): number;
  /** Returns the rate of the step from a state. */
  rateOf(state: RateState): Tensor<"float64">;
  /** Returns the rate of the step after it, NaN if the schedule has none: that step may never be taken. */
  rateAfter(state: RateState, step: Tensor<"float64">): Tensor<"float64">;
};

/**
 * Returns the rates of a number or a schedule. A schedule is called once for each step, when the previous step is
 * taken, so that the state holds the rate of the next one: `learningRate(state)` receives only the state, which may
 * come from a compiled step or from a file, and neither can hold the schedule, a function. If that call fails, the rate
 * is NaN, and the step that needs it throws.
 *
 * @param name The optimizer, for error messages.
 */
export function ratesOf(name: string, learningRate: number | Schedule): Rates {
  const schedule = scheduleOf(name, learningRate);
  if (typeof learningRate === "number") {
    // A rate that never changes needs no function call in a compiled step.
    return {
      initial: () => learningRate,
      rateOf: (state) => state.learningRate,
      rateAfter: (state) => state.learningRate,
    };
  }
  const orNothing = (step: number): number => {
    try {
      return schedule(step);
    } catch {
      return NaN;
    }
  };
  // A rate that the state does not know is computed again, so that the step that needs it throws.
  const known = (rate: number, step: number): number => Number.isNaN(rate) ? schedule(step) : rate;
  return {
    initial: () => schedule(0),
    rateOf: ({ scheduled, learningRate, step }) => scheduled ? callOnNumbers(known, learningRate, step) : learningRate,
    rateAfter: (_, step) => callOnNumbers(orNothing, step),
  };
}
