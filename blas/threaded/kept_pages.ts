/**
 * Memory for large arrays that the process keeps.
 *
 * Writing to a page for the first time takes 0.25 microseconds, or 1.7 where a virtual machine's host has to find it: up
 * to 1.7 milliseconds for an array of 4 MB, four times as long as two threads need to compute `exp` of its elements. The C
 * library of most Linux systems gives memory back when it is freed at the end of the heap, so whether the next array has
 * to fetch its pages again was a matter of chance: runs of a benchmark were fast or slow from beginning to end. It never
 * gives back what is in front of memory in use. So arrays are made, something small behind them, and the arrays are freed:
 * later arrays lie there, in pages that stay.
 *
 * @module
 */
import { canRecycle } from "../recycling.ts";

/**
 * The bytes of an array, the largest that may lie in the heap (32 MiB), and how many there are: as much as results that
 * nobody needs any more take until the runtime collects them. They cost nothing until they are used.
 */
const ARRAY_BYTES = 30_000_000, ARRAYS = 6;

/** The bytes of a chunk that, freed, makes the C library keep smaller ones in the heap: 32 MiB with its own words. */
const LARGEST_CHUNK = 33_546_240;

/** The bytes of what stays behind them: more than any gap in the heap is likely to have. */
const BEHIND_BYTES = 1_048_576;

/** What stays behind the arrays. */
let behind: ArrayBuffer | undefined;

/** Runtimes with a process; browsers have allocators of their own. */
type Runtime = { readonly process?: { readonly platform?: string | undefined } };

/** Makes the process keep memory for large arrays, on Linux; `false` if it did before, or if that cannot be done. */
export function keepPages(): boolean {
  const { process } = globalThis as Runtime; // browsers have none
  if (behind !== undefined || process?.platform !== "linux" || !canRecycle()) return false;
  const free = (buffer: ArrayBuffer): void => void buffer.transfer(0);
  free(new ArrayBuffer(LARGEST_CHUNK));
  const arrays = Array.from({ length: ARRAYS }, () => new ArrayBuffer(ARRAY_BYTES));
  behind = new ArrayBuffer(BEHIND_BYTES);
  arrays.forEach(free);
  return true;
}
