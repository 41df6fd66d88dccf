/**
 * The memory that kernels compute in, as their modules import it.
 *
 * @module
 */
import type { ModuleBuilder } from "../wasm/mod.ts";

/** Bytes of a page of WebAssembly's memory, and as many pages as 32-bit addresses reach. */
export const PAGE_BYTES = 65_536, MOST_PAGES = 65_536;

/** Imports the memory into a module, which has nothing else yet. */
export function importEngineMemory(m: ModuleBuilder, minimum = 1, maximum: number = MOST_PAGES): void {
  m.importMemory({ module: "engine", name: "memory" }, { minimum, maximum });
}
