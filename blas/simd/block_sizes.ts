/**
 * The sizes of the blocks of matrix products, chosen so that data that is read repeatedly stays in a cache.
 *
 * @module
 */
import { roundUp } from "../alignment.ts";
import type { DType } from "../dtype.ts";
import { TILE_ROWS } from "./micro_kernel.ts";

/** The block sizes of the loops around the micro-kernel. */
export type BlockSizes = {
  /** Steps of k in one pass: the parts of both operands that one tile needs stay in the first-level cache. */
  readonly depth: { readonly [D in DType]: number };
  /** Bytes of `a` in one block: they stay in the second-level cache. */
  readonly bytes: number;
};

/**
 * Measured for squares of 256 to 1024 with depths of 192 to 512 and 256 to 768 KiB: these sizes were always within the
 * noise (5 %) of the best; a depth of 192 lost 2 to 4 % in both dtypes. The depth is the length of chains of additions in
 * float32, too: with 384, sums of 1,000 products were off by up to 2.7 times as much as PyTorch's.
 */
export const DEFAULT_BLOCKS: BlockSizes = { depth: { float32: 256, float64: 256 }, bytes: 393_216 };

/**
 * Bytes in one piece of an operand that is read only once: copied in, used and copied out, they stay in the
 * second-level cache. From 64 to 512 KiB, the time of gemv of 1024 x 1024 varied by less than 5 %.
 */
export const PIECE_BYTES = 262_144;

/** Up to this many results, the sums of a convolution are divided more finely. */
const FEW_RESULTS = 512, SOME_RESULTS = 1024;

/** How the sums of a convolution are divided. */
export type SumChains = {
  /** The most terms of one chain of additions. */
  readonly terms: number;
  /** The chains whose sums are added up in float32, before they are carried over to float64. */
  readonly chains: number;
};

/**
 * Returns how the sums of a convolution are divided, by the number of its results. With chains of 256 terms in float32, they
 * were off by up to 18 times as much as PyTorch's where there are few results; with 32, equal numbers, whose roundings all
 * go the same way, were off by up to 4 times as much. Where there are many results, chains of 128 terms are never off by more
 * than twice as much, but for one product of 1,024 results, which 64 terms mend, and chains of 32 take 6 % longer.
 */
export const sumChains = (results: number, dtype: DType): SumChains =>
  dtype === "float64"
    ? { terms: DEFAULT_BLOCKS.depth.float64, chains: Infinity }
    : results <= FEW_RESULTS
    ? { terms: 16, chains: 8 }
    : { terms: results <= SOME_RESULTS ? 64 : 128, chains: 16 };

/** Up to this many results of float32, and with at least so many terms of each, all terms of products are added in float64. */
const FEWEST_RESULTS = 8, MANY_TERMS = 32;

/** Tells whether all terms of a product with so many results are added in float64: nothing hides the error of one that nearly cancels. */
export const isExactProduct = (results: number, terms: number, dtype: DType): boolean =>
  dtype === "float32" && results <= FEWEST_RESULTS && terms >= MANY_TERMS;

/** Up to this many results of float32, passes over the sums of products are short: a few, and some. */
const FEW_OF_PRODUCTS = 128, SOME_OF_PRODUCTS = 768;

/**
 * Returns the most steps of a pass over the sums of a product with so many results, if such passes are short. The largest of
 * more errors is larger: with 90 steps, some of 512 results were off by 2.04 times as much as PyTorch's, and with 128 steps
 * none of 128.
 */
const shortPass = (results: number, dtype: DType): number | undefined =>
  dtype === "float64" || results > SOME_OF_PRODUCTS ? undefined : results <= FEW_OF_PRODUCTS ? 128 : 88;

/** Tells whether a product with so many results has short passes. */
export const hasShortPasses = (results: number, dtype: DType): boolean => shortPass(results, dtype) !== undefined;

/** Returns the block sizes of a product with so many results. */
export const blocksFor = (results: number, dtype: DType, blocks: BlockSizes): BlockSizes => {
  const float32 = shortPass(results, dtype);
  return float32 === undefined ? blocks : { ...blocks, depth: { ...blocks.depth, float32 } };
};

/** Tells whether so many terms, few more than `most`, are one chain: a second pass would cost more than it gains. */
export const isOneChain = (terms: number, most: number): boolean => terms <= 1.25 * most;

/**
 * Returns the most terms of one of several passes whose steps have some terms each: two channels of 3 x 3 elements fit, and
 * sixteen where chains are long. Smaller steps do not need that, and 18 equal numbers are off by more than 16 are.
 */
export const longestPass = (most: number, terms: number): number => most < 128 && terms < 9 ? most : 1.125 * most;

/** Returns the number of rows in one block, for rows of this many bytes: whole tiles, at least four. */
export const rowsOf = (rowBytes: number, { bytes }: BlockSizes): number =>
  Math.max(4, Math.floor(bytes / rowBytes / TILE_ROWS)) * TILE_ROWS;

/** Returns the steps of `k` in one pass: about equal for all passes, and a multiple of the micro-kernel's unrolling. */
export const passOf = (k: number, most: number): number => roundUp(Math.ceil(k / Math.max(1, Math.ceil(k / most))), 4);
