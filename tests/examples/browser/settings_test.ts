import { assert, assertEquals } from "@std/assert";
import {
  needsRestart,
  positionOf,
  RATE_POSITIONS,
  rateAt,
  START,
  USUAL_RATES,
} from "../../../examples/browser/settings.ts";

Deno.test("rateAt() goes from 0.0001 to 1, ten positions to a factor of ten", () => {
  assertEquals([0, 10, 20, 30, RATE_POSITIONS].map(rateAt), [0.0001, 0.001, 0.01, 0.1, 1]);
});

Deno.test("positionOf() finds every rate that the slider has, and the nearest of others", () => {
  for (let position = 0; position <= RATE_POSITIONS; position++) assertEquals(positionOf(rateAt(position)), position);
  assertEquals([positionOf(1e-9), positionOf(50)], [0, RATE_POSITIONS]);
});

Deno.test("the usual rates are close to positions of the slider", () => {
  for (const rate of Object.values(USUAL_RATES)) assert(Math.abs(rateAt(positionOf(rate)) / rate - 1) < 0.12);
});

Deno.test("needsRestart() is false for another learning rate, and true for anything else", () => {
  assert(!needsRestart(START, { ...START, learningRate: 1 }));
  assert(needsRestart(START, { ...START, width: START.width - 1 }));
  assert(needsRestart(START, { ...START, data: "moons" }));
});
