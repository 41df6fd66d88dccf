/**
 * The simd engine: WebAssembly SIMD kernels, assembled on first use.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { blasOn, createContext, type SimdOptions } from "./blas.ts";
import { convolutionOn } from "./convolution/mod.ts";
import { createDraw } from "./draw.ts";
import { createMap } from "./elementwise/map.ts";
import { gatherOn } from "./gather.ts";
import { compileProgram, PRODUCTS } from "./program/compile.ts";
import { createReduce } from "./reduce.ts";
import { createRows } from "./rows.ts";

export { hasSimd } from "./features.ts";
export type { SimdOptions } from "./blas.ts";

/**
 * Makes a simd engine with its own scratch memory.
 *
 * @param options Whether to use fused multiply-add, and how large the scratch memory may become.
 */
export function simdEngine(options: SimdOptions = {}): Engine {
  const context = createContext(options), { fused } = options;
  const map = createMap(context, fused), reduce = createReduce(context);
  const blas = blasOn(context);
  const own = {
    ...blas,
    ...convolutionOn(context),
    map,
    reduce,
    rows: createRows(context, { map, reduce, copy: blas.copy, relaxed: fused }),
    ...gatherOn(context),
    draw: createDraw(context, fused),
  };
  return {
    name: "simd",
    ...own,
    compile(program, options) {
      const outside = PRODUCTS.filter((name) => this[name] !== own[name]);
      return compileProgram(program, this, { ...options, outside, ...fused !== undefined && { relaxed: fused } });
    },
  };
}
