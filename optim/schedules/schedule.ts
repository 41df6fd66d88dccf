/**
 * Schedules: hyper-parameters as pure functions of the step.
 *
 * @module
 */
import { describe, isCallable } from "../../blas/describe.ts";
import { checkOptions } from "../../blas/options.ts";
import { withCheckedStep } from "./checked_step.ts";
import { checkCount, checkNotNegative, checkPositive, checkSetting } from "../check_setting.ts";

/** Returns the value at a step; steps count from 0. */
export type Schedule = (step: number) => number;

/** Returns the schedule that always gives this number. The values of schedules are checked when they are used. */
export function scheduleOf(what: string, rate: number | Schedule): Schedule {
  if (isCallable(rate)) {
    return (step) => {
      const value = rate(step);
      checkNotNegative(what, `learningRate(${step})`, value);
      return value;
    };
  }
  checkNotNegative(what, "learningRate", rate);
  return () => rate;
}

/**
 * Multiplies the rate by `dropRate` every `dropEvery` steps.
 *
 * @throws {RangeError} If a setting is not finite, `initial` or `dropRate` is negative, or `dropEvery` is not a whole
 * number above 0.
 *
 * @example
 * ```ts
 * import { stepDecay } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const rate = stepDecay({ initial: 1, dropEvery: 10, dropRate: 0.5 });
 * assertEquals([rate(9), rate(10), rate(20)], [1, 0.5, 0.25]);
 * ```
 */
export function stepDecay(
  options: { readonly initial: number; readonly dropEvery: number; readonly dropRate: number },
): Schedule {
  checkOptions("build stepDecay", options, { initial: true, dropEvery: true, dropRate: true });
  const { initial, dropEvery, dropRate } = options;
  checkNotNegative("stepDecay", "initial", initial);
  checkCount("stepDecay", "dropEvery", dropEvery);
  checkNotNegative("stepDecay", "dropRate", dropRate);
  return withCheckedStep((step) => initial * dropRate ** Math.floor(step / dropEvery));
}

/**
 * Decays exponentially: `initial * exp(-rate * step)`.
 *
 * @throws {RangeError} If a setting is not finite, or `initial` negative.
 */
export function exponentialDecay(options: { readonly initial: number; readonly rate: number }): Schedule {
  checkOptions("build exponentialDecay", options, { initial: true, rate: true });
  const { initial, rate } = options;
  checkNotNegative("exponentialDecay", "initial", initial);
  checkSetting("exponentialDecay", "rate", rate, () => true, "a finite number");
  return withCheckedStep((step) => initial * Math.exp(-rate * step));
}

/**
 * Falls from `initial` to `final` along half a cosine wave over `steps` steps, and stays there.
 *
 * @throws {RangeError} If a rate is negative or not finite, or `steps` is not a whole number above 0.
 * @see Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, 2016, eq. 5.
 */
export function cosineAnnealing(
  options: { readonly initial: number; readonly steps: number; readonly final?: number | undefined },
): Schedule {
  checkOptions("build cosineAnnealing", options, { initial: true, steps: true, final: true });
  const { initial, steps, final = 0 } = options;
  checkNotNegative("cosineAnnealing", "initial", initial);
  checkCount("cosineAnnealing", "steps", steps);
  checkNotNegative("cosineAnnealing", "final", final);
  return withCheckedStep((step) =>
    final + (initial - final) * ((1 + Math.cos(Math.PI * Math.min(step, steps) / steps)) / 2)
  );
}

/**
 * Repeats {@link cosineAnnealing} whenever it has reached its end, each time `growth` times as long.
 *
 * @param options `steps`: the length of the first run; `growth`: 1 by default, all runs equally long; `final`: 0 by
 * default, the rate that each run approaches before the next one begins.
 * @throws {RangeError} If a rate is negative or not finite, `steps` is not a whole number above 0, or `growth` is below
 * 1.
 * @see Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, 2016.
 *
 * @example
 * ```ts
 * import { cosineRestarts } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const rate = cosineRestarts({ initial: 1, steps: 2, growth: 2 });
 * assertEquals([0, 2, 6, 14].map(rate), [1, 1, 1, 1]);
 * ```
 */
export function cosineRestarts(options: {
  readonly initial: number;
  readonly steps: number;
  readonly growth?: number | undefined;
  readonly final?: number | undefined;
}): Schedule {
  checkOptions("build cosineRestarts", options, { initial: true, steps: true, growth: true, final: true });
  const { initial, steps, growth = 1, final = 0 } = options;
  checkNotNegative("cosineRestarts", "initial", initial);
  checkCount("cosineRestarts", "steps", steps);
  checkSetting("cosineRestarts", "growth", growth, (x) => x >= 1, "a finite number of 1 or more");
  checkNotNegative("cosineRestarts", "final", final);
  const rateAt = (share: number): number => final + (initial - final) * ((1 + Math.cos(Math.PI * share)) / 2);
  return withCheckedStep((step) => {
    if (growth === 1) return rateAt(step % steps / steps);
    let start = 0, length = steps;
    while (step >= start + length) {
      start += length;
      length *= growth;
    }
    return rateAt((step - start) / length);
  });
}

/**
 * Goes from `initial` to `final` in a straight line over `steps` steps, up or down, and stays there.
 *
 * @throws {RangeError} If a rate is negative or not finite, or `steps` is not a whole number above 0.
 *
 * @example
 * ```ts
 * import { linearRamp } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0, 1, 4, 9].map(linearRamp({ initial: 2, final: 0, steps: 4 })), [2, 1.5, 0, 0]);
 * ```
 */
