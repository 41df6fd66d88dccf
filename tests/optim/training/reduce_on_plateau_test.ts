import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import json from "../../fixtures/optimizers.json" with { type: "json" };
import {
  type Plateau,
  reduceOnPlateau,
  type ReduceOnPlateauOptions,
} from "../../../optim/training/reduce_on_plateau.ts";

const { losses, cases } = json.plateaus;

for (const { options, rates } of cases) {
  Deno.test(`reduceOnPlateau(${JSON.stringify(options)}) sets PyTorch's rates`, () => {
    const reduce = reduceOnPlateau(options as ReduceOnPlateauOptions); // JSON knows only texts of "min" and "max"
    let plateau: Plateau = reduce.initial;
    losses.forEach((loss, k) => {
      plateau = reduce(plateau, loss);
      assertAlmostEquals(plateau.learningRate, rates[k]!, 1e-15, `check ${k}`);
    });
  });
}

Deno.test("NaN is never an improvement, and undefined begins", () => {
  const reduce = reduceOnPlateau({ initial: 1, factor: 0.5, patience: 1 });
  const plateau = [NaN, NaN].reduce<Plateau | undefined>(reduce, undefined);
  assertEquals(plateau, { learningRate: 0.5, best: Infinity, waited: 0, cooling: 0 });
});

Deno.test("reduceOnPlateau() refuses invalid settings, and names them", () => {
  const build = (options: object) => () => reduceOnPlateau({ initial: 1, ...options } as ReduceOnPlateauOptions);
  const bad: readonly (readonly [options: object, message: string])[] = [
    [{ initial: 0 }, "initial 0: initial must be a finite number above 0"],
    [{ factor: 1 }, "factor 1: factor must be in (0, 1)"],
    [{ patience: 0.5 }, "patience 0.5: patience must be a whole number of 0 or more"],
    [{ cooldown: -1 }, "cooldown -1"],
    [{ threshold: NaN }, "threshold NaN"],
    [{ minimum: -1 }, "minimum -1"],
    [{ epsilon: Infinity }, "epsilon Infinity"],
  ];
  for (const [options, message] of bad) assertThrows(build(options), RangeError, message);
  assertThrows(build({ mode: "least" }), TypeError, 'with mode "least": it must be "min" or "max"; pass one of them');
  assertThrows(build({ thresholdMode: 1 }), TypeError, 'thresholdMode 1: it must be "relative" or "absolute"');
  assertThrows(build({ pateince: 1 }), TypeError, 'the option "pateince"');
  const reduce = reduceOnPlateau({ initial: 1 });
  assertThrows(() => reduce(undefined, "1" as unknown as number), TypeError, "Cannot reduce on plateau by");
  assertThrows(() => reduce(3 as unknown as Plateau, 1), TypeError, "Cannot go on reducing from 3");
});

Deno.test("reduceOnPlateau() counts as better what is better by more than the threshold, in either mode", () => {
  const waits = (options: Partial<ReduceOnPlateauOptions>, ...values: number[]) =>
    values.reduce<Plateau | undefined>(reduceOnPlateau({ initial: 1, threshold: 0.1, ...options }), undefined)!.waited;
  assertEquals([waits({}, 10, 9.5), waits({}, 10, 8.5)], [1, 0]);
  assertEquals([waits({ mode: "max" }, 10, 10.5), waits({ mode: "max" }, 10, 11.5)], [1, 0]);
  const absolute = { thresholdMode: "absolute" } as const;
  assertEquals([waits(absolute, 10, 9.95), waits(absolute, 10, 9.5)], [1, 0]);
});
