/**
 * The programs that a compiled function keeps, and the warning that most of its calls make a new one.
 *
 * @module
 */
import { targetInUse } from "../../blas/parts/target.ts";
import { changeBetween } from "./signature_change.ts";
import { type DataLeaf, matches, type Signature, signatureOfArguments } from "./signature.ts";
import type { Specialization } from "./specialization.ts";

/** The programs of a function, by the signature of its arguments and the engine in use. */
export type SpecializationCache = {
  /** Finds or makes the specialization for a list of arguments, and appends the data of the arguments. */
  find(args: readonly unknown[], data: DataLeaf[]): Specialization;
  /** Finds the specialization for a list of arguments, if there is one. */
  known(args: readonly unknown[]): Specialization | undefined;
  /** Counts a call that needed no search, since it has the signature of the one before. */
  countHit(): void;
};

/** The options for keeping a function's programs. */
export type CacheOptions = {
  /** The name of the function. */
  readonly name: string;
  /** The maximum number of programs; the least recently used one is dropped. */
  readonly variants: number;
  /** Whether to warn when most calls compile. */
  readonly warn: boolean;
};

/** The calls that the warning considers, one bit each, and how many of them may compile. */
const WINDOW = 0xffff, MOST_MISSES = 8;

/**
 * Makes the cache of a function.
 *
 * @param make Compiles the function for arguments of one signature.
 */
export function specializationCache(
  make: (args: Signature) => Specialization,
  { name, variants: capacity, warn }: CacheOptions,
): SpecializationCache {
  const kept: Specialization[] = []; // those used last in front
  let latest: Signature | undefined, misses = 0, warned = !warn;
  const countMiss = (args: Signature): void => {
    misses = (misses << 1 | 1) & WINDOW;
    if (!warned && latest !== undefined && bitsOf(misses) > MOST_MISSES) {
      warned = true;
      console.warn(warningFor(name, bitsOf(misses), capacity, latest, args));
    }
    latest = args;
  };
  return {
    known: (args) => kept.find((one) => one.engine === targetInUse() && matches(one.args, args, [])),
    countHit: () => void (misses = misses << 1 & WINDOW),
    find: (args, data) => {
      const engine = targetInUse();
      for (let k = 0; k < kept.length; k++) {
        const candidate = kept[k]!;
        data.length = 0;
        if (candidate.engine !== engine || !matches(candidate.args, args, data)) continue;
        if (k > 0) kept.unshift(...kept.splice(k, 1));
        misses = misses << 1 & WINDOW;
        return candidate;
      }
      const signature = signatureOfArguments(args);
      data.length = 0;
      if (!matches(signature, args, data)) {
        throw new TypeError(
          "Cannot call a compiled function with arguments that change while they are read: two looks at them must give " +
            "the same; pass plain records and arrays",
        );
      }
      const made = make(signature);
      countMiss(signature);
      kept.unshift(made);
      kept.length = Math.min(kept.length, capacity);
      return made;
    },
  };
}

function bitsOf(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function warningFor(name: string, count: number, capacity: number, before: Signature, after: Signature): string {
  const { cause, remedy } = changeBetween(before, after);
  return `compile: ${name === "" ? "a function" : name} was compiled anew in ${count} of its last 16 calls, because ` +
    `${cause}; ${remedy}. Where the values come back, { variants } keeps more programs than ` +
    `${capacity}; { warn: false } turns this warning off`;
}
