/**
 * Counting how often values are read.
 *
 * @module
 */
import { operandsOf } from "../operands.ts";
import type { DraftInstruction } from "./draft.ts";

/** Counts for each value the operands and results of a program that are this value. */
export function readerCounts(
  steps: readonly DraftInstruction[],
  results: readonly number[],
): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  const count = (value: number) => counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const { operation } of steps) for (const { value } of operandsOf(operation)) count(value);
  results.forEach(count);
  return counts;
}
