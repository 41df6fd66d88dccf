import { assert, assertEquals, assertGreater } from "@std/assert";
import { GRID } from "../../../../examples/browser/messages.ts";
import {
  ACTIVATION_NAMES,
  DATA_NAMES,
  LIMITS,
  OPTIMIZER_NAMES,
  type Settings,
  START,
  USUAL_RATES,
} from "../../../../examples/browser/settings.ts";
import { startSession } from "../../../../examples/browser/worker/session.ts";

const trained = (change: Partial<Settings>, steps: number) => {
  const settings = { ...START, ...change }, rate = change.learningRate ?? USUAL_RATES[settings.optimizer];
  return startSession(settings).advance(steps, rate).look();
};

for (const data of DATA_NAMES) {
  Deno.test(`the playground learns ${data} with the settings at the beginning`, () => {
    assertGreater(trained({ data }, 1600).testAccuracy, 0.95);
  });
}

for (const optimizer of OPTIMIZER_NAMES) {
  Deno.test(`${optimizer} learns moons and circles at its usual rate`, () => {
    assertGreater(trained({ data: "moons", optimizer }, 1600).testAccuracy, 0.95);
    assertGreater(trained({ data: "circles", optimizer }, 800).testAccuracy, 0.95);
  });
}

for (const activation of ACTIVATION_NAMES) {
  Deno.test(`${activation} learns moons`, () => {
    assertGreater(trained({ data: "moons", activation }, 800).testAccuracy, 0.95);
  });
}

Deno.test("a moment has a view for the output and each neuron, and all weights", () => {
  for (const layers of LIMITS.layers) {
    for (const width of LIMITS.width) {
      const { views, weights, step } = trained({ layers, width }, 3);
      assertEquals(step, 3);
      assertEquals(views.length, (1 + layers * width) * GRID * GRID);
      assertEquals(weights.length, 2 * width + (layers - 1) * width * width + width);
      assert(views.every(Number.isFinite) && views.subarray(0, GRID * GRID).every((p) => p >= 0 && p <= 1));
    }
  }
});

Deno.test("advance() leaves the moment before as it was, and many small steps are as one large one", () => {
  const start = startSession(START), before = start.look();
  const atOnce = start.advance(13, 0.02).look();
  const byAndBy = start.advance(4, 0.02).advance(1, 0.02).advance(8, 0.02).look();
  assertEquals(start.look(), before);
  assertEquals(byAndBy, atOnce);
});

Deno.test("the learning rate may change between two steps", () => {
  const session = startSession(START).advance(5, 0.02);
  assertEquals(session.advance(1, 0).look().weights, session.look().weights);
  assert(session.advance(1, 0.02).look().weights[0] !== session.look().weights[0]);
});
