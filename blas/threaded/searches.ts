/**
 * Plain searches for extrema on several threads, in blocks of planes: by the kernel of the `simd` engine.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../dtype.ts";
import type { SearchOperands } from "../engine.ts";
import { copyRun, type Elements } from "../simd/elementwise/transfer.ts";
import { importEngineMemory } from "../simd/engine_memory.ts";
import { hasRelaxedSimd } from "../simd/features.ts";
import type { KernelCall } from "../simd/instantiate.ts";
import { type Kernel, kernelSource } from "../simd/kernels.ts";
import { laneInstructionsOf } from "../simd/lane_instructions.ts";
import { Scratch } from "../simd/scratch.ts";
import { planSearch } from "../simd/search.ts";
import { buildSearch, SEARCH_KERNELS } from "../simd/search_kernel.ts";
import { type Callable, ModuleBuilder } from "../wasm/mod.ts";
import type { BlockThreads } from "./blocks.ts";
import { buildCalls, listBytes, recorder } from "./recorded_calls.ts";

/** The kernels, in the order of their numbers. */
const NAMES = ["max", "min"] as const;

/** The fewest blocks that are worth dividing. */
const LEAST = 4;

/** Bytes that reservations lose to alignment. */
const GAPS = 16_384;

/** Finds extrema; `false`, without having computed anything, if that is left to one thread. */
export type DivideSearch = (operands: SearchOperands<DType>) => boolean;

/** Returns the function that searches on the threads. */
export function dividedSearches({ scratch, slots, instantiate, run }: BlockThreads): DivideSearch {
  const known = new Map<DType, KernelCall>(), calls = recorder();
  /** Memory of the calling thread, for the blocks that it computes, and the kernels on it. */
  const own = new Scratch(), ownKernels = kernelSource(own);
  const listKernel = (dtype: DType): KernelCall => {
    const found = known.get(dtype);
    if (found !== undefined) return found;
    const m = new ModuleBuilder();
    importEngineMemory(m, undefined, undefined, true);
    buildSearch(m, laneInstructionsOf(dtype, hasRelaxedSimd()));
    const made = instantiate(m, buildCalls(m, NAMES.map((name) => m.exported(name) as Callable<"none">))); // without results
    known.set(dtype, made);
    return made;
  };
  return (operands) => {
    const { extremum, x, y } = operands, { dtype } = x, bytes = BYTES_PER_ELEMENT[dtype];
    const mark = scratch.mark(), ownMark = own.mark();
    const list = listBytes(operands.regions.length), available = (scratch.maximumBytes - mark) / slots - list - GAPS;
    const plan = planSearch(operands, available);
    if (plan === undefined) return false;
    const { planes, block, xPlane, yPlane, bytesX, bytesY, callsOf } = plan, count = Math.ceil(planes / block);
    if (count < LEAST) return false;
    const kernel = listKernel(dtype), find: Kernel = ownKernels(SEARCH_KERNELS, dtype)[extremum]!;
    const countOf = (index: number): number => Math.min(block, planes - index * block);
    const copyIn = (index: number, heap: Elements, at: number): void =>
      copyRun(x.data, x.offset + index * block * xPlane, heap, at / bytes, countOf(index) * xPlane);
    const copyOut = (index: number, heap: Elements, at: number): void =>
      copyRun(heap, at / bytes, y.data, y.offset + index * block * yPlane, countOf(index) * yPlane);
    try {
      const places = Array.from({ length: slots }, () => ({
        list: scratch.reserve(list),
        x: scratch.reserve(bytesX),
        y: scratch.reserve(bytesY),
      }));
      const ownX = own.reserve(bytesX), ownY = own.reserve(bytesY), ownHeap: Elements = own.data(dtype);
      const heap: Elements = scratch.data(dtype), words = new Int32Array(scratch.memory.buffer);
      run({
        count,
        load: (index, slot) => {
          const place = places[slot]!;
          copyIn(index, heap, place.x);
          calls.begin(words, place.list);
          for (const numbers of callsOf(place.x, place.y, countOf(index))) calls.add(NAMES.indexOf(extremum), numbers);
          calls.end();
          kernel(place.list);
        },
        store: (index, slot) => copyOut(index, heap, places[slot]!.y),
        directly: (index) => {
          copyIn(index, ownHeap, ownX);
          for (const numbers of callsOf(ownX, ownY, countOf(index))) find(...numbers);
          copyOut(index, ownHeap, ownY);
        },
      });
    } finally {
      scratch.release(mark);
      own.release(ownMark);
    }
    return true;
  };
}
