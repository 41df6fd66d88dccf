/**
 * Schedules that say what a step is.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { Schedule } from "./schedule.ts";

/** Returns a schedule that throws a `TypeError` for steps that are not finite numbers; with others, `rate` may never end. */
export function withCheckedStep(rate: Schedule): Schedule {
  return (step) => {
    if (Number.isFinite(step)) return rate(step);
    throw new TypeError(
      `Cannot read the rate of step ${describe(step)}: it must be a finite number; pass the number of steps so far`,
    );
  };
}
