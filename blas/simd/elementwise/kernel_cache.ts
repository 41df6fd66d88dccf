/**
 * The cache of kernels.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import { argumentsOf } from "../../scalar/arguments.ts";
import type { Scalar } from "../../scalar/scalar.ts";
import type { VectorFunctions } from "../math/vector_functions.ts";
import { isShared } from "../engine_memory.ts";
import { type Instantiate, instantiateOn } from "../instantiate.ts";
import { type Kernel, makeKernel } from "./kernel.ts";

/** The operands and kernels of an expression. */
export type Entry = {
  /** The operands that occur in it. */
  readonly used: readonly number[];
  /** Returns the kernel for a dtype and a pattern of operands, `repeated` as in `KernelOptions`. */
  readonly kernel: (dtype: DType, repeated: number) => Kernel;
};

/** The kernels of one expression, by dtype and pattern of operands. */
type KernelsOf = { readonly [D in DType]: Map<number, Kernel> };

/** The largest number of kernels to keep; a program whose source contains its operations needs fewer. */
const LIMIT = 2048;

/**
 * Makes kernels on first use. If there are too many, it drops those of the expression that has been known longest.
 *
 * @param memory The memory that they compute in.
 * @param relaxed Whether they use relaxed SIMD.
 * @param functions Returns the functions for which vector code has been loaded so far.
 * @param instantiate Makes a function of a kernel's module. Default: an instance on the memory.
 */
export function kernelCache(
  memory: WebAssembly.Memory,
  relaxed: boolean,
  functions: () => VectorFunctions,
  instantiate: Instantiate = (builder, run) => instantiateOn(memory, functions().slow)(builder, run),
): (expression: Scalar) => Entry {
  const entries = new Map<Scalar, Entry & { readonly count: () => number }>();
  const shared = isShared(memory);
  let total = 0;
  const makeEntry = (given: Scalar) => {
    const expression = functions().rewrite(given), kernels: KernelsOf = { float32: new Map(), float64: new Map() };
    const kernel = (dtype: DType, repeated: number): Kernel => {
      const found = kernels[dtype].get(repeated);
      if (found !== undefined) return found;
      const made = makeKernel({ expression, dtype, repeated, relaxed, shared, functions: functions() }, instantiate);
      kernels[dtype].set(repeated, made);
      if (++total > LIMIT) forgetOldest();
      return made;
    };
    return {
      used: argumentsOf(expression),
      kernel,
      count: () => Object.values(kernels).reduce((sum, { size }) => sum + size, 0),
    };
  };
  const forgetOldest = () => {
    const [expression, entry] = entries.entries().next().value!;
    total -= entry.count();
    entries.delete(expression);
  };
  return (expression) => {
    const found = entries.get(expression);
    if (found !== undefined) return found;
    const made = makeEntry(expression);
    entries.set(expression, made);
    return made;
  };
}
