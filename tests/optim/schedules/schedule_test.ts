import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  cosineAnnealing,
  cosineRestarts,
  exponentialDecay,
  linearRamp,
  oneCycle,
  piecewise,
  polynomialDecay,
  type Schedule,
  scheduleOf,
  stepDecay,
  warmup,
} from "../../../optim/schedules/schedule.ts";

const over = (schedule: Schedule, ...steps: number[]): number[] => steps.map(schedule);

Deno.test("stepDecay() drops by a factor every so many steps", () => {
  assertEquals(over(stepDecay({ initial: 8, dropEvery: 3, dropRate: 0.5 }), 0, 2, 3, 5, 6, 9), [8, 8, 4, 4, 2, 1]);
});

Deno.test("exponentialDecay() is initial times exp(-rate step)", () => {
  over(exponentialDecay({ initial: 2, rate: 0.1 }), 0, 1, 50).forEach((x, k) =>
    assertAlmostEquals(x, 2 * Math.exp(-0.1 * [0, 1, 50][k]!), 1e-15)
  );
});

Deno.test("cosineAnnealing() falls from initial to final and stays there", () => {
  const schedule = cosineAnnealing({ initial: 1, steps: 100, final: 0.1 });
  assertEquals([schedule(0), schedule(100), schedule(1e6)], [1, 0.1, 0.1]);
  assertAlmostEquals(schedule(50), 0.55, 1e-15);
  assertEquals(cosineAnnealing({ initial: 1, steps: 10 })(10), 0);
  fc.assert(fc.property(fc.nat(120), (step) => assert(schedule(step) >= schedule(step + 1))));
});

Deno.test("cosineRestarts() is a cosine again and again, each as much longer as it is told", () => {
  const even = cosineRestarts({ initial: 1, steps: 5, final: 0.1 });
  const growing = cosineRestarts({ initial: 1, steps: 5, growth: 1.5, final: 0.1 });
  const cosine = (steps: number) => cosineAnnealing({ initial: 1, steps, final: 0.1 });
  fc.assert(fc.property(fc.nat(500), (step) => assertEquals(even(step), cosine(5)(step % 5))));
  assertEquals(over(growing, 4, 5, 12, 13), [cosine(5)(4), 1, growing(12), growing(13)]);
  assertAlmostEquals(growing(6), 0.1 + 0.9 * (1 + Math.cos(Math.PI / 7.5)) / 2, 1e-15);
});

Deno.test("linearRamp() and polynomialDecay() go from end to end and stay there", () => {
  assertEquals(over(linearRamp({ initial: 0.1, final: 0.7, steps: 3 }), 0, 3, 99), [0.1, 0.7, 0.7]);
  const square = polynomialDecay({ initial: 8, steps: 4, power: 2 });
  assertEquals(over(square, 0, 2, 4, 9), [8, 2, 0, 0]);
  const straight = polynomialDecay({ initial: 8, steps: 4, final: 4 }),
    ramp = linearRamp({ initial: 8, final: 4, steps: 4 });
  assertEquals(over(straight, 0, 1, 2, 3, 4, 5), over(ramp, 0, 1, 2, 3, 4, 5));
});

Deno.test("warmup() rises in a straight line and then follows the schedule from its start", () => {
  assertEquals(over(warmup({ steps: 4 }, 8), 0, 1, 2, 3, 4, 99), [2, 4, 6, 8, 8, 8]);
  const then = stepDecay({ initial: 8, dropEvery: 2, dropRate: 0.5 });
  assertEquals(over(warmup({ steps: 4 }, then), 3, 4, 5, 6, 8), [8, 8, 8, 4, 2]);
});

Deno.test("oneCycle() rises to its peak and falls below its start", () => {
  const schedule = oneCycle({ peak: 1, steps: 100 }), rates = over(schedule, ...Array(100).keys());
  assertAlmostEquals(rates[0]!, 1 / 25, 1e-15);
  assertAlmostEquals(Math.max(...rates), 1, 1e-15);
  assertEquals(rates.indexOf(Math.max(...rates)), 29);
  assertAlmostEquals(rates[99]!, 1 / 25 / 1e4, 1e-15);
  assert(rates.every((rate, k) => k === 0 || (k <= 29 ? rate > rates[k - 1]! : rate < rates[k - 1]!)));
});

Deno.test("oneCycle() is a finite rate at every step, of short runs too", () => {
  const settings = fc.record({
    steps: fc.integer({ min: 1, max: 12 }),
    rise: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
  });
  fc.assert(fc.property(settings, ({ steps, rise }) => {
    const schedule = oneCycle({ peak: 1, steps, rise });
    for (let step = 0; step <= steps + 2; step++) {
      const rate = schedule(step);
      assert(rate >= 0 && rate <= 1 + 1e-12, `${rate} at step ${step}`);
    }
  }));
});

