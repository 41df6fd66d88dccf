/**
 * What the default engine compiles programs with: what every program needs, and what operations have brought.
 *
 * A primitive brings what its operations need beyond that, so that a program has the code of those operations only that
 * it uses.
 *
 * @module
 */
import { EXPONENTIALS } from "../simd/math/exponentials.ts";
import { pow, powerByMultiplying } from "../simd/math/power.ts";
import type { Tools } from "../simd/program/lowering.ts";
import { BASE_LOWERINGS } from "../simd/program/lowerings.ts";
import { broughtLowerings } from "./brought.ts";
import { functionsInUse, withFunctions } from "./arithmetic.ts";

/** Returns what programs are compiled with: the numbers of optimizers are made of exponentials and powers. */
export const toolsInUse = (): Tools => ({
  lowerings: { ...BASE_LOWERINGS, ...broughtLowerings.current },
  functions: withFunctions(functionsInUse.current, {
    ...EXPONENTIALS,
    binary: { pow },
    special: powerByMultiplying,
  }),
});
