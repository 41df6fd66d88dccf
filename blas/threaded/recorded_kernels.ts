/**
 * Kernels of convolutions whose calls are recorded in lists, so that another thread makes them.
 *
 * @module
 */
import type { DType, ReadonlyDataOf } from "../dtype.ts";
import { CONVOLUTION_KERNELS } from "../simd/convolution/kernel.ts";
import { createContext } from "../simd/context.ts";
import { importEngineMemory } from "../simd/engine_memory.ts";
import { hasRelaxedSimd } from "../simd/features.ts";
import { GEMM_KERNELS } from "../simd/gemm_kernel.ts";
import type { KernelCall } from "../simd/instantiate.ts";
import type { Context, Kernels, Recording } from "../simd/kernels.ts";
import { laneInstructionsOf } from "../simd/lane_instructions.ts";
import { type Callable, ModuleBuilder } from "../wasm/mod.ts";
import type { BlockThreads } from "./blocks.ts";
import { buildCalls, recorder } from "./recorded_calls.ts";

/** The kernels that convolutions call, by their numbers in lists; float64 needs only the first ones. */
const NAMES = [
  "clear",
  "move",
  "packRuns",
  "packColumns",
  "taps",
  "tapProducts",
  "threeByThree",
  "threeByThreeProducts",
  "gemm",
  "carry",
  "narrow",
] as const;

/** How many of them add sums of float32 up in float64. */
const WIDE = 2;

/** The calls of a list, as recorded. */
export type Recorded = {
  /** The number of calls. */
  readonly calls: number;
  /** The end of the scratch memory that they use. */
  readonly top: number;
  /** Copies the results out, after the calls have been made. */
  readonly copyOut: () => void;
};

/** Kernels that only record their calls. */
export type RecordedKernels = {
  /** The memory of the threads with these kernels. */
  readonly context: Context;
  /** The same, but what the calling thread writes to that memory is written at once. */
  readonly writing: Context;
  /** Memory and kernels of the calling thread alone. */
  readonly alone: Context;
  /** Returns the kernel that makes the calls of a list, for blocks. */
  readonly kernelFor: (dtype: DType) => KernelCall;
  /** Records the calls of some work in a list at an address; without one, they are counted. */
  readonly record: (list: number | undefined, work: () => void) => Recorded;
  /** Forgets what has been copied in. */
  readonly forgetCopies: () => void;
  /** Forgets what was made for a convolution, and what has been copied in. */
  readonly forget: () => void;
};

/** Makes recorded kernels. */
export function recordedKernels({ scratch, instantiate }: BlockThreads): RecordedKernels {
  const calls = recorder(), kernels = new Map<DType, KernelCall>(), alone = createContext();
  let delayed: (() => void)[] = [], top = 0;
  const there = new Map<number, { readonly data: ReadonlyDataOf<DType>; readonly start: number }>();
  const made = new Map<string, object>();
  const recorded: Kernels = Object.fromEntries(NAMES.map((name, k) => [name, (...numbers: readonly number[]) => {
    top = Math.max(top, scratch.mark());
    calls.add(k, numbers);
    return 0;
  }]));
  const recording: Recording = {
    later: (copy) => delayed.push(copy),
    isThere: (data, start, address) => {
      const before = there.get(address);
      there.set(address, { data, start });
      return before?.data === data && before.start === start;
    },
    once: <T extends object>(key: string, make: () => T): T => {
      const value = made.get(key) ?? make();
      made.set(key, value);
      return value as T; // what this key's callers make
    },
    atOnce: alone,
  };
  const writing: Context = { scratch, kernels: () => recorded };
  return {
    context: { ...writing, recording },
    writing,
    alone,
    kernelFor: (dtype) => {
      const found = kernels.get(dtype);
      if (found !== undefined) return found;
      const m = new ModuleBuilder(), lanes = laneInstructionsOf(dtype, hasRelaxedSimd());
      importEngineMemory(m, undefined, undefined, true);
      for (const { build } of [CONVOLUTION_KERNELS, GEMM_KERNELS]) build(m, lanes);
      const names = dtype === "float64" ? NAMES.slice(0, -WIDE) : NAMES;
      const made = instantiate(m, buildCalls(m, names.map((name) => m.exported(name) as Callable<"none">))); // without results
      kernels.set(dtype, made);
      return made;
    },
    record: (list, work) => {
      delayed = [];
      top = 0;
      calls.begin(new Int32Array(scratch.memory.buffer), list);
      work();
      const copies = delayed;
      return { calls: calls.end(), top, copyOut: () => copies.forEach((copy) => copy()) };
    },
    forgetCopies: () => there.clear(),
    forget: () => {
      there.clear();
      made.clear();
    },
  };
}
