/**
 * Slices that each step of a loop reads and writes in place, so that they are not copied.
 *
 * @module
 */
import { firstResults, operandsOf, valueTypes } from "../../../program/operands.ts";
import type { Program } from "../../../program/program.ts";
import { sizeOf } from "../../../shape.ts";
import { BYTES_PER_ELEMENT } from "../../../dtype.ts";
import type { Lowered } from "../emitter.ts";

/** Which values of a program are slices. */
export type Slices = {
  /** Whether a parameter is a slice. */
  readonly isSliced: (parameter: number) => boolean;
  /** The place, among the results, of the first that becomes a slice. */
  readonly firstYield: number;
};

/**
 * Lists the slices that need not be copied, since all code that reads or writes them respects their shifts: parameters
 * that are not results too, and results that are yielded once and not carried.
 */
export function movingValues(
  program: Program,
  lowered: readonly Lowered[],
  { isSliced, firstYield }: Slices,
): ReadonlySet<number> {
  const { parameters, results, instructions } = program, types = valueTypes(program);
  const isFixed = new Set<number>(results.slice(0, firstYield));
  instructions.forEach(({ operation }, i) => {
    if (lowered[i]!.canMove !== true) { for (const { value } of operandsOf(operation)) isFixed.add(value); }
  });
  const first = firstResults(program), moving = new Set<number>();
  const add = (value: number): void => {
    if (!isFixed.has(value) && sizeOf(types[value]!.shape) > 0) moving.add(value);
  };
  parameters.forEach((_, k) => isSliced(k) && !results.includes(k) && add(k));
  instructions.forEach((instruction, i) => {
    if (lowered[i]!.canMove !== true) return;
    instruction.results.forEach((_, k) => {
      const value = first[i]! + k;
      if (results.indexOf(value) >= firstYield && results.lastIndexOf(value) === results.indexOf(value)) add(value);
    });
  });
  return moving;
}

/** The byte sizes of values, each once, in order. */
export function sizesOf(program: Program, values: Iterable<number>): readonly number[] {
  const types = valueTypes(program);
  return [...new Set([...values].map((value) => sizeOf(types[value]!.shape) * BYTES_PER_ELEMENT[types[value]!.dtype]))];
}
