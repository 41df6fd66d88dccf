/**
 * Learning rates from step to step.
 *
 * @module
 */
import { callOnNumbers } from "../../autograd/callback.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { constant } from "../../autograd/values/constructors.ts";
import { toNumber } from "../../autograd/values/read.ts";
import type { OptimizerState } from "../optimizer.ts";
import { rateLeftOpen } from "./next_rate.ts";
import { type Schedule, scheduleOf } from "./schedule.ts";

/** The part of a state that determines rates. */
type RateState = Pick<OptimizerState, "step" | "learningRate" | "scheduled">;

/** The learning rates of an optimizer from step to step. */
export type Rates = {
  /** What the first state holds: the rate, or a tensor that {@link rateLeftOpen} made for the schedule. */
  readonly held: Tensor<"float64">;
  /**
   * Returns the rate of the step from a state.
   *
   * @param taken A number that is 0 if the step is computed, but not taken: then a schedule is not asked, and the rate is NaN.
   */
  rateOf(state: RateState, taken?: Tensor<"float64">): Tensor<"float64">;
  /** Returns what the state after a step holds. */
  heldAfter(state: RateState): Tensor<"float64">;
};

/**
 * Returns the rates of a number or a schedule. A schedule is called once for each step, when that step is taken: if it
 * throws, the step does, and the state is as it was. The state holds -1 in place of a schedule's rate, and `learningRate`
 * asks for it.
 *
 * @param name The optimizer, for error messages.
 */
export function ratesOf(name: string, learningRate: number | Schedule): Rates {
  const schedule = scheduleOf(name, learningRate);
  if (typeof learningRate === "number") {
    // A rate that never changes needs no function call in a compiled step.
    return {
      held: constant(learningRate, { dtype: "float64" }),
      rateOf: (state) => state.learningRate,
      heldAfter: (state) => state.learningRate,
    };
  }
  const held = rateLeftOpen(({ step }) => {
    try {
      return schedule(toNumber(step));
    } catch {
      return NaN; // the schedule may end with the training
    }
  });
  const ifTaken = (step: number, taken: number): number => taken === 0 ? NaN : schedule(step);
  return {
    held,
    rateOf: ({ scheduled, learningRate, step }, taken) => {
      if (!scheduled) return learningRate;
      return taken === undefined ? callOnNumbers(schedule, step) : callOnNumbers(ifTaken, step, taken);
    },
    heldAfter: ({ scheduled, learningRate }) => scheduled ? held : learningRate,
  };
}
