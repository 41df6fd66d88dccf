import { assert, assertEquals, assertGreaterOrEqual, assertLess, assertThrows } from "@std/assert";
import { learn, mnistProblem, PROBLEMS, SETTINGS, sweptRate } from "../../examples/problems.ts";
import { sgd, toList } from "../../mod.ts";

/** What accuracy each must reach: of 30 flowers that were not trained on, two or three are hard to tell. */
const ACCURACY: Readonly<Record<string, number>> = { xor: 1, spirals: 0.99, iris: 0.86 };

for (const [name, problem] of Object.entries(PROBLEMS)) {
  for (const { name: optimizer, make, rates } of SETTINGS) {
    Deno.test(`${optimizer} learns ${name} at the recommended rate of ${rates[problem.size]}`, () => {
      const { reached, accuracy, epochs, loss } = learn(problem, make(rates[problem.size]), 0);
      assert(reached, `loss ${loss} after ${epochs} epochs`);
      assertLess(loss, problem.loss);
      assertGreaterOrEqual(accuracy, ACCURACY[name]!);
    });
  }
}

Deno.test("learn() gives the same outcome for the same seed, and stops where the epochs are over", () => {
  const run = (seed: number) => {
    const { seconds: _, ...outcome } = learn({ ...PROBLEMS.spirals!, epochs: 2 }, sgd({ learningRate: 0.3 }), seed);
    return outcome;
  };
  assertEquals(run(1), run(1));
  assert(run(1).loss !== run(2).loss);
  assertEquals([run(1).epochs, run(1).reached], [2, false]);
  assertThrows(() => learn({ ...PROBLEMS.xor!, epochs: 0 }, sgd(), 0), RangeError, "raise epochs");
});

Deno.test("a sweep on iris suggests a rate within a factor of ten of the recommended one", () => {
  for (const { name, make, rates } of SETTINGS) {
    const swept = sweptRate(PROBLEMS.iris!, make(rates.small), 0);
    assert(swept._tag === "Some", name);
    assertLess(Math.abs(Math.log10(swept.value / rates.small)), 1, `${name}: ${swept.value}`);
  }
});

Deno.test("mnistProblem() has every image as a row of standardised pixels with its label", () => {
  const part = {
    size: 3,
    imageShape: [2, 2] as const,
    images: Uint8Array.of(0, 0, 0, 0, 255, 255, 255, 255, 0, 255, 0, 255),
    labels: Uint8Array.of(7, 0, 9),
  };
  const { train, test } = mnistProblem({ train: part, test: part }).data(0);
  assertEquals([train.x.shape, toList(train.x)], [[3, 4], [-1, -1, -1, -1, 1, 1, 1, 1, -1, 1, -1, 1]]);
  assertEquals([toList(train.labels), toList(test.labels)], [[7, 0, 9], [7, 0, 9]]);
});
