/**
 * What the default engine compiles programs with: what every program needs, and what operations have brought.
 *
 * A primitive names what its operations need beyond that, so that a program has the code of those operations only that it
 * uses.
 *
 * @module
 */
import { bringKinds, type Kinds } from "../program/operations/mod.ts";
import { shared } from "../shared.ts";
import { EXPONENTIALS } from "../simd/math/exponentials.ts";
import { pow, powerByMultiplying } from "../simd/math/power.ts";
import type { Lowerings, Tools } from "../simd/program/lowering.ts";
import { BASE_LOWERINGS } from "../simd/program/lowerings.ts";
import { functionsInUse, withFunctions } from "./arithmetic.ts";

/** What the operations of a primitive need in compiled programs. */
export type ProgramPart = {
  /** What lowers them to WebAssembly. */
  readonly lowerings: Lowerings;
  /** Their kinds, if not every program may have them. */
  readonly kinds: Partial<Kinds>;
};

const lowerings: { current: Lowerings } = /* @__PURE__ */ shared(
  "lowerings of the default engine",
  () => ({ current: BASE_LOWERINGS }),
);

/** Adds what an operation needs to what programs are compiled with. */
export function bring(part: ProgramPart): void {
  bringKinds(part.kinds);
  lowerings.current = { ...lowerings.current, ...part.lowerings };
}

/** Returns what programs are compiled with: the numbers of optimizers are made of exponentials and powers. */
export const toolsInUse = (): Tools => ({
  lowerings: lowerings.current,
  functions: withFunctions(functionsInUse.current, {
    ...EXPONENTIALS,
    binary: { pow },
    special: powerByMultiplying,
  }),
});
