/**
 * Passes: functions from programs to programs that compute the same with less.
 *
 * @module
 */
import type { Program } from "../program.ts";
import { foldConstants } from "./fold_constants.ts";
import { foldViews } from "./fold_views.ts";
import { fuseEpilogue } from "./fuse_epilogue.ts";
import { fuseMaps } from "./fuse_maps.ts";
import { removeDeadCode } from "./remove_dead_code.ts";
import { commonSubexpressions } from "./common_subexpressions.ts";
import { simplify } from "./simplify.ts";
import { transposeProducts } from "./transpose_products.ts";

export {
  commonSubexpressions,
  foldConstants,
  foldViews,
  fuseEpilogue,
  fuseMaps,
  removeDeadCode,
  simplify,
  transposeProducts,
};

/** Passes by name, in the order in which they run. */
export const passes = {
  foldConstants,
  simplify,
  foldViews,
  commonSubexpressions,
  removeDeadCode,
  transposeProducts,
  fuseMaps,
  fuseEpilogue,
} as const;

/** The name of a pass. */
export type PassName = keyof typeof passes;

/** Passes that make instructions fewer and simpler, and those that join what is left. */
const CLEANING = [
  "foldConstants",
  "simplify",
  "foldViews",
  "commonSubexpressions",
  "removeDeadCode",
  "transposeProducts",
] as const;
const FUSING = ["fuseMaps", "fuseEpilogue"] as const;

/** More rounds than any program has been seen to need; each leaves a program that is correct. */
const MAX_ROUNDS = 6;

/**
 * Runs all passes until nothing changes.
 *
 * @param program The program.
 * @param options `without`: passes to leave out; the program is then slower, and as correct.
 * @returns A program that gives the same results to rounding.
 */
export function optimize(program: Program, { without = [] }: { readonly without?: readonly PassName[] } = {}): Program {
  /** The programs that passes had nothing to do with. */
  const idle = new Map<PassName, Program>();
  const run = (now: Program, name: PassName): Program => {
    if (without.includes(name) || idle.get(name) === now) return now;
    const next = passes[name](now);
    if (next === now) idle.set(name, now);
    return next;
  };
  const settle = (start: Program, names: readonly PassName[]): Program => {
    let now = start;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const next = names.reduce(run, now);
      if (next === now) break;
      now = next;
    }
    return now;
  };
  return settle(settle(program, CLEANING), [...FUSING, ...CLEANING]);
}
