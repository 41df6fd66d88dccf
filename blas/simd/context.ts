/**
 * What the functions of a `simd` engine share.
 *
 * @module
 */
import { type Context, kernelSource } from "./kernels.ts";
import { DEFAULT_MAXIMUM_BYTES, Scratch } from "./scratch.ts";

export type { Context };

/** The options of a `simd` engine. */
export type SimdOptions = {
  /** Whether to multiply and add in one instruction. Default: if the runtime has relaxed SIMD. */
  readonly fused?: boolean | undefined;
  /** The largest size of the scratch memory; larger products are computed in blocks. Default 256 MiB. */
  readonly maximumBytes?: number | undefined;
};

/** Makes the context that the operations of an engine share. Kernels are generated on first use. */
export function createContext({ fused, maximumBytes = DEFAULT_MAXIMUM_BYTES }: SimdOptions = {}): Context {
  return contextOn(new Scratch(maximumBytes), fused);
}

/** Makes the context of operations that compute in a memory. */
export const contextOn = (scratch: Scratch, fused?: boolean): Context => ({
  scratch,
  kernels: kernelSource(scratch, fused === undefined ? {} : { fused }),
});
