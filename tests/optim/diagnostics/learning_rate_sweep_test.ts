import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { tensor64 } from "../../../autograd/values/constructors.ts";
import { mul, square, sum } from "../../../autograd/ops/mod.ts";
import { toList } from "../../../autograd/values/read.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { valueAndGradient } from "../../../autograd/transforms/gradient.ts";
import { adam } from "../../../optim/adam.ts";
import { learningRateSweep } from "../../../optim/diagnostics/learning_rate_sweep.ts";
import { sgd } from "../../../optim/sgd.ts";
import { cosineAnnealing } from "../../../optim/schedules/schedule.ts";

/** scale x^2, whose gradient descent stops converging at a rate of 1 / scale. */
const parabola = valueAndGradient((x: Tensor<"float64">, scale: number) => sum(mul(square(x), scale)));

function* endless(): Generator<number, void> {
  for (;;) yield 10;
}

Deno.test("learningRateSweep() tries rates a constant factor apart, from the first to the last", () => {
  const sweep = learningRateSweep(sgd(), parabola, tensor64([1]), endless(), { from: 1e-5, to: 1e-3, steps: 5 });
  assertEquals(sweep.ended, "range");
  [1e-5, 10 ** -4.5, 1e-4, 10 ** -3.5, 1e-3].forEach((rate, k) => assertAlmostEquals(sweep.rates[k]!, rate, 1e-18));
  // The loss before each step: rate 20 x less than x after it.
  const losses = sweep.rates.reduce<readonly number[]>(
    (soFar, rate) => [...soFar, soFar.at(-1)! * (1 - 20 * rate) ** 2],
    [10],
  );
  sweep.losses.forEach((loss, k) => assertAlmostEquals(loss, losses[k]!, 1e-12));
});

Deno.test("learningRateSweep() keeps both ends exact where their quotient overflows", () => {
  const range = { from: 1e-200, to: 1e200, steps: 3 };
  const { rates } = learningRateSweep(sgd(), parabola, tensor64([1]), [0, 0, 0], range);
  assertEquals([rates[0], rates[2]], [1e-200, 1e200]);
  assertAlmostEquals(rates[1]!, 1, 1e-12);
});

Deno.test("learningRateSweep() smooths by a moving average that is right from the first step", () => {
  const scales = [1, 3, 3, 3], options = { from: 1e-12, to: 2e-12, steps: 4, smoothing: 0.5 };
  const { smoothed } = learningRateSweep(sgd(), parabola, tensor64([1]), scales, options);
  // By hand: (1, 0.5 + 3, ...) with weights halved each step, divided by the sum of the weights.
  [1, 7 / 3, 19 / 7, 43 / 15].forEach((value, k) => assertAlmostEquals(smoothed[k]!, value, 1e-9));
});

Deno.test("learningRateSweep() ends where the loss diverges, and suggests a rate well below", () => {
  for (const scale of [0.1, 10, 1000]) {
    const batches = Array.from({ length: 300 }, () => scale), range = { from: 1e-8, to: 1e4, steps: 240 };
    const { ended, rates, smoothed, suggestion } = learningRateSweep(sgd(), parabola, tensor64([1]), batches, range);
    assertEquals([ended, rates.length], ["diverged", smoothed.length]);
    assertLess(1 / scale, rates.at(-1)!);
    assert(suggestion._tag === "Some");
    assertLess(suggestion.value, 1 / scale);
    assertLess(0.001 / scale, suggestion.value);
  }
});

Deno.test("learningRateSweep() ends at a loss that is not finite, first or later", () => {
  const x = tensor64([1]);
  for (const bad of [NaN, Infinity]) {
    const first = learningRateSweep(sgd(), parabola, x, [bad, 1, 1]);
    assertEquals([first.ended, first.rates.length, first.suggestion._tag], ["diverged", 1, "None"]);
    assertEquals(learningRateSweep(sgd(), parabola, x, [1, 1, bad, 1]).rates.length, 3);
  }
});

