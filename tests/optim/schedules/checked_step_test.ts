import { assertEquals, assertThrows } from "@std/assert";
import { withCheckedStep } from "../../../optim/schedules/checked_step.ts";
import {
  cosineAnnealing,
  cosineRestarts,
  exponentialDecay,
  joinSchedules,
  linearRamp,
  oneCycle,
  piecewise,
  polynomialDecay,
  scaleSchedule,
  stepDecay,
  warmup,
} from "../../../optim/mod.ts";

const cosine = cosineAnnealing({ initial: 1, steps: 4 });

const schedules = {
  cosineAnnealing: cosine,
  cosineRestarts: cosineRestarts({ initial: 1, steps: 4, growth: 2 }),
  exponentialDecay: exponentialDecay({ initial: 1, rate: 0.1 }),
  joinSchedules: joinSchedules([[cosine, 3]], cosine),
  linearRamp: linearRamp({ initial: 0, final: 1, steps: 4 }),
  oneCycle: oneCycle({ peak: 1, steps: 10 }),
  piecewise: piecewise([[0, 1], [3, 0.5]]),
  polynomialDecay: polynomialDecay({ initial: 1, steps: 3 }),
  scaleSchedule: scaleSchedule(2, cosine),
  stepDecay: stepDecay({ initial: 1, dropEvery: 2, dropRate: 0.5 }),
  warmup: warmup({ steps: 2 }, cosine),
};

for (const [name, schedule] of Object.entries(schedules)) {
  Deno.test(`${name}() says that a step must be a finite number, instead of never ending`, () => {
    for (const step of [Infinity, NaN, undefined, null, Symbol("s"), 1n, Object.create(null)]) {
      assertThrows(() => schedule(step), TypeError, "it must be a finite number; pass the number of steps so far");
    }
  });
}

Deno.test("withCheckedStep() hands on steps that are numbers", () => {
  assertEquals([0, 3, 2.5].map(withCheckedStep((step) => 2 * step)), [0, 6, 5]);
});
