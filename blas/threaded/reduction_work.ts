/**
 * Blocks of reductions: what threads compute, one block after another.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import { accumulatorType, type Reduction } from "../reduction.ts";
import type { Elements } from "../simd/elementwise/transfer.ts";
import { buildReductions, makeReduceKernels, type ReduceKernels } from "../simd/reduce_kernel.ts";
import { buildWindows, makeWindowsKernel, type WindowsKernel } from "../simd/reduce_windows_kernel.ts";
import { importEngineMemory } from "../simd/engine_memory.ts";
import type { KernelCall } from "../simd/instantiate.ts";
import { Scratch } from "../simd/scratch.ts";
import { type Callable, ModuleBuilder } from "../wasm/mod.ts";
import type { BlockThreads } from "./blocks.ts";
import { buildCalls, listBytes, recorder } from "./recorded_calls.ts";

/** The kernels of reductions, in the order of their numbers. */
const NAMES = ["rows", "columns", "windows"] as const;

/** The name of a kernel. */
export type ReductionKernel = typeof NAMES[number];

/** The most calls of kernels in a block. */
export const MOST_CALLS = 64;

/** Memory in which blocks are computed. */
export type Place = {
  /** The memory as elements, and as accumulators. */
  readonly heap: Elements;
  readonly accumulators: Elements;
  /** Calls a kernel, now or after the block has been loaded. */
  readonly call: (kernel: ReductionKernel, numbers: readonly number[]) => void;
};

/** A reduction in blocks. */
export type ReductionWork = {
  readonly count: number;
  /** The bytes of memory that each slot needs, and those that all of them share. */
  readonly bytes: number;
  readonly shared: number;
  /** Returns how many blocks must have been stored before one is loaded. Default: 0. */
  readonly after?: (block: number) => number;
  /** Copies in what a block needs, and calls up to {@link MOST_CALLS} kernels. */
  readonly load: (block: number, place: Place, address: number, shared: number) => void;
  /** Copies out results. */
  readonly store: (block: number, place: Omit<Place, "call">, address: number, shared: number) => void;
  /** Whether blocks need no others: any may be computed first. */
  readonly isFree: boolean;
};

/** Computes a reduction in blocks; `false` if the shared memory is too small. */
export type RunReduction = (reduction: Reduction, dtype: DType, work: ReductionWork) => boolean;

/** The kernels of a reduction for a dtype: one that makes the calls of a list, and those of the calling thread. */
type Kernels = {
  readonly list: KernelCall;
  readonly own: ReduceKernels & { readonly windows: WindowsKernel };
};

/** Returns the function that computes blocks of reductions on the threads. */
export function reductionWorker({ scratch, slots, instantiate, run }: BlockThreads): RunReduction {
  const known = new Map<string, Kernels>(), own = new Scratch(), calls = recorder();
  const kernelsOf = (reduction: Reduction, dtype: DType): Kernels => {
    const key = `${reduction} ${dtype}`, found = known.get(key);
    if (found !== undefined) return found;
    const m = new ModuleBuilder();
    importEngineMemory(m, undefined, undefined, true);
    buildReductions(m, reduction, dtype);
    buildWindows(m, reduction, dtype);
    const list = instantiate(m, buildCalls(m, NAMES.map((name) => m.exported(name) as Callable<"none">))); // without results
    const windows = makeWindowsKernel(own.memory, reduction, dtype);
    const made = { list, own: { ...makeReduceKernels(own.memory, reduction, dtype), windows } };
    known.set(key, made);
    return made;
  };
  const heapsOf = (memory: Scratch, reduction: Reduction, dtype: DType) => ({
    heap: memory.data(dtype) as Elements, // of either dtype
    accumulators: memory.data(accumulatorType(reduction, dtype)) as Elements,
  });
  return (reduction, dtype, { count, bytes, shared, after, load, store, isFree }) => {
    const mark = scratch.mark(), ownMark = own.mark(), page = 8192;
    if (slots * (bytes + listBytes(MOST_CALLS) + page) + shared + page > scratch.maximumBytes - mark) return false;
    const kernels = kernelsOf(reduction, dtype);
    try {
      const lists = Array.from({ length: slots }, () => scratch.reserve(listBytes(MOST_CALLS)));
      const places = lists.map(() => scratch.reserve(bytes)), common = scratch.reserve(shared);
      const ownPlace = isFree ? own.reserve(bytes) : 0, words = new Int32Array(scratch.memory.buffer);
      const heaps = heapsOf(scratch, reduction, dtype), ownHeaps = heapsOf(own, reduction, dtype);
      const recording: Place = { ...heaps, call: (name, numbers) => calls.add(NAMES.indexOf(name), numbers) };
      // Kernels are called with as many numbers as they have parameters.
      const atOnce: Place = { ...ownHeaps, call: (name, numbers) => (kernels.own[name] as KernelCall)(...numbers) };
      run({
        count,
        ...after && { after },
        load: (block, slot) => {
          calls.begin(words, lists[slot]!);
          load(block, recording, places[slot]!, common);
          calls.end();
          kernels.list(lists[slot]!);
        },
        store: (block, slot) => store(block, heaps, places[slot]!, common),
        ...isFree && {
          directly: (block) => {
            load(block, atOnce, ownPlace, 0);
            store(block, ownHeaps, ownPlace, 0);
          },
        },
      });
    } finally {
      scratch.release(mark);
      own.release(ownMark);
    }
    return true;
  };
}
