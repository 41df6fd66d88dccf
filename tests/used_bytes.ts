/**
 * Memory in use.
 *
 * @module
 */

/** Returns the bytes of this test file's own objects and arrays; what the process has is also that of files beside it. */
export function usedBytes(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}
