/**
 * The simd engine: WebAssembly SIMD kernels, assembled on first use.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { blasOn } from "./blas.ts";
import { createContext, type SimdOptions } from "./context.ts";
import { convolutionOn } from "./convolution/mod.ts";
import { createDraw } from "./draw.ts";
import { createMap } from "./elementwise/map.ts";
import { ALL_FUNCTIONS } from "./math/mod.ts";
import { gatherOn } from "./gather.ts";
import { compileProgram, PRODUCTS } from "./program/compile.ts";
import { createReduce } from "./reduce.ts";
import { createRows } from "./rows.ts";

export { hasSimd } from "./features.ts";
export type { SimdOptions } from "./context.ts";

/** The functions of a simd engine besides `compile`. */
export type SimdFunctions = Omit<Engine, "name" | "compile">;

/**
 * Makes a simd engine of its functions.
 *
 * @param fused Whether programs use fused multiply-add. Default: if the runtime has it.
 */
export function simdEngineOf(own: SimdFunctions, fused?: boolean): Engine {
  return {
    name: "simd",
    ...own,
    compile(program, options) {
      const outside = PRODUCTS.filter((name) => this[name] !== own[name]);
      return compileProgram(program, this, { ...options, outside, ...fused !== undefined && { relaxed: fused } });
    },
  };
}

/**
 * Makes a simd engine with its own scratch memory.
 *
 * @param options Whether to use fused multiply-add, and how large the scratch memory may become.
 */
export function simdEngine(options: SimdOptions = {}): Engine {
  const context = createContext(options), { fused } = options;
  const map = createMap(context, () => ALL_FUNCTIONS, fused), reduce = createReduce(context), blas = blasOn(context);
  const rows = createRows(context, { map, reduce, copy: blas.copy, relaxed: fused, functions: () => ALL_FUNCTIONS });
  const draw = createDraw(context, () => ALL_FUNCTIONS, fused);
  return simdEngineOf({ ...blas, ...convolutionOn(context), ...gatherOn(context), map, reduce, rows, draw }, fused);
}
