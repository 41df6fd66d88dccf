/**
 * Finding out what the runtime's WebAssembly can do.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { hasFusedMultiplyAdd, hasRelaxedSimd, hasSimd } from "../../../blas/simd/features.ts";

Deno.test("Deno has SIMD", () => {
  assert(hasSimd());
});

Deno.test("a runtime that rejects SIMD modules, or has no WebAssembly, has no SIMD", () => {
  const { validate } = WebAssembly;
  try {
    WebAssembly.validate = () => false;
    assertEquals([hasSimd(), hasRelaxedSimd()], [false, false]);
  } finally {
    WebAssembly.validate = validate;
  }
  const webAssembly = Object.getOwnPropertyDescriptor(globalThis, "WebAssembly")!;
  try {
    Object.defineProperty(globalThis, "WebAssembly", { value: undefined, configurable: true });
    assertEquals([hasSimd(), hasRelaxedSimd()], [false, false]);
  } finally {
    Object.defineProperty(globalThis, "WebAssembly", webAssembly);
  }
});

Deno.test("multiply-add is fused only where there is relaxed SIMD", () => {
  assertEquals(hasFusedMultiplyAdd() && !hasRelaxedSimd(), false);
  assertEquals(hasFusedMultiplyAdd(), hasFusedMultiplyAdd());
});
