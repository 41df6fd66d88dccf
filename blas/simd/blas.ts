/**
 * The BLAS part of the `simd` engine.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { copy, join } from "./copy.ts";
import { type BlockSizes, DEFAULT_BLOCKS } from "./block_sizes.ts";
import type { Context } from "./context.ts";
import { gemm } from "./gemm.ts";
import { gemv, ger } from "./gemv.ts";
import { search } from "./search.ts";
import { asum, axpy, dot, iamax, nrm2, scal } from "./level1.ts";

/** The functions of levels 1 and 2. */
export type VectorBlas = Pick<Engine, "dot" | "axpy" | "scal" | "nrm2" | "asum" | "iamax" | "ger" | "gemv">;

/** The BLAS functions of an engine. */
export type Blas = VectorBlas & Pick<Engine, "copy" | "join" | "search" | "gemm" | "gemmBatched">;

/** Returns the functions of levels 1 and 2 that compute with a context. */
export function vectorsOn(context: Context): VectorBlas {
  return {
    dot: (x, y) => dot(context, x, y),
    axpy: (operands) => axpy(context, operands),
    scal: (operands) => scal(context, operands),
    nrm2: (x) => nrm2(context, x),
    asum: (x) => asum(context, x),
    iamax: (x) => iamax(context, x),
    ger: (operands) => ger(context, operands),
    gemv: (operands) => gemv(context, operands),
  };
}

/** Returns the BLAS functions that compute with a context. */
export function blasOn(context: Context, blocks: BlockSizes = DEFAULT_BLOCKS): Blas {
  const gemmContext = { ...context, blocks };
  return {
    ...vectorsOn(context),
    copy: (operands) => copy(context, operands),
    join: (operands) => join(context, operands),
    search: (operands) => search(context, operands),
    gemm: (operands) => gemm(gemmContext, operands),
    gemmBatched: (operands) => gemm(gemmContext, operands),
  };
}
