/**
 * What all parts of the default engine compute with.
 *
 * @module
 */
import { shared } from "../shared.ts";
import { type Context, createContext } from "../simd/context.ts";
import { hasSimd } from "../simd/features.ts";

/**
 * Returns the memory and the kernels of the default engine: of the `simd` engine, or nothing if the runtime has no WebAssembly
 * SIMD, where the reference engine takes its place.
 */
export const standardContext = (): Context | undefined =>
  shared("context of the default engine", () => hasSimd() ? createContext() : undefined);
