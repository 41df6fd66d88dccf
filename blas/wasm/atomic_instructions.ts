/**
 * WebAssembly's atomic instructions on 32 bits, one row each: `name: [opcode, operands, results, immediate]`. They are
 * sequentially consistent, and trap where an address is not a multiple of 4. Waiting requires a shared memory.
 *
 * Source: WebAssembly threads proposal, "Overview", section "Encoding".
 *
 * @module
 */
/** Instructions after the prefix 0xfe. */
export const ATOMIC_INSTRUCTIONS = {
  // Address, and how many to wake; the result is how many were woken.
  "memory.atomic.notify": [0x00, "i32 i32", "i32", "atomic"],
  // Address, expected value, timeout in nanoseconds (below 0: none); 0: woken, 1: another value was there, 2: timed out.
  "memory.atomic.wait32": [0x01, "i32 i32 i64", "i32", "atomic"],
  "i32.atomic.load": [0x10, "i32", "i32", "atomic"],
  "i32.atomic.store": [0x17, "i32 i32", "", "atomic"],
  // The result is the value before.
  "i32.atomic.rmw.add": [0x1e, "i32 i32", "i32", "atomic"],
} as const;
