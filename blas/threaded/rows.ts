/**
 * Plain rows, such as softmax and normalizations, on several threads, in blocks: by the kernels of the `simd` engine, so
 * that every element has the same bits.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, newData } from "../dtype.ts";
import type { Engine } from "../engine.ts";
import type { ResultType } from "../result_makers.ts";
import { rowMajorStrides } from "../shape.ts";
import { copyRun } from "../simd/elementwise/transfer.ts";
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
  type StagedRows,
  stageRows,
} from "../simd/rows_staging.ts";
import { LARGE_ALIGNMENT, MARGIN, Scratch } from "../simd/scratch.ts";
import { allocateUnset, isContiguous, type MutableView, unsafeView, type View } from "../view.ts";
import { MOST_NUMBERS } from "./block_code.ts";
import type { BlockThreads } from "./blocks.ts";
import { divideRowParts } from "./row_parts.ts";
import { copyOf } from "./new_results.ts";

/** Bytes of all operands and outputs in a block: few enough for all slots to stay in the second-level cache. */
const BLOCK_BYTES = 131_072;

/** The fewest blocks that are worth dividing. */
const LEAST = 4;

/** The largest results, in bytes, that are computed in shared memory as a whole: the memory stays. */
const MOST_BYTES = 0x100_0000; // 16 MiB

/** Rows to be computed: into arrays, or into new ones of these types. */
export type RowsToDivide =
  & Omit<RowsCall, "outputs">
  & ({ readonly outputs: readonly MutableView[] } | { readonly results: readonly ResultType[] });

/** Computes rows and returns the results; `undefined`, without having computed anything, if there are too few blocks. */
export type DivideRows = (call: RowsToDivide) => readonly View[] | undefined;

