/**
 * The reference engine: plain TypeScript loops, written for clarity. Tests compare other engines with it, and it is the
 * default where WebAssembly SIMD is missing.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { conv2d, conv2dInput, conv2dWeight } from "./convolution.ts";
import { draw } from "./draw.ts";
import { allWithin, gather, scatterAdd } from "../gather.ts";
import { gemm, gemmBatched, gemv, ger } from "./gemm.ts";
import { asum, axpy, copy, dot, iamax, nrm2, scal } from "./level1.ts";
import { map } from "./map.ts";
import { interpretedProgram } from "./program.ts";
import { reduce } from "./reduce.ts";
import { sumByLoops } from "./sum.ts";
import { joinBy } from "../join.ts";
import { rowsBy } from "../rows.ts";
import { searchRegions } from "../search.ts";

/** The reference engine. */
export const reference: Engine = /* @__PURE__ */ (() => ({
  name: "reference",
  dot,
  axpy,
  scal,
  nrm2,
  asum,
  iamax,
  copy,
  join: joinBy(copy),
  search: searchRegions,
  ger,
  gemv,
  gemm,
  gemmBatched,
  conv2d,
  conv2dInput,
  conv2dWeight,
  map,
  reduce,
  rows: rowsBy({ map, reduce }, sumByLoops),
  gather,
  scatterAdd,
  allWithin,
  draw,
  compile(program, options) {
    return interpretedProgram(program, this, options);
  },
}))();
