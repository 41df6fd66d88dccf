/**
 * Whether operands fit into scratch memory.
 *
 * @module
 */
import type { Scratch } from "./scratch.ts";

/**
 * Tells whether so many bytes can be reserved, and grows the memory for them, so that work can be done in smaller pieces, or
 * in another way, where they do not fit: beyond the limit of the memory, or because the runtime has no more.
 *
 * @param bytes The bytes of all reservations, with a `LARGE_ALIGNMENT` for each.
 */
export function fits(scratch: Scratch, bytes: number): boolean {
  const mark = scratch.mark(), top = mark + bytes;
  if (top <= scratch.float32.length * 4) return true;
  if (top > scratch.maximumBytes) return false;
  try {
    scratch.reserve(bytes);
    return true;
  } catch {
    return false; // the memory has lowered its limit
  } finally {
    scratch.release(mark);
  }
}