/** Returns a function that computes rows by blocks of indices of axis 0, or of the first kept axis. */
export function dividedRows(threads: BlockThreads, { copy }: Pick<Engine, "copy">): DivideRows {
  const { scratch, slots, most, instantiate, run } = threads;
  const kernelsIn = ({ memory }: Scratch, instantiate?: BlockThreads["instantiate"]): KernelFor =>
    cachedRowsKernels(rowsKernels(memory, hasRelaxedSimd(), () => ALL_FUNCTIONS, instantiate));
  /** Memory of the calling thread, for the blocks that it computes, and kernels on it. */
  const own = new Scratch(), shared = kernelsIn(scratch, instantiate), alone = kernelsIn(own);
  /** Returns all blocks of rows, the number of indices in each, and how many bytes of memory they need. */
  const blocksOf = (staged: StagedRows, places: number) => {
    const { kernel, length, block } = staged;
    const count = Math.ceil(length / block), regions = regionsOf(staged);
    const available = scratch.maximumBytes - scratch.mark() - (places + 1) * (LARGE_ALIGNMENT + 4 * kernel.words);
    const fits = count >= LEAST && regions.length < MOST_NUMBERS && (places + 1) * sum(regions) <= available;
    return fits ? { count, regions, countOf: (index: number) => Math.min(block, length - index * block) } : undefined;
  };
  const divideInto = (call: RowsCall): readonly View[] | undefined => {
    if (!call.outputs.every((y) => isContiguous(y))) return undefined;
    let ownKernel: RowsKernel | undefined;
    const kernelFor: KernelFor = (...kind) => {
      ownKernel = alone(...kind);
      return shared(...kind);
    };
    const staged = stageRows(call, { kernelFor, copy }, BLOCK_BYTES), { kernel, dtype, block } = staged;
    if (!kernel.splits) return divideRowParts(threads, staged) ? call.outputs : undefined;
    const blocks = blocksOf(staged, slots);
    if (blocks === undefined) return undefined;
    const { count, regions, countOf } = blocks, total = sum(regions);
    const mark = scratch.mark(), ownMark = own.mark();
    try {
      const ownAddresses = addressesOf(own.reserve(total), regions), ownParameters = own.reserve(4 * kernel.words);
      const ownHeap = own.data(dtype);
      let isFirst = true;
      const places = Array.from({ length: slots }, () => ({
        addresses: addressesOf(scratch.reserve(total), regions),
        parameters: scratch.reserve(4 * kernel.words),
      }));
      const heap = scratch.data(dtype);
      run({
        count,
        load: (index, slot) => {
          const { addresses, parameters } = places[slot]!;
          copyRowsIn(staged, heap, addresses, index * block, countOf(index), index < slots);
          kernel.run(countOf(index), parameters, addresses);
        },
        operands: (slot) => [places[slot]!.addresses[0]!, places[slot]!.addresses[staged.operands.length]!],
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
    return call.outputs;
  };
  /** Computes new results, which lie in shared memory as a whole. */
  const divideNew = (call: Omit<RowsCall, "outputs">, results: readonly ResultType[]): readonly View[] | undefined => {
    const strides = results.map(({ shape }) => rowMajorStrides(shape));
    const outputs = results.map(({ dtype, shape }, k) => unsafeView(newData(dtype, 0), shape, strides[k]!, 0));
    const given = stageRows({ ...call, outputs }, { kernelFor: shared, copy }, BLOCK_BYTES);
    const { kernel, dtype, operands, length, perIndex } = given, bytes = BYTES_PER_ELEMENT[dtype];
    const each = perIndex.slice(operands.length).map((elements) => elements * bytes);
    if (!kernel.splits || each.includes(0) || outputs.some(({ size }) => size * bytes > MOST_BYTES)) return undefined;
    // Kernels may write whole vectors at the end of a block, which must not reach into the next one.
    const unit = [1, 2, 4, 8].find((count) => each.every((bytes) => bytes * count % MARGIN === 0)) ?? 16;
    const block = unit * Math.max(1, Math.floor(given.block / unit), Math.ceil(length / most / unit));
    const staged = { ...given, block }, blocks = blocksOf(staged, most);
    if (blocks === undefined) return undefined;
    const { count, regions, countOf } = blocks;
    const mark = scratch.mark();
    try {
      const wholes = outputs.map(({ size }) => scratch.reserve(size * bytes + MARGIN));
      const inputRegions = regions.slice(0, operands.length), total = sum(inputRegions);
      const places = Array.from({ length: count }, () => ({
        addresses: addressesOf(scratch.reserve(total), inputRegions),
        parameters: scratch.reserve(4 * kernel.words),
      }));
      const heap = scratch.data(dtype);
      const from = (index: number, k: number): number => (wholes[k]! + index * block * each[k]!) / bytes;
      let made: readonly MutableView[] = [];
      run({
        count,
        load: (index, slot) => {
          const { addresses, parameters } = places[slot]!;
          copyRowsIn(staged, heap, addresses, index * block, countOf(index), true);
          kernel.run(countOf(index), parameters, [...addresses, ...wholes.map((_, k) => bytes * from(index, k))]);
        },
        operands: (slot) => [places[slot]!.addresses[0] ?? 0, (places[slot]!.addresses[0] ?? 0) + total],
        gather: {
          bytes: outputs.reduce((sum, { size }) => sum + size * bytes, 0),
          copy: () => {
            made = outputs.map(({ shape, size }, k) =>
              unsafeView(copyOf(dtype, heap, wholes[k]! / bytes, size), shape, strides[k]!, 0)
            );
          },
        },
        store: (index) =>
          made.forEach(({ data }, k) => {
            const length = each[k]! / bytes;
            copyRun(heap, from(index, k), data, index * block * length, countOf(index) * length);
          }),
      });
      return made;
    } finally {
      scratch.release(mark);
    }
  };
  return (call) => {
    if ("outputs" in call) return divideInto(call);
    return divideNew(call, call.results) ??
      divideInto({ ...call, outputs: call.results.map(({ dtype, shape }) => allocateUnset(dtype, shape)) });
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
