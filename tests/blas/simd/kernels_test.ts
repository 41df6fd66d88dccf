/**
 * Kernel modules: made once and kept.
 *
 * @module
 */
import { assert, assertStrictEquals } from "@std/assert";
import { createContext } from "../../../blas/simd/blas.ts";

Deno.test("a kernel module is made on first use, and kept", () => {
  const { kernels } = createContext();
  assertStrictEquals(kernels("gemm", "float32"), kernels("gemm", "float32"));
  assert(kernels("gemm", "float32") !== kernels("gemm", "float64"));
  assert(createContext().kernels("gemm", "float32") !== kernels("gemm", "float32"));
});
