/**
 * Stops training when the loss on held-out data stops improving.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkFields, checkSetting } from "../check_setting.ts";
import type { Option } from "../../deps.ts";
import * as option from "../../blas/option.ts";
import { type Fold, foldOf } from "./fold.ts";

/** The input of each check, for example after an epoch. */
export type Check<A> = {
  /** The loss on data that training does not see; smaller is better. For accuracy pass `1 - accuracy`. */
  readonly loss: number;
  /** The value to keep if it is the best, such as the state of the optimizer, or the parameters. */
  readonly value: A;
};

/** The state of early stopping. */
export type EarlyStopping<A> = {
  /** Whether the losses have not improved for long enough. Later checks change nothing. */
  readonly stopped: boolean;
  /** The check with the lowest loss and its number, counted from 0; `none` before the first finite loss. */
  readonly best: Option<Check<A> & { readonly check: number }>;
  /**
   * The loss of the last check that counted as an improvement, with which the next one is compared; Infinity before
   * any.
   */
  readonly reference: number;
  /** The number of checks since then. */
  readonly waited: number;
  /** The number of checks so far. */
  readonly checks: number;
};

/** The options of {@link earlyStopping}. */
export type EarlyStoppingOptions = {
  /** The number of consecutive checks without improvement before training stops. */
  readonly patience: number;
  /**
   * The smallest decrease from the last improvement that counts as an improvement; any decrease if left out.
   */
  readonly minimumImprovement?: number | undefined;
};

/**
 * Makes a reducer that stops training when the loss on held-out data has not improved for `patience` checks in a row,
 * and keeps the best value: `stopping = stop(stopping, { loss, value })` after each check, starting with
 * `stop.initial`.
 *
 * A loss that is NaN or infinite is not an improvement. A loss that is lower than any before, but by less than
 * `minimumImprovement`, is kept as the best and does not reset the count; several that add up to it do.
 *
 * @typeParam A The type of the value that is kept.
 * @param options How long to wait, and what counts as an improvement.
 * @returns A reducer.
 * @throws {RangeError} If the patience is not a whole number of 1 or more, or the improvement is negative, NaN or
 * infinite.
 * @see Prechelt, Early Stopping - But When?, 1998.
 *
 * @example
 * ```ts
 * import { earlyStopping } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const stop = earlyStopping<string>({ patience: 2 });
 * let stopping = stop.initial;
 * for (const [epoch, loss] of [0.9, 0.5, 0.6, 0.7, 0.1].entries()) {
 *   stopping = stop(stopping, { loss, value: `parameters after epoch ${epoch}` });
 *   if (stopping.stopped) break;
 * }
 * assert(stopping.best._tag === "Some");
 * assertEquals([stopping.checks, stopping.best.value.value], [4, "parameters after epoch 1"]);
 * ```
 */
export function earlyStopping<A>(
  options: EarlyStoppingOptions,
): Fold<EarlyStopping<A>, Check<A>> {
  checkOptions("build earlyStopping", options, { patience: true, minimumImprovement: true });
  const { patience, minimumImprovement = 0 } = options;
  const check = (name: string, value: number, allowed: (x: number) => boolean, wanted: string): void =>
    checkSetting("earlyStopping", name, value, allowed, wanted);
  check("patience", patience, (n) => Number.isInteger(n) && n >= 1, "a whole number of 1 or more");
  check("minimumImprovement", minimumImprovement, (x) => x >= 0, "a finite number of 0 or more");
  return foldOf<EarlyStopping<A>, Check<A>>(
    { stopped: false, best: option.none, reference: Infinity, waited: 0, checks: 0 },
    (before, check) => {
      checkFields("go on stopping early from", before, ["best", "checks"], "what it returned, or undefined to begin");
      checkFields("stop early by", check, ["loss"], "{ loss, value }");
      const { loss, value } = check;
      if (typeof loss !== "number") {
        throw new TypeError(`Cannot stop early by loss ${describe(loss)}: it must be a number; read it with toNumber`);
      }
      if (before.stopped) return before;
      const lowest = before.best._tag === "Some" ? before.best.value.loss : Infinity;
      const lower = Number.isFinite(loss) && loss < lowest;
      const improved = lower && loss < before.reference - minimumImprovement;
      const waited = improved ? 0 : before.waited + 1;
      return {
        stopped: waited >= patience,
        best: lower ? option.some({ loss, value, check: before.checks }) : before.best,
        reference: improved ? loss : before.reference,
        waited,
        checks: before.checks + 1,
      };
    },
  );
}
