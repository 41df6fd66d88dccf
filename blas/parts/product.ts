/**
 * The part of the default engine that multiplies matrices.
 *
 * @module
 */
import { type EnginePart, enginePart } from "../engine_in_use.ts";
import type { ProductFunction } from "../program/operations/gemm.ts";
import * as reference from "../reference/gemm.ts";
import { DEFAULT_BLOCKS } from "../simd/block_sizes.ts";
import { gemm } from "../simd/gemm.ts";
import { standardContext } from "./context.ts";
import { copyPart } from "./copy.ts";

/** Multiplies two matrices, or two batches of them, which are copied where strides cannot express them. */
export const productPart: EnginePart<ProductFunction> = /* @__PURE__ */ enginePart(
  ["gemm", "gemmBatched", "copy"],
  () => {
    const context = standardContext(), { copy } = copyPart.standard();
    if (context === undefined) return { copy, gemm: reference.gemm, gemmBatched: reference.gemmBatched };
    const blocked = { ...context, blocks: DEFAULT_BLOCKS };
    return { copy, gemm: (operands) => gemm(blocked, operands), gemmBatched: (operands) => gemm(blocked, operands) };
  },
);
