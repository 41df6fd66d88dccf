/**
 * The import of the memory that kernels compute in.
 *
 * @module
 */
import type { ModuleBuilder } from "../wasm/mod.ts";

/** Tells whether threads share a memory. */
export const isShared = ({ buffer }: WebAssembly.Memory): boolean =>
  typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer;

/** The bytes of a page of WebAssembly's memory, and the number of pages that 32-bit addresses reach. */
export const PAGE_BYTES = 65_536, MOST_PAGES = 65_536;

/** Imports the memory into a module that is still empty. */
export function importEngineMemory(
  m: ModuleBuilder,
  minimum = 1,
  maximum: number = MOST_PAGES,
  shared: boolean = false,
): void {
  m.importMemory({ module: "engine", name: "memory" }, { minimum, maximum, shared });
}
