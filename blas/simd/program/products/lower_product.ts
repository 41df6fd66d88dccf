/**
 * Matrix products and convolutions of programs, on their way to code.
 *
 * @module
 */
import type { DType } from "../../../dtype.ts";
import type { Lowered } from "../emitter.ts";
import type { Operation } from "../../../program/program.ts";
import { lowerConvolution } from "./convolution.ts";
import { lowerGemm } from "./gemm.ts";

/** The operations that this folder emits. */
export type ProductOperation = Extract<Operation, { readonly kind: "gemm" | "convolution" }>;

/**
 * Prepares a product or a convolution for emission.
 *
 * @param operation What to compute.
 * @param shape The shape of the product, before any loop after it.
 * @param dtype That of all operands and results.
 * @returns What to reserve and emit, or `undefined` where an engine had better compute it.
 */
export function lowerProduct(
  operation: ProductOperation,
  shape: readonly number[],
  dtype: DType,
): Lowered | undefined {
  return operation.kind === "gemm" ? lowerGemm(operation, dtype) : lowerConvolution(operation, shape, dtype);
}