Deno.test("learningRateSweep() ends with the batches, and asks for no more of them than it needs", () => {
  const x = tensor64([1]), few = learningRateSweep(sgd(), parabola, x, [1, 1, 1], { steps: 50 });
  assertEquals([few.ended, few.losses.length], ["batches", 3]);
  assertEquals(learningRateSweep(sgd(), parabola, x, []).suggestion._tag, "None");
  const asked: number[] = [];
  function* counted(): Generator<number, void> {
    for (let i = 0;; i++) {
      asked.push(i);
      yield 1;
    }
  }
  learningRateSweep(sgd(), parabola, x, counted(), { steps: 4 });
  assertEquals(asked, [0, 1, 2, 3]);
});

Deno.test("learningRateSweep() suggests nothing where the loss never falls", () => {
  const flat = valueAndGradient((x: Tensor<"float64">, _: number) => sum(mul(x, 0)));
  assertEquals(learningRateSweep(sgd(), flat, tensor64([1]), endless(), { steps: 9 }).suggestion._tag, "None");
});

Deno.test("learningRateSweep() leaves the params alone, and sets the rate whatever the optimizer's own schedule", () => {
  const x = tensor64([1, 2]), range = { from: 1e-6, to: 1e-2, steps: 20 };
  const scheduled = adam({ learningRate: cosineAnnealing({ initial: 1, steps: 3 }) });
  const losses = [adam(), scheduled].map((optimizer) =>
    learningRateSweep(optimizer, parabola, x, endless(), range).losses
  );
  assertEquals(losses[0], losses[1]);
  assertEquals(toList(x), [1, 2]);
});

Deno.test("learningRateSweep() works on losses below zero", () => {
  const negative = valueAndGradient((x: Tensor<"float64">, _: number) => sum(mul(x, -1)));
  const range = { from: 0.1, to: 10, steps: 20 };
  const { ended, suggestion } = learningRateSweep(sgd(), negative, tensor64([1]), endless(), range);
  assertEquals([ended, suggestion._tag], ["range", "Some"]);
});

Deno.test("learningRateSweep() refuses settings that mean nothing", () => {
  const refused: readonly (readonly [string, readonly number[]])[] = [
    ["from", [0, -1, NaN, Infinity]],
    ["to", [0, 1e-9, NaN, Infinity]],
    ["steps", [0, 1, 2.5, NaN, Infinity]],
    ["smoothing", [-0.1, 1, NaN]],
    ["divergence", [1, 0, NaN, Infinity]],
  ];
  for (const [name, values] of refused) {
    for (const value of values) {
      const sweep = () => learningRateSweep(sgd(), parabola, tensor64([1]), [1], { [name]: value });
      assertThrows(sweep, RangeError, `Cannot build learningRateSweep with ${name} ${value}`);
    }
  }
});

/** The suggestion for losses that come as they are written here, as the number of the step that it falls on. */
function suggestedStep(losses: readonly number[]): number {
  const scripted = (params: Tensor<"float64">, loss: number) => ({ value: tensor64(loss), gradients: mul(params, 0) });
  const { rates, suggestion } = learningRateSweep(sgd(), scripted, tensor64([1]), losses, { steps: losses.length });
  return suggestion._tag === "Some" ? rates.indexOf(suggestion.value) : NaN;
}

Deno.test("learningRateSweep() is not misled by a first batch that happens to be hard", () => {
  const falling = Array.from({ length: 100 }, (_, k) => k < 50 ? 2 : k < 70 ? 2 - (k - 50) / 10 : 0.1);
  const step = suggestedStep(falling.map((loss, k) => k === 0 ? 2.9 : loss + 0.1 * Math.sin(k * k)));
  assert(step >= 50 && step < 70, `step ${step}`);
});

Deno.test("learningRateSweep() is not misled by a loss that recovers from a leap", () => {
  const leap = (k: number): number => Math.max(2 - Math.abs(k - 85) / 3, 0);
  const losses = Array.from({ length: 100 }, (_, k) => 2 - Math.min(Math.max(k - 30, 0), 40) / 25 + leap(k));
  const step = suggestedStep(losses);
  assert(step >= 30 && step < 70, `step ${step}`);
});
