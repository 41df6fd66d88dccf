/**
 * The part of the default engine that computes BLAS levels 1 and 2.
 *
 * @module
 */
import { type EnginePart, enginePart } from "../engine_in_use.ts";
import * as products from "../reference/gemm.ts";
import * as reference from "../reference/level1.ts";
import { vectorsOn } from "../simd/blas.ts";
import { standardContext } from "./context.ts";

/** The names of its functions. */
type VectorFunction = "dot" | "axpy" | "scal" | "nrm2" | "asum" | "iamax" | "ger" | "gemv";

/** Computes BLAS levels 1 and 2. */
export const vectorPart: EnginePart<VectorFunction> = /* @__PURE__ */ enginePart(
  ["dot", "axpy", "scal", "nrm2", "asum", "iamax", "ger", "gemv"],
  () => {
    const context = standardContext();
    if (context !== undefined) return vectorsOn(context);
    const { dot, axpy, scal, nrm2, asum, iamax } = reference, { ger, gemv } = products;
    return { dot, axpy, scal, nrm2, asum, iamax, ger, gemv };
  },
);