export function linearRamp(
  options: { readonly initial: number; readonly final: number; readonly steps: number },
): Schedule {
  checkOptions("build linearRamp", options, { initial: true, final: true, steps: true });
  const { initial, final, steps } = options;
  checkNotNegative("linearRamp", "initial", initial);
  checkNotNegative("linearRamp", "final", final);
  checkCount("linearRamp", "steps", steps);
  return withCheckedStep((step) => step >= steps ? final : initial + (final - initial) * (step / steps));
}

/**
 * Falls from `initial` to `final` as `(1 - step / steps) ** power`, over `steps` steps, and stays there.
 *
 * @param options `final`: 0 by default; `power`: 1 by default, a straight line.
 * @throws {RangeError} If a rate is negative or not finite, `steps` is not a whole number above 0, or `power` is not
 * above 0.
 */
export function polynomialDecay(options: {
  readonly initial: number;
  readonly steps: number;
  readonly final?: number | undefined;
  readonly power?: number | undefined;
}): Schedule {
  checkOptions("build polynomialDecay", options, { initial: true, steps: true, final: true, power: true });
  const { initial, steps, final = 0, power = 1 } = options;
  checkNotNegative("polynomialDecay", "initial", initial);
  checkCount("polynomialDecay", "steps", steps);
  checkNotNegative("polynomialDecay", "final", final);
  checkPositive("polynomialDecay", "power", power);
  return withCheckedStep((step) => final + (initial - final) * (1 - Math.min(step, steps) / steps) ** power);
}

/**
 * Rises in a straight line over `steps` steps to the first value of another schedule, and then follows that schedule
 * from its start.
 *
 * The first step has `1 / steps` of the rate, so no step is wasted on a rate of 0.
 *
 * @param then The rate, or the schedule, after the warm-up.
 * @throws {RangeError} If `steps` is not a whole number above 0.
 */
export function warmup(options: { readonly steps: number }, then: number | Schedule): Schedule {
  checkOptions("build warmup", options, { steps: true });
  const { steps } = options;
  checkCount("warmup", "steps", steps);
  const after = scheduleOf("warmup", then);
  return withCheckedStep((step) => step < steps ? after(0) * (step + 1) / steps : after(step - steps));
}

/**
 * Rises along half a cosine wave from `peak / initialDivisor` to `peak`, then falls to `peak / initialDivisor /
 * finalDivisor`.
 *
 * @param options `peak`: the highest rate; `steps`: the total number of steps; `rise`: the share of them in which the
 * rate rises, 0.3 by default; `initialDivisor`: 25 by default; `finalDivisor`: 1e4 by default.
 * @throws {RangeError} If a setting is not finite or out of range.
 * @see Smith and Topin, Super-Convergence, 2017; with cosines as in PyTorch's OneCycleLR.
 */
export function oneCycle(options: {
  readonly peak: number;
  readonly steps: number;
  readonly rise?: number | undefined;
  readonly initialDivisor?: number | undefined;
  readonly finalDivisor?: number | undefined;
}): Schedule {
  checkOptions("build oneCycle", options, {
    peak: true,
    steps: true,
    rise: true,
    initialDivisor: true,
    finalDivisor: true,
  });
  const { peak, steps, rise = 0.3, initialDivisor = 25, finalDivisor = 1e4 } = options;
  checkNotNegative("oneCycle", "peak", peak);
  checkCount("oneCycle", "steps", steps);
  checkSetting("oneCycle", "rise", rise, (x) => x > 0 && x < 1, "between 0 and 1");
  checkPositive("oneCycle", "initialDivisor", initialDivisor);
  checkPositive("oneCycle", "finalDivisor", finalDivisor);
  const start = peak / initialDivisor, end = start / finalDivisor, top = rise * steps - 1, last = steps - 1;
  const wave = (from: number, to: number, share: number): number =>
    to + (from - to) * (1 + Math.cos(Math.PI * Math.min(Math.max(share, 0), 1))) / 2;
  return withCheckedStep((step) =>
    step <= top ? wave(start, peak, top > 0 ? step / top : 1) : wave(peak, end, (step - top) / (last - top))
  );
}

const PIECES = "pieces must be an array of [from, rate]; pass [[0, rate], …]";

/**
 * Switches from one rate to another, each from a given step on.
 *
 * @param pieces `[from, rate]`, the first from step 0, in rising order.
 * @throws {RangeError} If there are none, the first is not from 0, they do not rise, or a rate is negative or not
 * finite.
 */
export function piecewise(pieces: readonly (readonly [from: number, rate: number | Schedule])[]): Schedule {
  if (!Array.isArray(pieces)) throw new TypeError(`Cannot build piecewise with ${describe(pieces)}: ${PIECES}`);
  const stranger = pieces.findIndex((piece) => !Array.isArray(piece));
  if (stranger >= 0) {
    throw new TypeError(`Cannot build piecewise with ${describe(pieces[stranger])} at piece ${stranger}: ${PIECES}`);
  }
  const rising = pieces.every(([from], k) =>
    Number.isInteger(from) && (k === 0 ? from === 0 : from > pieces[k - 1]![0])
  );
  if (pieces.length === 0 || !rising) {
    throw new RangeError(
      `Cannot build piecewise from steps ${
        pieces.map(([from]) => describe(from)).join(", ") || "(none)"
      }: they must be whole ` +
        "numbers that rise from 0; sort them",
    );
  }
  const schedules = pieces.map(([from, rate]) => ({ from, schedule: scheduleOf("piecewise", rate) }));
  return withCheckedStep((step) => (schedules.findLast(({ from }) => from <= step) ?? schedules[0]!).schedule(step));
}
