/**
 * The blocks that matrix products are computed in, so that what is read again and again stays in a cache.
 *
 * @module
 */
import { roundUp } from "../alignment.ts";
import type { DType } from "../dtype.ts";
import { TILE_ROWS } from "./micro_kernel.ts";

/** How the loops around the micro-kernel are cut. */
export type BlockSizes = {
  /** Steps of k in one pass: what one tile needs of both operands stays in the first-level cache. */
  readonly depth: { readonly [D in DType]: number };
  /** Bytes of `a` worked on at a time: they stay in the second-level cache. */
  readonly bytes: number;
};

/**
 * Measured from 256 to 1024 square with depths of 192 to 512 and 256 to 768 KiB: these were never worse than the best by
 * more than runs differ (5 %); a depth of 192 lost 2 to 4 % in both dtypes.
 */
export const DEFAULT_BLOCKS: BlockSizes = { depth: { float32: 384, float64: 256 }, bytes: 393_216 };

/**
 * Bytes that are copied in, used and copied out at a time where nothing is read twice: they stay in the second-level cache. From
 * 64 to 512 KiB, gemv of 1024 x 1024 took the same time to 5 %.
 */
export const PIECE_BYTES = 262_144;

/** Rows of so many bytes that are worked on at a time: whole tiles, four at least. */
export const rowsOf = (rowBytes: number, { bytes }: BlockSizes): number =>
  Math.max(4, Math.floor(bytes / rowBytes / TILE_ROWS)) * TILE_ROWS;

/** Passes over `k` of even length, a multiple of the micro-kernel's unrolling: no short one at the end. */
export const passOf = (k: number, most: number): number => roundUp(Math.ceil(k / Math.max(1, Math.ceil(k / most))), 4);
