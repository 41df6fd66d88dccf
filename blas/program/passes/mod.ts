/**
 * Passes: functions from programs to programs that compute the same faster.
 *
 * Programs are drafts while passes run, so that values keep their numbers from one pass to the next.
 *
 * @module
 */
import type { Program } from "../program.ts";
import { type Draft, draftOf, type Pass, programOf } from "./draft.ts";
import { compareWindows } from "./compare_windows.ts";
import { foldConstants } from "./fold_constants.ts";
import { foldViews } from "./fold_views.ts";
import { fuseChecks } from "./fuse_checks.ts";
import { fuseEpilogue } from "./fuse_epilogue.ts";
import { fuseMaps } from "./fuse_maps.ts";
import { joinRows } from "./join_rows.ts";
import { joinSums } from "./join_sums.ts";
import { multiplyTables } from "./multiply_tables.ts";
import { optimizeBodies } from "./optimize_bodies.ts";
import { fuseRows } from "./fuse_rows.ts";
import { removeDeadCode } from "./remove_dead_code.ts";
import { commonSubexpressions } from "./common_subexpressions.ts";
import { simplify } from "./simplify.ts";
import { separateReductions } from "./separate_reductions.ts";
import { sumOuterProducts } from "./sum_outer_products.ts";
import { transposeProducts } from "./transpose_products.ts";

export {
  commonSubexpressions,
  compareWindows,
  foldConstants,
  foldViews,
  fuseChecks,
  fuseEpilogue,
  fuseMaps,
  fuseRows,
  joinRows,
  joinSums,
  multiplyTables,
  removeDeadCode,
  separateReductions,
  simplify,
  sumOuterProducts,
  transposeProducts,
};

/** The name of a pass. */
export type PassName =
  | "foldConstants"
  | "simplify"
  | "joinSums"
  | "foldViews"
  | "removeDeadCode"
  | "commonSubexpressions"
  | "transposeProducts"
  | "multiplyTables"
  | "compareWindows"
  | "joinRows"
  | "fuseMaps"
  | "separateReductions"
  | "sumOuterProducts"
  | "fuseEpilogue"
  | "optimizeBodies"
  | "fuseRows"
  | "fuseChecks";

/** Passes by name, in the order in which they run. */
export const passes: { readonly [Name in PassName]: Pass } = {
  foldConstants,
  simplify,
  joinSums,
  foldViews,
  removeDeadCode,
  commonSubexpressions,
  transposeProducts,
  multiplyTables,
  compareWindows,
  joinRows,
  fuseMaps,
  separateReductions,
  sumOuterProducts,
  fuseEpilogue,
  optimizeBodies: (draft) => optimizeBodies(draft, optimize, (body) => clean(body)),
  fuseRows,
  fuseChecks,
};

/** Passes that make instructions fewer and simpler, and passes that join the remaining ones. */
const CLEANING = [
  "foldConstants",
  "simplify",
  "joinSums",
  "foldViews",
  "removeDeadCode",
  "commonSubexpressions",
  "transposeProducts",
  "multiplyTables",
  "compareWindows",
  "optimizeBodies",
] as const;
const FUSING = [
  "joinRows",
  "fuseMaps",
  "separateReductions",
  "sumOuterProducts",
  "fuseEpilogue",
  "fuseRows",
  "fuseChecks",
] as const;

/** The largest number of rounds, more than any known program needs; the program is correct after each. */
const MAX_ROUNDS = 6;

/** The options of {@link optimize}. */
export type OptimizeOptions = {
  /** Passes to leave out, in programs inside instructions too; the program is then slower, but still correct. */
  readonly without?: readonly PassName[] | undefined;
  /** Called after every pass that has changed the program, with the changed program. */
  readonly watch?: ((pass: PassName, program: Program) => void) | undefined;
};

/**
 * Runs all passes until nothing changes.
 *
 * @returns A program that gives the same results up to rounding.
 * @throws {RangeError} If a pass to be left out does not exist.
 */
export function optimize(program: Program, options: OptimizeOptions = {}): Program {
  const start = draftOf(program), end = optimizeDraft(start, options);
  return end === start ? program : programOf(end);
}

/** Does what {@link optimize} does, from a draft to a draft. */
export function optimizeDraft(start: Draft, { without = [], watch }: OptimizeOptions = {}): Draft {
  checkNames(without);
  /** For each pass, the last draft that it left unchanged. */
  const idle = new Map<PassName, Draft>();
  const inner = (body: Program): Program => optimize(body, { without });
  const cleanInner = (body: Program): Program => clean(body, without);
  const run = (now: Draft, name: PassName): Draft => {
    if (without.includes(name) || idle.get(name) === now) return now;
    const next = name === "optimizeBodies" ? optimizeBodies(now, inner, cleanInner) : passes[name](now);
    if (next === now) idle.set(name, now);
    else watch?.(name, programOf(next));
    return next;
  };
  const settle = (start: Draft, names: readonly PassName[]): Draft => {
    let now = start;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const next = names.reduce(run, now);
      if (next === now) break;
      now = next;
    }
    return now;
  };
  return settle(settle(start, CLEANING), [...FUSING, ...CLEANING]);
}

/** Runs the passes that do not join instructions. Programs inside instructions are left alone, so that they are optimized once. */
const clean = (program: Program, without: readonly PassName[] = []): Program =>
  optimize(program, { without: [...without, ...FUSING, "optimizeBodies"] });

function checkNames(names: readonly string[]): void {
  const wrong = names.find((name) => !Object.hasOwn(passes, name));
  if (wrong === undefined) return;
  throw new RangeError(
    `Cannot optimize without "${wrong}": it must be the name of a pass; the passes are ${
      Object.keys(passes).join(", ")
    }`,
  );
}
