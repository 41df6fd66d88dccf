/**
 * The memory and the kernels that all parts of the default engine share.
 *
 * @module
 */
import { shared } from "../shared.ts";
import { type Context, createContext } from "../simd/context.ts";
import { hasSimd } from "../simd/features.ts";

/**
 * Returns the memory and the kernels of the default engine; `undefined` if the runtime has no WebAssembly SIMD, where
 * the reference engine is the default.
 */
export const standardContext = (): Context | undefined =>
  shared("context of the default engine", () => hasSimd() ? createContext() : undefined);
