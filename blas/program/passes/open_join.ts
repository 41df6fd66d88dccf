/**
 * Joins whose parts a pass changes one by one: the parts that read a value are found without a search through all of them.
 *
 * @module
 */
import type { JoinPart } from "../operations/join.ts";
import type { Loop } from "../program.ts";

/** The parts of a join while they change. */
export type OpenJoin = {
  /** The present parts. */
  readonly parts: readonly JoinPart[];
  /** Lists the places of the parts that read a value. */
  readonly reading: (value: number) => readonly number[];
  /**
   * Replaces the loop of a part.
   *
   * @returns The values that no part has read before, and those that no part reads any more.
   */
  readonly replace: (
    place: number,
    loop: Loop,
  ) => { readonly added: readonly number[]; readonly gone: readonly number[] };
};

/** Opens a join with some parts; the given list stays as it is. */
export function openJoin(given: readonly JoinPart[]): OpenJoin {
  const parts = [...given], places = new Map<number, Set<number>>();
  const add = (place: number, value: number): boolean => {
    const known = places.get(value);
    if (known === undefined) places.set(value, new Set([place]));
    else known.add(place);
    return known === undefined;
  };
  const take = (place: number, value: number): boolean => {
    const known = places.get(value);
    if (known === undefined || !known.delete(place) || known.size > 0) return false;
    return places.delete(value);
  };
  parts.forEach(({ loop }, place) => valuesOf(loop).forEach((value) => add(place, value)));
  return {
    parts,
    reading: (value) => [...places.get(value) ?? []],
    replace: (place, loop) => {
      const before = valuesOf(parts[place]!.loop), after = valuesOf(loop);
      parts[place] = { ...parts[place]!, loop };
      // What stays is added first, so that it is never gone.
      const added = [...after].filter((value) => !before.has(value) && add(place, value));
      return { added, gone: [...before].filter((value) => !after.has(value) && take(place, value)) };
    },
  };
}

const valuesOf = ({ operands }: Loop): ReadonlySet<number> => new Set(operands.map(({ value }) => value));
