/**
 * The reference engine: plain TypeScript loops, written for clarity. Tests compare other engines with it, and it is the
 * default where WebAssembly SIMD is missing.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { bringAllKinds } from "../program/operations/all.ts";
import { conv2d, conv2dInput, conv2dWeight } from "./convolution.ts";
import { erfInverse, erfInverse32 } from "../scalar/erf_inverse.ts";
import { drawBy } from "./draw.ts";
import { gemv, ger } from "./gemm.ts";
import { asum, axpy, dot, iamax, nrm2, scal } from "./level1.ts";
import { plainLoops } from "./plain_loops.ts";
import { interpretedProgram } from "./program.ts";
import { roundingEngine } from "./rounded_map.ts";

const INVERSES = { float32: erfInverse32, float64: erfInverse } as const;

/** The reference engine. */
export const reference: Engine = /* @__PURE__ */ (() => ({
  ...plainLoops,
  draw: drawBy(() => INVERSES),
  name: "reference",
  dot,
  axpy,
  scal,
  nrm2,
  asum,
  iamax,
  ger,
  gemv,
  conv2d,
  conv2dInput,
  conv2dWeight,
  compile(program, options) {
    bringAllKinds();
    return interpretedProgram(program, this.map === plainLoops.map ? roundingEngine(this) : this, options);
  },
}))();
