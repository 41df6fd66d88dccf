/**
 * Calling code in memory.
 *
 * @module
 */
import type { DType, ReadonlyDataOf } from "../../dtype.ts";
import type { CodePages } from "./code_pages.ts";
import type { Libc } from "./libc.ts";

/** Returns the address of the first byte of a buffer, which must have more than 64 bytes: the collector moves smaller ones. */
export function addressOf(buffer: ArrayBufferLike): bigint {
  // The types leave out shared memory, whose address is as good.
  return BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(new Uint8Array(buffer as ArrayBuffer))));
}

/** Returns the address of an element of an array that the collector does not move. */
export function elementAddress(data: ReadonlyDataOf<DType>, position: number): bigint {
  // Only the address is taken; the types leave out shared memory, and arrays that must not be written to.
  const pointer = Deno.UnsafePointer.of(data as Float32Array<ArrayBuffer>);
  return BigInt(Deno.UnsafePointer.value(pointer)) + BigInt(position * data.BYTES_PER_ELEMENT);
}

/**
 * Returns a function that runs code once, with an address as its only argument, which the code must keep to.
 *
 * @param offset Where in the pages the code begins, in bytes.
 * @param argument The argument; what it points to must stay in memory as long as the function.
 * @returns The function, which tells whether the code has done its work: code that returns 1 has refused.
 */
export function callOf({ bsearch }: Libc, pages: CodePages, offset: number, argument: bigint): () => boolean {
  // Typed as numbers too, which take longer.
  const search = bsearch as (...values: readonly bigint[]) => bigint | number, address = pages.address + BigInt(offset);
  return () => {
    void pages; // they must not be given back before this function is dropped
    return BigInt(search(argument, argument, 1n, 1n, address)) !== 0n; // the address of what it has found
  };
}
