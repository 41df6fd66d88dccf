import { assertEquals, assertThrows } from "@std/assert";
import { compile, constant, tensor64, toList, toNumber } from "../../../autograd/mod.ts";
import { decodeTree, encodeTree } from "../../../layers/mod.ts";
import { learningRate, sgd } from "../../../optim/mod.ts";
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

Deno.test("a schedule is asked once for each step, compiled too, and a state from anywhere knows its next rate", () => {
  const asked: number[] = [], learningRates = [0.5, 0.25, 0.125];
  const schedule = (step: number): number => {
    asked.push(step);
    return learningRates[step]!; // there is none for the step after the last: undefined, which is refused
  };
  const optimizer = sgd({ learningRate: schedule }), gradients = { w: tensor64([1]) };
  const start = optimizer.init({ w: tensor64([1]) });
  const step = compile((state: typeof start) => optimizer.step(state, gradients));
  for (const take of [(state: typeof start) => optimizer.step(state, gradients), step]) {
    asked.length = 0;
    const states = [start];
    for (let k = 0; k < 3; k++) states.push(take(states.at(-1)!));
    assertEquals(asked, [1, 2, 3]);
    assertEquals(states.map((state) => learningRate(state)), [0.5, 0.25, 0.125, NaN]);
    const back = decodeTree(encodeTree(states[1]!), states[1]!);
    assertEquals(back._tag === "Right" && learningRate(back.right), 0.25);
    assertEquals(toList(states[3]!.params.w), [1 - 0.875]);
    assertThrows(() => take(states[3]!), RangeError, "learningRate(3)");
  }
});
