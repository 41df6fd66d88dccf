/**
 * Plain rows that do not follow one another along the first axis, such as softmax along it, on several threads: all
 * operands are copied in as they lie, and each block computes a part of the rows there.
 *
 * @module
 */
import type { Elements } from "../simd/elementwise/transfer.ts";
import { addressesOf, copyRowsIn, copyRowsOut, regionsOf, type StagedRows } from "../simd/rows_staging.ts";
import { LARGE_ALIGNMENT } from "../simd/scratch.ts";
import { MOST_NUMBERS } from "./block_code.ts";
import type { BlockThreads } from "./blocks.ts";

/** How many blocks there are for each thread: few, since each of them begins anew. */
const PER_THREAD = 4;

/** Computes rows in parts; `false`, without having computed anything, if that cannot be done. */
export function divideRowParts({ scratch, slots, size, run }: BlockThreads, staged: StagedRows): boolean {
  const { kernel: { parts, words }, dtype, length } = staged;
  if (parts === undefined) return false;
  const units = Math.ceil(parts.length / parts.width), count = Math.min(units, PER_THREAD * size);
  const regions = regionsOf(staged), total = regions.reduce((sum, one) => sum + one, 0);
  const available = scratch.maximumBytes - scratch.mark() - (slots + 1) * (LARGE_ALIGNMENT + 4 * words);
  if (count < 2 || regions.length >= MOST_NUMBERS || total > available) return false;
  const mark = scratch.mark();
  try {
    const addresses = addressesOf(scratch.reserve(total), regions);
    const parameters = Array.from({ length: slots }, () => scratch.reserve(4 * words));
    const heap: Elements = scratch.data(dtype);
    const bound = (block: number): number => Math.min(parts.length, Math.floor(block * units / count) * parts.width);
    run({
      count,
      begin: () => copyRowsIn(staged, heap, addresses, 0, length, true),
      load: (block, slot) => parts.run(bound(block), bound(block + 1), parameters[slot]!, addresses),
      store: (block) => {
        if (block === count - 1) copyRowsOut(staged, heap, addresses, 0, length);
      },
    });
  } finally {
    scratch.release(mark);
  }
  return true;
}
