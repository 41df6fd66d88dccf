/**
 * Schedules made from schedules.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { checkSetting } from "../check_setting.ts";
import { withCheckedStep } from "./checked_step.ts";
import { type Schedule, scheduleOf } from "./schedule.ts";

/**
 * Runs one schedule after another, each from its own start, unlike `piecewise`, which passes them the step of the whole
 * run.
 *
 * @param pieces `[schedule or rate, steps]`, in order.
 * @param last The schedule or rate after them.
 * @throws {RangeError} If a number of steps is not a whole number above 0, or a rate is negative or not finite.
 *
 * @example Up, constant, down
 * ```ts
 * import { joinSchedules, linearRamp } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const up = linearRamp({ initial: 0, final: 1, steps: 2 }), down = linearRamp({ initial: 1, final: 0, steps: 2 });
 * assertEquals([0, 1, 2, 3, 4, 5, 6].map(joinSchedules([[up, 2], [1, 2]], down)), [0, 0.5, 1, 1, 1, 0.5, 0]);
 * ```
 */
export function joinSchedules(
  pieces: readonly (readonly [schedule: number | Schedule, steps: number])[],
  last: number | Schedule,
): Schedule {
  if (!Array.isArray(pieces)) {
    throw new TypeError(
      `Cannot build joinSchedules with ${
        describe(pieces)
      }: pieces must be an array of [schedule, steps]; pass [[rate, 10], …]`,
    );
  }
  const stranger = pieces.findIndex((piece) => !Array.isArray(piece));
  if (stranger >= 0) {
    throw new TypeError(
      `Cannot build joinSchedules with ${
        describe(pieces[stranger])
      } at piece ${stranger}: pieces must be an array of ` +
        "[schedule, steps]; pass [[rate, 10], …]",
    );
  }
  const final = scheduleOf("joinSchedules", last);
  const joined = pieces.reduceRight<Schedule>((after, [piece, steps], k) => {
    checkSetting(
      "joinSchedules",
      `steps of piece ${k}`,
      steps,
      (x) => Number.isInteger(x) && x > 0,
      "a whole number above 0",
    );
    const schedule = scheduleOf("joinSchedules", piece);
    return (step) => step < steps ? schedule(step) : after(step - steps);
  }, final);
  return withCheckedStep(joined);
}

/**
 * Multiplies a schedule by a factor or by another schedule.
 *
 * @throws {RangeError} If a factor or a rate is negative, NaN or infinite, now or at a step.
 *
 * @example A tenth of the rate, with a warm-up on top
 * ```ts
 * import { cosineAnnealing, linearRamp, scaleSchedule } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const cosine = cosineAnnealing({ initial: 1, steps: 4 }), rising = linearRamp({ initial: 0, final: 1, steps: 4 });
 * assertEquals(scaleSchedule(0.5, cosine)(0), 0.5);
 * assertEquals(scaleSchedule(rising, cosine)(2), 0.25);
 * ```
 */
export function scaleSchedule(factor: number | Schedule, schedule: number | Schedule): Schedule {
  const factorAt = scheduleOf("scaleSchedule", factor), rateAt = scheduleOf("scaleSchedule", schedule);
  return withCheckedStep((step) => factorAt(step) * rateAt(step));
}
