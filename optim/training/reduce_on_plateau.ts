/**
 * Lowers the learning rate when the loss stops improving.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { checkOptions, type Complete } from "../../blas/options.ts";
import { checkFields, checkNotNegative, checkPositive, checkSetting } from "../check_setting.ts";
import { type Fold, foldOf } from "./fold.ts";

/** The state of {@link reduceOnPlateau}. */
export type Plateau = {
  /** The learning rate from here on; pass it to `withLearningRate`. */
  readonly learningRate: number;
  /** The best value so far; Infinity, or with `mode: "max"` -Infinity, before any. */
  readonly best: number;
  /** The number of checks in a row that were no better. */
  readonly waited: number;
  /** The number of checks to come that do not count, since the rate has just been lowered. */
  readonly cooling: number;
};

/** The options of {@link reduceOnPlateau}. */
export type ReduceOnPlateauOptions = {
  /** The initial learning rate. */
  readonly initial: number;
  /** The factor of a reduction, in (0, 1); 0.1 if left out. */
  readonly factor?: number | undefined;
  /** The number of checks in a row without improvement that are tolerated; 10 if left out. */
  readonly patience?: number | undefined;
  /** Whether smaller values are better, `"min"`, or larger ones, `"max"`; `"min"` if left out. */
  readonly mode?: "min" | "max" | undefined;
  /** How much better a value must be to count as an improvement; 0.0001 if left out. */
  readonly threshold?: number | undefined;
  /** Whether the threshold is a share of the best value or a difference; `"relative"` if left out. */
  readonly thresholdMode?: "relative" | "absolute" | undefined;
  /** The number of checks after a reduction that do not count; 0 if left out. */
  readonly cooldown?: number | undefined;
  /** The smallest learning rate; 0 if left out. */
  readonly minimum?: number | undefined;
  /** The rate is reduced only by more than this; 1e-8 if left out. */
  readonly epsilon?: number | undefined;
};

/**
 * Makes a reducer that lowers the learning rate when a value, such as the loss on held-out data, has not improved for more
 * than `patience` checks: `plateau = reduce(plateau, loss)` after each epoch, beginning with `reduce.initial`, and
 * `withLearningRate(state, plateau.learningRate)` for the steps that follow. The numbers are those of PyTorch's
 * `ReduceLROnPlateau`. NaN is never an improvement.
 *
 * @returns A reducer.
 * @throws {RangeError} If a setting is NaN, infinite or out of range.
 * @throws {TypeError} If an option does not exist; when it is used, if the value is not a number.
 *
 * @example
 * ```ts
 * import { reduceOnPlateau } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const reduce = reduceOnPlateau({ initial: 0.5, factor: 0.5, patience: 1 });
 * const losses = [3, 2, 2, 2, 1, 1, 1];
 * const plateaus = losses.map((_, k) => losses.slice(0, k + 1).reduce(reduce, reduce.initial));
 * assertEquals(plateaus.map(({ learningRate }) => learningRate), [0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125]);
 * ```
 */
export function reduceOnPlateau(options: ReduceOnPlateauOptions): Fold<Plateau, number> {
  const { initial, factor, patience, mode, threshold, thresholdMode, cooldown, minimum, epsilon } = settingsOf(options);
  const margin = mode === "min" ? -threshold : threshold;
  const isBetter = (value: number, best: number): boolean => {
    const target = thresholdMode === "relative" ? best * (1 + margin) : best + margin;
    return mode === "min" ? value < target : value > target;
  };
  return foldOf<Plateau, number>(
    Object.freeze({ learningRate: initial, best: mode === "min" ? Infinity : -Infinity, waited: 0, cooling: 0 }),
    (before, value) => {
      checkFields("go on reducing from", before, ["learningRate", "best"], "what it returned, or undefined to begin");
      if (typeof value !== "number") {
        throw new TypeError(
          `Cannot reduce on plateau by ${describe(value)}: it must be a number; read it with toNumber`,
        );
      }
      const improved = isBetter(value, before.best), isCooling = before.cooling > 0;
      const waited = improved || isCooling ? 0 : before.waited + 1, isDue = waited > patience;
      const lower = Math.max(before.learningRate * factor, minimum);
      return Object.freeze({
        learningRate: isDue && before.learningRate - lower > epsilon ? lower : before.learningRate,
        best: improved ? value : before.best,
        waited: isDue ? 0 : waited,
        cooling: isDue ? cooldown : Math.max(before.cooling - 1, 0),
      });
    },
  );
}

function settingsOf(options: ReduceOnPlateauOptions): Complete<ReduceOnPlateauOptions> {
  const what = "reduceOnPlateau";
  checkOptions(`build ${what}`, options, {
    initial: true,
    factor: true,
    patience: true,
    mode: true,
    threshold: true,
    thresholdMode: true,
    cooldown: true,
    minimum: true,
    epsilon: true,
  });
  const { initial, factor = 0.1, patience = 10, mode = "min", threshold = 1e-4, thresholdMode = "relative" } = options;
  const { cooldown = 0, minimum = 0, epsilon = 1e-8 } = options;
  const whole = (x: number): boolean => Number.isInteger(x) && x >= 0;
  checkPositive(what, "initial", initial);
  checkSetting(what, "factor", factor, (x) => x > 0 && x < 1, "in (0, 1)");
  checkSetting(what, "patience", patience, whole, "a whole number of 0 or more");
  checkSetting(what, "cooldown", cooldown, whole, "a whole number of 0 or more");
  for (const [name, value] of Object.entries({ threshold, minimum, epsilon })) checkNotNegative(what, name, value);
  checkChoice(what, "mode", mode, ["min", "max"]);
  checkChoice(what, "thresholdMode", thresholdMode, ["relative", "absolute"]);
  return { initial, factor, patience, mode, threshold, thresholdMode, cooldown, minimum, epsilon };
}

function checkChoice(what: string, name: string, value: unknown, choices: readonly string[]): void {
  if (typeof value === "string" && choices.includes(value)) return;
  throw new TypeError(
    `Cannot build ${what} with ${name} ${typeof value === "string" ? `"${value}"` : describe(value)}: it must be ${
      choices.map((choice) => `"${choice}"`).join(" or ")
    }; pass one of them`,
  );
}
