/**
 * WebAssembly's atomic instructions on 32 bits, in groups of one type; `instructions.ts` says how to read them. They are
 * sequentially consistent, and trap where an address is not a multiple of 4. Waiting requires a shared memory.
 *
 * Source: WebAssembly threads proposal, "Overview", section "Encoding".
 *
 * @module
 */
/** Instructions after the prefix 0xfe. */
export const ATOMIC_INSTRUCTIONS = [
  // Address, and how many to wake; the result is how many were woken. `rmw` returns the old value.
  ["i32 i32", "i32", { memory: [0x00, "atomic.notify"], i32: [0x1e, "atomic.rmw.add"] }, "atomic"],
  // Address, expected value, timeout in nanoseconds (below 0: none); 0: woken, 1: another value was there, 2: timed out.
  ["i32 i32 i64", "i32", { memory: [0x01, "atomic.wait32"] }, "atomic"],
  // Address, expected value, new value, which is stored where the expected one is; the result is the old value.
  ["i32 i32 i32", "i32", { i32: [0x48, "atomic.rmw.cmpxchg"] }, "atomic"],
  ["i32", "i32", { i32: [0x10, "atomic.load"] }, "atomic"],
  ["i32 i32", "", { i32: [0x17, "atomic.store"] }, "atomic"],
] as const;
