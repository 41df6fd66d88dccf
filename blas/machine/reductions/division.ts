/**
 * Rounding sums of float32 that have been added in float64, and dividing them: before, or if a quotient is a step of its own, after.
 *
 * @module
 */
import { isPowerOfTwo } from "../../simd/program/loop_expressions.ts";
import type { Vector } from "../assembler/registers.ts";
import type { Code } from "../code/code.ts";
import { Lanes } from "../code/lanes.ts";
import type { AccumulatorOptions } from "./accumulator.ts";
import { narrow, narrowEverywhere, narrowFirst } from "./halves.ts";

/** What rounds and divides. */
export type Division = {
  /** Writes two vectors of sums, which are lost, as one. */
  readonly lanes: (to: Vector, low: Vector, high: Vector) => void;
  /** Rounds and divides a sum that is in all lanes: the result is in all of them, for a reduction in the first. */
  readonly everywhere: (x: Vector) => void;
  /** Divides the sums of a reduction that are float32. */
  readonly rounded: (x: Vector) => void;
};

/** Returns how sums are rounded and divided. */
export function divisionOf(
  code: Code,
  { divisor = 1, ofReduction = false }: Pick<AccumulatorOptions, "divisor" | "ofReduction">,
): Division {
  const wide = new Lanes(code, "float64");
  // The product with the reciprocal of a power of two is the quotient, and takes less time.
  const isExact = isPowerOfTwo(divisor) && [divisor, 1 / divisor].every((x) => Math.fround(x) === x);
  const before = (x: Vector): void => {
    if (divisor !== 1 && !ofReduction) wide.binary("mul", x, x, wide.constant(1 / divisor));
  };
  const after = (x: Vector, single = new Lanes(code, "float32")): void => {
    if (divisor === 1 || !ofReduction) return;
    single.binary(isExact ? "mul" : "div", x, x, single.constant(isExact ? 1 / divisor : divisor));
  };
  return {
    lanes: (to, low, high) => {
      before(low);
      before(high);
      narrow(code, to, low, high);
      after(to);
    },
    everywhere: (x) => {
      before(x);
      if (!ofReduction) return narrowEverywhere(code, x, x);
      narrowFirst(code, x, x);
      after(x, new Lanes(code, "float32", 128));
    },
    rounded: after,
  };
}
