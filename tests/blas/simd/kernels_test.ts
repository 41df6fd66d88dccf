/**
 * Kernel modules: made once and kept.
 *
 * @module
 */
import { assert, assertStrictEquals } from "@std/assert";
import { createContext } from "../../../blas/simd/context.ts";
import { GEMM_KERNELS } from "../../../blas/simd/gemm_kernel.ts";

Deno.test("a kernel module is made on first use, and kept", () => {
  const { kernels } = createContext();
  assertStrictEquals(kernels(GEMM_KERNELS, "float32"), kernels(GEMM_KERNELS, "float32"));
  assert(kernels(GEMM_KERNELS, "float32") !== kernels(GEMM_KERNELS, "float64"));
  assert(createContext().kernels(GEMM_KERNELS, "float32") !== kernels(GEMM_KERNELS, "float32"));
});
