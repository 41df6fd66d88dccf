/**
 * The kernels of additions, assembled beforehand.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import type { Kernel } from "../elementwise/kernel.ts";
import type { Entry } from "../elementwise/kernel_cache.ts";
import { ADDITION_BYTES, ADDITION_LENGTHS } from "./addition_bytes.ts";
import { instanceOf, unpack } from "./unpack.ts";

/** The patterns of operands: neither is repeated, the first, the second, both. */
const PATTERNS = 4;

/** Returns the operands and kernels of the sum of two arguments. Its kernels compute in the memory. */
export function additionEntry(memory: WebAssembly.Memory): Entry {
  const modules = unpack(ADDITION_BYTES, ADDITION_LENGTHS), made: Kernel[] = [];
  const kernel = (dtype: DType, repeated: number): Kernel => {
    const k = (dtype === "float32" ? 0 : PATTERNS) + repeated;
    return made[k] ??= instanceOf(modules[k]!, memory).run as Kernel; // exported under this name, with this signature
  };
  return { used: [0, 1], kernel };
}