Deno.test("piecewise() takes one rate after another, and tells schedules the step they are at", () => {
  const schedule = piecewise([[0, 1], [10, 0.1], [20, (step) => step]]);
  assertEquals(over(schedule, 0, 9, 10, 19, 20, 25), [1, 1, 0.1, 0.1, 20, 25]);
});

Deno.test("schedules refuse invalid settings, and name them", () => {
  const stepped = { initial: 1, dropEvery: 2, dropRate: 0.5 }, exponential = { initial: 1, rate: 0.1 };
  const falling = { initial: 1, steps: 10 }, cycle = { peak: 1, steps: 10 };
  const cases: readonly (readonly [string, string, number, (bad: number) => Schedule])[] = [
    ["stepDecay", "initial", NaN, (initial) => stepDecay({ ...stepped, initial })],
    ["stepDecay", "dropEvery", 0, (dropEvery) => stepDecay({ ...stepped, dropEvery })],
    ["stepDecay", "dropRate", -1, (dropRate) => stepDecay({ ...stepped, dropRate })],
    ["exponentialDecay", "rate", Infinity, (rate) => exponentialDecay({ ...exponential, rate })],
    ["exponentialDecay", "initial", -1, (initial) => exponentialDecay({ ...exponential, initial })],
    ["cosineAnnealing", "steps", 1.5, (steps) => cosineAnnealing({ ...falling, steps })],
    ["cosineAnnealing", "final", NaN, (final) => cosineAnnealing({ ...falling, final })],
    ["cosineRestarts", "initial", NaN, (initial) => cosineRestarts({ ...falling, initial })],
    ["cosineRestarts", "steps", 0, (steps) => cosineRestarts({ ...falling, steps })],
    ["cosineRestarts", "growth", 0.5, (growth) => cosineRestarts({ ...falling, growth })],
    ["cosineRestarts", "final", Infinity, (final) => cosineRestarts({ ...falling, final })],
    ["linearRamp", "initial", Infinity, (initial) => linearRamp({ ...falling, final: 0, initial })],
    ["linearRamp", "final", -1, (final) => linearRamp({ ...falling, final })],
    ["linearRamp", "steps", NaN, (steps) => linearRamp({ ...falling, final: 0, steps })],
    ["polynomialDecay", "power", 0, (power) => polynomialDecay({ ...falling, power })],
    ["polynomialDecay", "final", NaN, (final) => polynomialDecay({ ...falling, final })],
    ["warmup", "steps", 0, (steps) => warmup({ steps }, 1)],
    ["warmup", "learningRate", NaN, (rate) => warmup({ steps: 1 }, rate)],
    ["oneCycle", "peak", -1, (peak) => oneCycle({ ...cycle, peak })],
    ["oneCycle", "rise", 1, (rise) => oneCycle({ ...cycle, rise })],
    ["oneCycle", "finalDivisor", 0, (finalDivisor) => oneCycle({ ...cycle, finalDivisor })],
    ["piecewise", "learningRate", NaN, (rate) => piecewise([[0, rate]])],
  ];
  for (const [what, name, bad, make] of cases) {
    assertThrows(() => make(bad), RangeError, `Cannot build ${what} with ${name} ${bad}: ${name} must be `);
  }
  for (const pieces of [[], [[1, 1]], [[0, 1], [0, 2]], [[0, 1], [5, 1], [3, 1]], [[0, 1], [1.5, 1]]]) {
    assertThrows(
      () => piecewise(pieces as [number, number][]),
      RangeError,
      `Cannot build piecewise from steps ${
        pieces.map(([from]) => from).join(", ") || "(none)"
      }: they must be whole numbers`,
    );
  }
});

Deno.test("scheduleOf() checks the values of a schedule when they are used", () => {
  assertEquals(scheduleOf("sgd", 0.1)(7), 0.1);
  assertThrows(() => scheduleOf("sgd", -1), RangeError, "Cannot build sgd with learningRate -1: learningRate must be");
  const schedule = scheduleOf("sgd", (step) => step === 3 ? NaN : 1);
  assertEquals(schedule(2), 1);
  assertThrows(() => schedule(3), RangeError, "Cannot build sgd with learningRate(3) NaN");
});

Deno.test("oneCycle() whose rise takes one step begins at the peak, not at 0 / 0", () => {
  for (const [steps, rise] of [[10, 0.1], [2, 0.5], [4, 0.25], [100, 0.01]] as const) {
    const rates = Array.from({ length: steps }, (_, step) => oneCycle({ peak: 2, steps, rise })(step));
    assertEquals(rates[0], 2);
    assertEquals(rates.slice(1).every((rate, k) => rate < rates[k]!), true);
  }
  // To the last bit, which falling from the peak to the end by nothing would not give.
  for (const peak of [0.085, 0.17, 0.451, 0.902]) {
    const rates = { peak, steps: 10, finalDivisor: 10 };
    assertEquals([oneCycle({ ...rates, rise: 0.1 })(0), oneCycle({ ...rates, rise: 0.5 })(4)], [peak, peak]);
  }
});
