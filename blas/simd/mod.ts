/**
 * The simd engine: WebAssembly SIMD kernels, assembled when they are first needed.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { blasOn, createContext, type SimdOptions } from "./blas.ts";
import { convolutionOn } from "./convolution/mod.ts";
import { createMap } from "./elementwise/map.ts";
import { createReduce } from "./reduce.ts";

export { hasSimd } from "./features.ts";
export type { SimdOptions } from "./blas.ts";

/**
 * Makes a simd engine with a scratch memory of its own.
 *
 * @param options Whether to use fused multiply-add, and how large the scratch memory may become.
 */
export function simdEngine(options: SimdOptions = {}): Engine {
  const context = createContext(options);
  return {
    name: "simd",
    ...blasOn(context),
    ...convolutionOn(context),
    map: createMap(context, options.fused),
    reduce: createReduce(context),
  };
}
