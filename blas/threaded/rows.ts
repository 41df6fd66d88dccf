/**
 * Plain rows, such as softmax and normalizations, on several threads, in blocks: by the kernels of the `simd` engine, so
 * that every element has the same bits.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { hasRelaxedSimd } from "../simd/features.ts";
import { ALL_FUNCTIONS } from "../simd/math/mod.ts";
import { type RowsKernel, rowsKernels } from "../simd/rows_kernel.ts";
import {
  addressesOf,
  cachedRowsKernels,
  copyRowsIn,
  copyRowsOut,
  type KernelFor,
  regionsOf,
  type RowsCall,
  stageRows,
} from "../simd/rows_staging.ts";
import { LARGE_ALIGNMENT, Scratch } from "../simd/scratch.ts";
import { isContiguous } from "../view.ts";
import { MOST_NUMBERS } from "./block_code.ts";
import type { BlockThreads } from "./blocks.ts";
import { divideRowParts } from "./row_parts.ts";

/** Bytes of all operands and outputs in a block: few enough for all slots to stay in the second-level cache. */
const BLOCK_BYTES = 131_072;

/** The fewest blocks that are worth dividing. */
const LEAST = 4;

/** Computes rows; `false`, without having computed anything, if there are too few blocks. */
export type DivideRows = (call: RowsCall) => boolean;

/** Returns a function that computes rows by blocks of indices of axis 0, or of the first kept axis. */
export function dividedRows(threads: BlockThreads, { copy }: Pick<Engine, "copy">): DivideRows {
  const { scratch, slots, instantiate, run } = threads;
  const kernelsIn = ({ memory }: Scratch, instantiate?: BlockThreads["instantiate"]): KernelFor =>
    cachedRowsKernels(rowsKernels(memory, hasRelaxedSimd(), () => ALL_FUNCTIONS, instantiate));
  /** Memory of the calling thread, for the blocks that it computes, and kernels on it. */
  const own = new Scratch(), shared = kernelsIn(scratch, instantiate), alone = kernelsIn(own);
  return (call) => {
    if (!call.outputs.every((y) => isContiguous(y))) return false;
    let ownKernel: RowsKernel | undefined;
    const kernelFor: KernelFor = (...kind) => {
      ownKernel = alone(...kind);
      return shared(...kind);
    };
    const staged = stageRows(call, { kernelFor, copy }, BLOCK_BYTES), { kernel, dtype, length, block } = staged;
    if (!kernel.splits) return divideRowParts(threads, staged);
    const count = Math.ceil(length / block),
      regions = regionsOf(staged),
      total = regions.reduce((sum, one) => sum + one);
    const available = scratch.maximumBytes - scratch.mark() - slots * (LARGE_ALIGNMENT + 4 * kernel.words);
    if (count < LEAST || regions.length >= MOST_NUMBERS || slots * total > available) return false;
    const mark = scratch.mark(), ownMark = own.mark();
    try {
      const ownAddresses = addressesOf(own.reserve(total), regions), ownParameters = own.reserve(4 * kernel.words);
      const ownHeap = own.data(dtype);
      let isFirst = true;
      const places = Array.from({ length: slots }, () => ({
        addresses: addressesOf(scratch.reserve(total), regions),
        parameters: scratch.reserve(4 * kernel.words),
      }));
      const heap = scratch.data(dtype), countOf = (index: number) => Math.min(block, length - index * block);
      run({
        count,
        load: (index, slot) => {
          const { addresses, parameters } = places[slot]!;
          copyRowsIn(staged, heap, addresses, index * block, countOf(index), index < slots);
          kernel.run(countOf(index), parameters, addresses);
        },
        store: (index, slot) => copyRowsOut(staged, heap, places[slot]!.addresses, index * block, countOf(index)),
        directly: (index) => {
          copyRowsIn(staged, ownHeap, ownAddresses, index * block, countOf(index), isFirst);
          isFirst = false;
          ownKernel!.run(countOf(index), ownParameters, ownAddresses); // there since the rows were staged
          copyRowsOut(staged, ownHeap, ownAddresses, index * block, countOf(index));
        },
      });
    } finally {
      scratch.release(mark);
      own.release(ownMark);
    }
    return true;
  };
}
