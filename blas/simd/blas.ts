/**
 * The BLAS part of the `simd` engine.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { copy } from "./copy.ts";
import { type BlockSizes, DEFAULT_BLOCKS } from "./block_sizes.ts";
import { gemm } from "./gemm.ts";
import { gemv, ger } from "./gemv.ts";
import { type Context, kernelSource } from "./kernels.ts";
import { asum, axpy, dot, iamax, nrm2, scal } from "./level1.ts";
import { DEFAULT_MAXIMUM_BYTES, Scratch } from "./scratch.ts";

export type { BlockSizes, Context };

/** The functions of an engine that are BLAS. */
export type Blas = Pick<
  Engine,
  "dot" | "axpy" | "scal" | "nrm2" | "asum" | "iamax" | "copy" | "ger" | "gemv" | "gemm" | "gemmBatched"
>;

/** How a `simd` engine is made. */
export type SimdOptions = {
  /** Whether to multiply and add in one instruction. Default: where the runtime has relaxed SIMD. */
  readonly fused?: boolean;
  /** What the scratch memory may take; larger products are computed in blocks. Default 256 MiB. */
  readonly maximumBytes?: number;
};

/** Makes what the operations of an engine compute with. Kernels are generated when first used. */
export function createContext({ fused, maximumBytes = DEFAULT_MAXIMUM_BYTES }: SimdOptions = {}): Context {
  const scratch = new Scratch(maximumBytes);
  return { scratch, kernels: kernelSource(scratch, fused === undefined ? {} : { fused }) };
}

/** The BLAS functions on a context. */
export function blasOn(context: Context, blocks: BlockSizes = DEFAULT_BLOCKS): Blas {
  const gemmContext = { ...context, blocks };
  return {
    dot: (x, y) => dot(context, x, y),
    axpy: (operands) => axpy(context, operands),
    scal: (operands) => scal(context, operands),
    nrm2: (x) => nrm2(context, x),
    asum: (x) => asum(context, x),
    iamax: (x) => iamax(context, x),
    copy: (operands) => copy(context, operands),
    ger: (operands) => ger(context, operands),
    gemv: (operands) => gemv(context, operands),
    gemm: (operands) => gemm(gemmContext, operands),
    gemmBatched: (operands) => gemm(gemmContext, operands),
  };
}
