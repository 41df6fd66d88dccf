/**
 * The functions of the C library that put code into memory and call it, and that ask for large pages.
 *
 * @module
 */
import type { Either } from "../../../deps.ts";
import * as either from "../../either.ts";

const SYMBOLS = {
  mmap: { parameters: ["usize", "usize", "i32", "i32", "i32", "i64"], result: "usize" },
  mprotect: { parameters: ["usize", "usize", "i32"], result: "i32" },
  madvise: { parameters: ["usize", "usize", "i32"], result: "i32" },
  munmap: { parameters: ["usize", "usize"], result: "i32" },
  // With one element of one byte, it calls the comparison `code(key, base)` once. As a symbol of a library, it is called in
  // some 10 ns; a call of `Deno.UnsafeFnPointer` takes a hundred times as long. All are integers: pointers are objects.
  bsearch: { parameters: ["usize", "usize", "usize", "usize", "usize"], result: "usize" },
} as const;

/** The functions of the C library, and the name under which it was found. */
export type Libc = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"] & { readonly name: string };

/** The names of the C library: GNU's, which musl answers to as well, and musl's. */
const NAMES = ["libc.so.6", "libc.musl-x86_64.so.1"] as const;

/** Opens the C library, or says why machine code cannot run here. */
export function openLibc(): Either<string, Libc> {
  if (typeof Deno === "undefined" || typeof Deno.dlopen !== "function") {
    return either.left("this runtime has no Deno.dlopen, which must be there; run in Deno");
  }
  const { os, arch } = Deno.build;
  if (os !== "linux" || arch !== "x86_64") {
    const untried = os !== "linux" && arch === "x86_64" ? ", where our code has never been tried" : "";
    return either.left(`this is ${os} on ${arch}${untried}, and it must be Linux on x86_64; use engines.simd`);
  }
  for (const name of NAMES) {
    try {
      return either.right({ ...Deno.dlopen(name, SYMBOLS).symbols, name });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotCapable)) continue; // the library has another name
      return either.left("Deno must be allowed to call native code; run with --allow-ffi");
    }
  }
  return either.left(`a C library must be found under the name ${NAMES.join(" or ")}; use engines.simd`);
}
