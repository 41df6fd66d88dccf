/**
 * Memory that holds code.
 *
 * @module
 */
import type { Either } from "../../../deps.ts";
import * as either from "../../either.ts";
import type { Libc } from "./libc.ts";

/** Code in memory. It lies there as long as this object is referred to. */
export type CodePages = {
  /** The address of the first byte. */
  readonly address: bigint;
  /** The bytes that the pages take. */
  readonly bytes: number;
};

const PAGE = 4096, READ = 1, WRITE = 2, EXECUTE = 4, PRIVATE = 2, ANONYMOUS = 0x20, NO_FILE = -1;

/** Gives the memory of code back that nothing refers to any more. */
const unused = /* @__PURE__ */ new FinalizationRegistry<() => void>((free) => free());

/**
 * Puts code into memory that can be executed: it is written while the memory can be written to, and run when that is over.
 * The memory is never both.
 *
 * @returns Says which step failed if the operating system does not allow that.
 */
export function codePages({ mmap, mprotect, munmap }: Libc, code: Uint8Array): Either<string, CodePages> {
  const bytes = Math.max(PAGE, Math.ceil(code.length / PAGE) * PAGE), size = BigInt(bytes);
  const address = BigInt(mmap(0n, size, READ | WRITE, PRIVATE | ANONYMOUS, NO_FILE, 0n));
  if (BigInt.asIntN(64, address) === -1n) return either.left(`the system gave no memory (mmap of ${bytes} bytes)`);
  new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(Deno.UnsafePointer.create(address)!, bytes)).set(code);
  if (mprotect(address, size, READ | EXECUTE) !== 0) {
    munmap(address, size);
    return either.left("the system does not let fresh memory be executed (mprotect)");
  }
  const pages: CodePages = Object.freeze({ address, bytes });
  unused.register(pages, () => munmap(address, size));
  return either.right(pages);
}
