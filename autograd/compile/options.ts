/**
 * How a function is compiled: what its caller may say.
 *
 * @module
 */
import { checkOptions } from "../../blas/options.ts";
import { optimize, type PassName } from "../../blas/program/passes/mod.ts";
import type { Program } from "../../blas/program/program.ts";

/** The options of `compile`. */
export type CompileOptions = {
  /** How many programs are kept, one for each signature; beyond, the one unused for the longest time is dropped. 32. */
  readonly variants?: number;
  /** Whether to warn, once, when most calls compile anew; true if left out. */
  readonly warn?: boolean;
  /** For those who look into a program: passes to leave out, and a function that is shown the program after each. */
  readonly passes?: PassOptions;
};

/** What `compile` lets its caller say of passes. */
export type PassOptions = {
  /** Passes to leave out; the program is then slower, and as correct. */
  readonly without?: readonly PassName[];
  /** Is told of every pass that has changed a program, and shown the program that it made. */
  readonly watch?: (pass: PassName, program: string) => void;
};

/** A program that does nothing. */
const NOTHING: Program = { parameters: [], constants: [], instructions: [], results: [] };

/**
 * Fills in what is left out.
 *
 * @throws {TypeError} If there are others, or one is of another type.
 * @throws {RangeError} If `variants` is not a whole number above 0, or a pass does not exist.
 */
export function completeOptions(options: CompileOptions): Required<CompileOptions> {
  checkOptions("compile", options, { variants: true, warn: true, passes: true });
  const { variants = 32, warn = true, passes = {} } = options;
  checkOptions("compile with passes", passes, { without: true, watch: true });
  optimize(NOTHING, { without: passes.without }); // refuses names that no pass has
  if (!(Number.isInteger(variants) && variants > 0)) {
    throw new RangeError(
      `Cannot compile with variants ${String(variants)}: it must be a whole number above 0; leave it out for 32`,
    );
  }
  if (typeof warn !== "boolean") {
    throw new TypeError(`Cannot compile with warn ${String(warn)}: it must be true or false; leave it out for true`);
  }
  return { variants, warn, passes };
}
