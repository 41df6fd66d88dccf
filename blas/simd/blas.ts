/**
 * The BLAS part of the `simd` engine.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { copy, join } from "./copy.ts";
import { type BlockSizes, DEFAULT_BLOCKS } from "./block_sizes.ts";
import { gemm } from "./gemm.ts";
import { gemv, ger } from "./gemv.ts";
import { search } from "./search.ts";
import { type Context, kernelSource } from "./kernels.ts";
import { asum, axpy, dot, iamax, nrm2, scal } from "./level1.ts";
import { DEFAULT_MAXIMUM_BYTES, Scratch } from "./scratch.ts";

export type { BlockSizes, Context };

/** The BLAS functions of an engine. */
export type Blas = Pick<
  Engine,
  | "dot"
  | "axpy"
  | "scal"
  | "nrm2"
  | "asum"
  | "iamax"
  | "copy"
  | "join"
  | "search"
  | "ger"
  | "gemv"
  | "gemm"
  | "gemmBatched"
>;

/** The options of a `simd` engine. */
export type SimdOptions = {
  /** Whether to multiply and add in one instruction. Default: if the runtime has relaxed SIMD. */
  readonly fused?: boolean;
  /** The largest size of the scratch memory; larger products are computed in blocks. Default 256 MiB. */
  readonly maximumBytes?: number;
};

/** Makes the context that the operations of an engine share. Kernels are generated on first use. */
export function createContext({ fused, maximumBytes = DEFAULT_MAXIMUM_BYTES }: SimdOptions = {}): Context {
  const scratch = new Scratch(maximumBytes);
  return { scratch, kernels: kernelSource(scratch, fused === undefined ? {} : { fused }) };
}

/** Returns the BLAS functions that compute with a context. */
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
    join: (operands) => join(context, operands),
    search: (operands) => search(context, operands),
    ger: (operands) => ger(context, operands),
    gemv: (operands) => gemv(context, operands),
    gemm: (operands) => gemm(gemmContext, operands),
    gemmBatched: (operands) => gemm(gemmContext, operands),
  };
}
