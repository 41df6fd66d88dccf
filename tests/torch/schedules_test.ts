import { assert } from "@std/assert";
import {
  cosineAnnealing,
  cosineRestarts,
  exponentialDecay,
  joinSchedules,
  linearRamp,
  oneCycle,
  piecewise,
  type Schedule,
  stepDecay,
} from "../../mod.ts";
import { assertAccountsFor } from "./awaited.ts";
import { assertNumbersAgree, fixtures, type ScheduleCase } from "./fixtures.ts";

/** By PyTorch's names; the settings are those of the generating script. */
const SCHEDULES: Readonly<Record<string, Schedule>> = {
  StepLR: stepDecay({ initial: 0.1, dropEvery: 5, dropRate: 0.5 }),
  MultiStepLR: piecewise([[0, 0.1], [3, 0.01], [8, 0.001], [15, 0.0001]]),
  ExponentialLR: exponentialDecay({ initial: 0.1, rate: -Math.log(0.9) }),
  CosineAnnealingLR: cosineAnnealing({ initial: 0.1, steps: 20 }),
  CosineAnnealingLR_tmax8_eta: cosineAnnealing({ initial: 0.1, steps: 8, final: 0.01 }),
  CosineAnnealingWarmRestarts: cosineRestarts({ initial: 0.1, steps: 4, growth: 2, final: 0.001 }),
  OneCycleLR_cos: oneCycle({ peak: 0.1, steps: 20 }),
  OneCycleLR_linear: joinSchedules(
    [[linearRamp({ initial: 0.01, final: 0.1, steps: 4 }), 4]],
    linearRamp({ initial: 0.1, final: 0.0001, steps: 15 }),
  ),
  LinearLR_warmup: linearRamp({ initial: 0.01, final: 0.1, steps: 5 }),
};

/** Where ours goes its own way on purpose: from which step, and why. */
const DEPARTURES: Readonly<Record<string, { readonly from: number; readonly reason: string }>> = {
  CosineAnnealingLR_tmax8_eta: {
    from: 9,
    reason: "PyTorch's cosine rises again beyond T_max; cosineAnnealing stays at its final rate",
  },
};

/** Schedules that ours cannot express, and why. */
const NOT_OFFERED: Readonly<Record<string, string>> = {
  ReduceLROnPlateau: "it depends on a metric, and a schedule is a function of the step alone",
};

/** Rates over PyTorch's: all 1. An absolute comparison would be blind to the small ones. */
const ratios = (name: string, { lrs }: ScheduleCase): number[] =>
  lrs.map((rate, step) => SCHEDULES[name]!(step) / rate);

for (const recorded of fixtures.schedulers.filter(({ name }) => name in SCHEDULES)) {
  const { name } = recorded, departure = DEPARTURES[name]?.from ?? recorded.lrs.length;
  Deno.test(`${name}: the rate of each of ${departure} steps is PyTorch's`, () => {
    const shared = ratios(name, recorded).slice(0, departure);
    assertNumbersAgree(shared, shared.map(() => 1), 1e-12, "the rate over PyTorch's");
  });
}

for (const [name, { from, reason }] of Object.entries(DEPARTURES)) {
  Deno.test(`${name}: from step ${from} on it is another: ${reason}`, () => {
    const later = ratios(name, fixtures.schedulers.find((recorded) => recorded.name === name)!).slice(from);
    assert(later.every((ratio) => Math.abs(ratio - 1) > 0.01));
  });
}

Deno.test("every schedule that PyTorch recorded is tested, or named with the reason why not", () => {
  assertAccountsFor(fixtures.schedulers.map(({ name }) => name), Object.keys(SCHEDULES), Object.keys(NOT_OFFERED));
});
