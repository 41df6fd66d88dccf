/**
 * The memory and the kernels that all parts of the default engine share.
 *
 * @module
 */
import { shared } from "../shared.ts";
import { type Context, contextOn } from "../simd/context.ts";
import { hasSimd } from "../simd/features.ts";
import { Scratch } from "../simd/scratch.ts";

/**
 * Returns the memory of the default engine; `undefined` if the runtime has no WebAssembly SIMD, where the reference engine
 * is the default.
 */
export const standardScratch = (): Scratch | undefined =>
  shared("memory of the default engine", () => hasSimd() ? new Scratch() : undefined);

/** Returns the memory and the kernels of the default engine; `undefined` without WebAssembly SIMD. */
export const standardContext = (): Context | undefined =>
  shared("context of the default engine", () => {
    const scratch = standardScratch();
    return scratch && contextOn(scratch);
  });
