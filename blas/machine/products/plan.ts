/**
 * Plans of matrix products in machine code: tiles, passes over the axis of sums, and what is packed.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import { toLines } from "../../alignment.ts";
import { blocksFor, DEFAULT_BLOCKS } from "../../simd/block_sizes.ts";
import { isWide } from "../../simd/program/products/wide_sums.ts";
import type { Bits } from "../assembler/registers.ts";

/** Strides of a matrix in elements. */
export type Strides = { readonly row: number; readonly column: number };

/** A product of matrices `[m, k]` and `[k, n]`, all sizes above 0. */
export type Problem = {
  readonly dtype: DType;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: Strides;
  readonly b: Strides;
  /** Elements between rows of the product, whose columns lie side by side. */
  readonly c: number;
};

/** How a product is computed. Strides and sizes of memory are in bytes. */
export type ProductPlan = Problem & {
  readonly bits: Bits;
  /** Bytes of an element. */
  readonly bytes: number;
  /** The vectors of columns in a full panel, and its columns. */
  readonly vectors: number;
  readonly width: number;
  /** The number of terms that are summed in one pass; each pass adds its sums to those of the passes before. */
  readonly pass: number;
  /** The rows of `a` that are used for all columns before the next: they stay in the second-level cache. */
  readonly block: number;
  /** How the second matrix is packed into panels: rows that are cut, columns that are transposed, or not at all. */
  readonly packed: false | "rows" | "columns";
  /** Bytes from one step of the sums to the next in a panel, and from one panel to the next. */
  readonly bStep: number;
  readonly panel: number;
  /** How blocks of the first matrix are copied: along the axis whose elements are side by side, or not at all. */
  readonly copied: false | "rows" | "columns";
  /** Bytes between rows and between steps of the sums of the first matrix, where tiles read it. */
  readonly aRow: number;
  readonly aColumn: number;
  /** Bytes of memory for packed panels, and for the copied block behind them. */
  readonly panelBytes: number;
  readonly copyBytes: number;
};

/** Bytes of the first matrix in one block. */
const BLOCK = 262_144;

/** The fewest rows for which packing pays; where rows of the second matrix fall into the same cache sets, it pays sooner. */
const MANY = 48, MANY_CROWDED = 16;

/** Bytes of a second matrix that stays in the first-level cache, so that nothing is gained by packing it. */
const CACHED = 20_480;

/** Bytes between lines whose multiples fall into few sets of the caches. */
const CROWDED = 1024;

/** The panels of columns for which copying the first matrix pays, if its lines crowd few sets, or pages. */
const MANY_PANELS = 4;

/** The fewest rows for which it pays to transpose the second matrix; for fewer, sums along its columns are faster. */
const LEAST_TRANSPOSED = 8;

/** Returns the most rows of a tile that is so many vectors wide: sums, factors and a mask must fit in the registers. */
export function mostRows(vectors: number, bits: Bits): number {
  const registers = bits === 512 ? 32 : 16;
  // With one vector, AVX-512 repeats elements of the first matrix in the multiplication; else they take a register.
  return Math.max(1, Math.floor((registers - vectors - (bits === 512 && vectors === 1 ? 1 : 2)) / vectors));
}

/** Returns the vectors of a panel: the more, the fewer rows there are, so that enough sums are independent. */
function vectorsFor(m: number, bits: Bits): number {
  if (bits === 512) return m >= 9 ? 2 : m >= 6 ? 3 : m >= 4 ? 4 : m === 3 ? 6 : 8;
  return m >= 4 ? 2 : m === 3 ? 3 : m === 2 ? 4 : 8;
}

/**
 * Plans a product; returns `undefined` if there is no code for it.
 *
 * @param results The results of all products of a batch, if they are more than those of this one: of few, sums are divided more
 * finely.
 */
export function planProduct(problem: Problem, bits: Bits, results = problem.m * problem.n): ProductPlan | undefined {
  const { dtype, m, n, k, a, b } = problem, bytes = BYTES_PER_ELEMENT[dtype], lanes = bits / 8 / bytes;
  const most = blocksFor(results, dtype, DEFAULT_BLOCKS).depth[dtype],
    pass = Math.ceil(k / Math.ceil(k / most) / 4) * 4;
  const isTransposed = b.column !== 1 && n > 1;
  if (
    isWide(Math.ceil(k / DEFAULT_BLOCKS.depth[dtype]), bytes) || n < 4 ||
    (isTransposed && (b.row !== 1 || m < LEAST_TRANSPOSED))
  ) return undefined;
  const vectors = Math.min(vectorsFor(m, bits), Math.ceil(n / lanes)),
    width = vectors * lanes,
    depth = Math.min(k, pass);
  const crowded = (b.row * bytes) % 4096 === 0 && k > 8;
  const isLarge = crowded || depth * n * bytes > CACHED;
  const packed = isTransposed
    ? "columns"
    : isLarge && n > width && m >= (crowded ? MANY_CROWDED : MANY)
    ? "rows"
    : false;
  const panels = Math.ceil(n / width), panel = packed === false ? width * bytes : depth * width * bytes;
  const tallest = mostRows(vectors, bits), block = Math.max(1, Math.floor(BLOCK / (depth * bytes) / most)) * most;
  // The last block takes what is left, if that is less than a tile.
  const rows = Math.min(m, block + tallest);
  const copied = copyOf(problem, depth, panels, bytes);
  const length = copied === "rows" ? depth : rows, lines = copied === "rows" ? rows : depth;
  const step = toLines(length * bytes) + 64;
  return {
    ...problem,
    bits,
    bytes,
    vectors,
    width,
    pass,
    block,
    packed,
    bStep: packed === false ? b.row * bytes : width * bytes,
    panel,
    copied,
    aRow: copied === "rows" ? step : copied === "columns" ? bytes : a.row * bytes,
    aColumn: copied === "rows" ? bytes : copied === "columns" ? step : a.column * bytes,
    panelBytes: packed === false ? 0 : toLines(panels * panel),
    copyBytes: copied === false ? 0 : lines * step,
  };
}

/** Decides whether to copy the first matrix: where its lines crowd few cache sets or are far apart, and are used often. */
function copyOf({ a, k, m }: Problem, depth: number, panels: number, bytes: number): ProductPlan["copied"] {
  if (panels < MANY_PANELS) return false;
  if (a.column === 1 && k > 1) return a.row * bytes % CROWDED === 0 && depth * bytes >= CROWDED ? "rows" : false;
  if (a.row === 1 && m > 1) return a.column * bytes % CROWDED === 0 && depth >= 16 ? "columns" : false;
  return false;
}

/** Cuts rows into tiles: as even as they can be where there are few, else whole tiles and two that share the rest. */
export function cutRows(rows: number, most: number): readonly { readonly rows: number; readonly count: number }[] {
  const count = Math.ceil(rows / most), small = Math.floor(rows / count), larger = rows - small * count;
  const tiles = larger === 0
    ? [{ rows: small, count }]
    : count <= 3
    ? [{ rows: small + 1, count: larger }, { rows: small, count: count - larger }]
    : lastTwo(rows, most);
  return tiles.filter((tile) => tile.count > 0);
}

function lastTwo(rows: number, most: number) {
  const rest = rows % most + most, half = Math.ceil(rest / 2);
  return [
    { rows: most, count: Math.floor(rows / most) - 1 },
    { rows: half, count: 1 },
    { rows: rest - half, count: 1 },
  ];
}
