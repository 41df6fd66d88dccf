import { assertEquals, assertThrows } from "@std/assert";
import { constant, toNumber } from "../../../autograd/mod.ts";
import { ratesOf } from "../../../optim/schedules/rates.ts";

const number = (value: number) => constant(value, { dtype: "float64" });
const stateAt = (step: number, rate: number, scheduled = true) => ({
  step: number(step),
  learningRate: number(rate),
  scheduled,
});

/** A schedule of two steps. */
const short = (step: number): number => {
  if (step > 1) throw new RangeError("the schedule has ended");
  return [0.1, 0.2][step]!;
};

Deno.test("a fixed rate stays that of the state", () => {
  const rates = ratesOf("sgd", 0.1);
  assertEquals(rates.initial(), 0.1);
  assertEquals(toNumber(rates.rateOf(stateAt(3, 0.5))), 0.5);
  assertEquals(toNumber(rates.rateAfter(stateAt(3, 0.5), number(4))), 0.5);
});

Deno.test("a schedule that has ended gives NaN for the next step, and throws when the rate is needed", () => {
  const rates = ratesOf("sgd", short);
  assertEquals([rates.initial(), toNumber(rates.rateAfter(stateAt(0, 0.1), number(1)))], [0.1, 0.2]);
  assertEquals(toNumber(rates.rateAfter(stateAt(1, 0.2), number(2))), NaN);
  assertThrows(() => rates.rateOf(stateAt(2, NaN)), RangeError, "the schedule has ended");
});

Deno.test("a rate that was set replaces the schedule's", () => {
  assertEquals(toNumber(ratesOf("sgd", short).rateOf(stateAt(5, 0.7, false))), 0.7);
});
