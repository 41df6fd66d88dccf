/**
 * The number of functions that loops compute.
 *
 * @module
 */
import { subexpressionsOf } from "../../scalar/scalar.ts";
import { sizeOf } from "../../shape.ts";
import type { Loop } from "../program.ts";

/** Counts the functions that a loop computes: an exponential counts like an addition, and a shared subexpression counts once. */
export function flopsOfLoop({ shape, expressions }: Loop): number {
  return sizeOf(shape) * subexpressionsOf(expressions).filter((x) => "inputs" in x).length;
}
