/**
 * The rates that schedules have for the next step, for whoever asks: no step asks before it is taken.
 *
 * @module
 */
import type { Tensor } from "../../autograd/tensor.ts";
import { constant } from "../../autograd/values/constructors.ts";
import { shared } from "../../blas/shared.ts";
import type { OptimizerState } from "../optimizer.ts";

/** Returns the rate of the next step from a state. */
export type NextRate = (state: OptimizerState) => number;

/**
 * The functions that know the next rate, by the tensor that states hold in place of it: a state can come out of a compiled
 * step, and that cannot hold a function, but it can hold this very tensor.
 */
const known = /* @__PURE__ */ shared("next rates", () => new WeakMap<Tensor, NextRate>());

/** What states hold in place of a rate that a schedule will be asked for: no rate is negative, and states compare as equal. */
const OPEN = -1;

/** Makes the tensor that states hold in place of a rate that is not known before the step. */
export function rateLeftOpen(next: NextRate): Tensor<"float64"> {
  const held = constant(OPEN, { dtype: "float64" });
  known.set(held, next);
  return held;
}

/** Returns the number that a tensor in place of a rate stands for: NaN if only a schedule knows it. */
export const rateIn = (held: number): number => held === OPEN ? NaN : held;

/** Returns the function that knows the next rate in place of a tensor, if it was made by {@link rateLeftOpen}. */
export const nextRateOf = (held: Tensor): NextRate | undefined => known.get(held);
