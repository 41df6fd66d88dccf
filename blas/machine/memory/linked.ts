/**
 * Functions in memory.
 *
 * @module
 */
import type { LinkedCode } from "../../simd/program/generator.ts";
import type { NativeCode } from "../../simd/program/team/team.ts";
import { callOf } from "./calls.ts";
import { codePages } from "./code_pages.ts";
import type { Libc } from "./libc.ts";

/**
 * Puts functions into memory. They lie there as long as one of those that are returned is referred to.
 *
 * @param starts Where in the code each function begins, in bytes.
 * @param argument As for `callOf`.
 */
export function linkedTo(
  libc: Libc,
  code: Uint8Array,
  starts: readonly number[],
  argument: bigint,
): LinkedCode & { readonly native: NativeCode } {
  const pages = codePages(libc, code);
  if (pages._tag === "Left") {
    throw new Error(`Cannot run machine code: ${pages.left}; it must be allowed, or use engines.simd`);
  }
  const { address } = pages.right;
  return {
    functions: starts.map((start) => callOf(libc, pages.right, start, argument)),
    native: { library: libc.name, argument, addresses: starts.map((start) => address + BigInt(start)) },
  };
}
