/**
 * Counting what loops compute.
 *
 * @module
 */
import { subexpressionsOf } from "../../scalar/scalar.ts";
import { sizeOf } from "../../shape.ts";
import type { Loop } from "../program.ts";

/** Counts the functions that a loop computes, an exponential as much as an addition; what expressions share counts once. */
export function flopsOfLoop({ shape, expressions }: Loop): number {
  return sizeOf(shape) * subexpressionsOf(expressions).filter((x) => "inputs" in x).length;
}
