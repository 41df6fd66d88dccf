/**
 * Learning rates from step to step.
 *
 * @module
 */
import { callOnNumbers } from "../../autograd/callback.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import type { OptimizerState } from "../optimizer.ts";
import { type Schedule, scheduleOf } from "./schedule.ts";

/** A state as far as rates go. */
type RateState = Pick<OptimizerState, "step" | "learningRate" | "scheduled">;

/** The learning rates of an optimizer from step to step. */
export type Rates = {
  /** That of the first step. */
  initial(): number;
  /** That of the step from a state. */
  rateOf(state: RateState): Tensor<"float64">;
  /** That of the step after it, NaN if the schedule has none: it may never be taken. */
  rateAfter(state: RateState, step: Tensor<"float64">): Tensor<"float64">;
};

/**
 * The rates of a number or a schedule. A schedule is asked for each step once, when the step before it is taken, so that
 * the state tells the rate of the next one; where that fails nothing is lost, and the step that needs the rate throws.
 *
 * @param name The optimizer on whose behalf; errors name it.
 */
export function ratesOf(name: string, learningRate: number | Schedule): Rates {
  const schedule = scheduleOf(name, learningRate);
  if (typeof learningRate === "number") {
    // A rate that never changes is not a call of a function in a compiled step.
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
  // A rate that the state does not know is asked for again, so that the step that needs it throws.
  const known = (rate: number, step: number): number => Number.isNaN(rate) ? schedule(step) : rate;
  return {
    initial: () => schedule(0),
    rateOf: ({ scheduled, learningRate, step }) => scheduled ? callOnNumbers(known, learningRate, step) : learningRate,
    rateAfter: (_, step) => callOnNumbers(orNothing, step),
  };
}
