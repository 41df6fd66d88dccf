/**
 * The options of compilation.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { checkOptions, type Complete } from "../../blas/options.ts";
import { optimize, type PassName } from "../../blas/program/passes/mod.ts";
import type { Program } from "../../blas/program/program.ts";

/** The options of `compile`. */
export type CompileOptions = {
  /** How many programs are kept, one for each signature; the least recently used one is dropped. 32 if left out. */
  readonly variants?: number | undefined;
  /** Whether to warn, once, when most calls compile anew; true if left out. */
  readonly warn?: boolean | undefined;
  /** Whether to measure each instruction, so that `profileOf` tells what is slow; false if left out. */
  readonly profile?: boolean | undefined;
  /** For inspecting programs: passes to leave out, and a function that is shown the program after each. */
  readonly passes?: PassOptions | undefined;
};

/** The options of `compile` for passes. */
export type PassOptions = {
  /** Passes to leave out; the program is then slower but still correct. */
  readonly without?: readonly PassName[] | undefined;
  /** Called for every pass that has changed a program, with the new program. */
  readonly watch?: ((pass: PassName, program: string) => void) | undefined;
};

/** A program that does nothing. */
const NOTHING: Program = { parameters: [], constants: [], instructions: [], results: [] };

/**
 * Fills in the defaults.
 *
 * @throws {TypeError} If an option does not exist or has a wrong type.
 * @throws {RangeError} If `variants` is not a whole number above 0, or a pass does not exist.
 */
export function completeOptions(options: CompileOptions): Complete<CompileOptions> {
  checkOptions("compile", options, { variants: true, warn: true, profile: true, passes: true });
  const { variants = 32, warn = true, profile = false, passes = {} } = options;
  checkOptions("compile with passes", passes, { without: true, watch: true });
  optimize(NOTHING, { without: passes.without }); // refuses names that no pass has
  if (!(Number.isInteger(variants) && variants > 0)) {
    throw new RangeError(
      `Cannot compile with variants ${describe(variants)}: it must be a whole number above 0; leave it out for 32`,
    );
  }
  if (typeof warn !== "boolean") {
    throw new TypeError(`Cannot compile with warn ${describe(warn)}: it must be true or false; leave it out for true`);
  }
  if (typeof profile !== "boolean") {
    throw new TypeError(
      `Cannot compile with profile ${describe(profile)}: it must be true or false; leave it out for false`,
    );
  }
  return { variants, warn, profile, passes };
}
