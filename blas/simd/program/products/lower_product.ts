/**
 * Lowering the matrix products and convolutions of programs.
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
 * Lowers a product or a convolution.
 *
 * @param operation The operation.
 * @param shape The shape of the product, before any epilogue.
 * @param dtype The dtype of all operands and results.
 * @returns The lowered instruction, or `undefined` if an engine computes it better.
 */
export function lowerProduct(
  operation: ProductOperation,
  shape: readonly number[],
  dtype: DType,
): Lowered | undefined {
  return operation.kind === "gemm" ? lowerGemm(operation, dtype) : lowerConvolution(operation, shape, dtype);
}
