/**
 * Plans of matrix products: the kind of tile, the division into pieces, and what is packed.
 *
 * @module
 */
import { blocksFor, DEFAULT_BLOCKS, hasShortPasses, isExactProduct } from "../../block_sizes.ts";
import { BYTES_PER_ELEMENT, type DType } from "../../../dtype.ts";
import type { Loop, Operand } from "../../../program/program.ts";
import type { Shape } from "../../../shape.ts";
import { lineStep } from "./line_pack.ts";
import { isWide } from "./wide_sums.ts";

/** A matrix of an operand; strides are in elements. */
export type Matrix = { readonly rows: number; readonly columns: number; readonly row: number; readonly column: number };

/** A batch of products of matrices, at constant strides from one another. */
export type GemmProblem = {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: Matrix;
  readonly b: Matrix;
  /** Axes of the batch, strides in elements; the product is row-major. */
  readonly batch: readonly { readonly length: number; readonly a: number; readonly b: number; readonly c: number }[];
  /** The number of rows of the product for each index of axis 0, if no batch is left. */
  readonly unit: number;
};

/**
 * Derives sizes and strides from operands; a batch of matrices whose rows follow one another times one matrix is one
 * product.
 */
export function problemOf(a: Operand, b: Operand): GemmProblem {
  const rank = a.shape.length, m = a.shape[rank - 2]!, k = a.shape[rank - 1]!, n = b.shape[rank - 1]!;
  const left = { rows: m, columns: k, row: a.stride[rank - 2]!, column: a.stride[rank - 1]! };
  const right = { rows: k, columns: n, row: b.stride[rank - 2]!, column: b.stride[rank - 1]! };
  let size = m * n;
  const batch = a.shape.slice(0, -2).map((length, axis) => ({ length, a: a.stride[axis]!, b: b.stride[axis]! }))
    .reverse().map((axis) => {
      const c = size;
      size *= axis.length;
      return { ...axis, c };
    }).reverse();
  const axes = batch.filter(({ length }) => length !== 1), total = axes.reduce((rows, { length }) => rows * length, m);
  const first = rank > 2 ? a.shape[0]! : m, row = m === 1 && axes.length > 0 ? axes[axes.length - 1]!.a : left.row;
  const tall = axes.every(({ a: step, b: repeat }, i) =>
    repeat === 0 && step === row * m * axes.slice(i + 1).reduce((rows, { length }) => rows * length, 1)
  );
  const unit = rank > 2 ? (first === 0 ? 0 : total / first) : 1;
  if (tall) return { m: total, n, k, a: { ...left, rows: total, row }, b: right, batch: [], unit };
  return { m, n, k, a: left, b: right, batch, unit: 1 };
}

/** The kind of tile: `a` is read element by element and `b` in vectors, or both in vectors along the axis of sums. */
export type GemmPlan = {
  readonly form: "outer" | "dot";
  /** Whether the transposed product of the transposed matrices is computed instead. */
  readonly transposed: boolean;
  /** Whether the first matrix is packed first: into rows, as `emitLines` does. */
  readonly upright: boolean;
  /** Whether the second matrix is packed first: into panels of two vectors of columns, or into columns. */
  readonly packed: false | "panels" | "columns";
  /** The number of terms that are summed in one pass. */
  readonly pass: number;
  /** Whether passes are summed in float64. */
  readonly wide: boolean;
  /**
   * Whether sums are computed with more digits, for few results: "all" terms are added in float64, see `exact_tile.ts`, or the sums
   * of short "chains".
   */
  readonly exact: false | "all" | "chains";
};

/** A product with its plan, from which code is emitted. */
export type GemmLowering = {
  /** `[..., m, k]` */
  readonly a: Operand;
  /** `[..., k, n]` */
  readonly b: Operand;
  /** The epilogue. */
  readonly epilogue?: Loop;
  readonly dtype: DType;
  /** Bytes of an element. */
  readonly bytes: number;
  readonly problem: GemmProblem;
  /** The problem, transposed if the product is computed transposed. */
  readonly oriented: GemmProblem;
  /** That problem, with the strides that packed rows and columns have. */
  readonly computed: GemmProblem;
  readonly plan: GemmPlan;
  /** The shape of the product, and how many elements it has. */
  readonly shape: Shape;
  readonly size: number;
  /**
   * The number of rows that are computed before the epilogue runs on them, or before wide sums are rounded; 0 for a
   * batch.
   */
  readonly blockRows: number;
  /**
   * The bytes of the packed matrices of one product, the second followed by the first; 0 for one that is not packed.
   */
  readonly packedBytes: number;
  readonly uprightBytes: number;
};

/** The number of steps in one pass: the parts of both matrices that a tile reads stay in the first-level cache. */
const PASS: { readonly [F in GemmPlan["form"]]: { readonly [D in DType]: number } } = /* @__PURE__ */ (() => ({
  outer: DEFAULT_BLOCKS.depth,
  dot: { float32: 1024, float64: 512 },
}))();

/** Below this many steps, the part of an unpacked matrix that a tile reads stays in the first-level cache. */
const SHORT = 64;

/** Bytes between columns of the first matrix whose multiples fall into few sets of the second-level cache. */
const CROWDED = 4096;

/** Lines that fall into the same set of the first-level cache, and stay there. */
const WAYS = 8;

/**
 * The fewest rows for which packing pays; where rows of the other matrix fall into the same set of the cache, it pays
 * sooner. Measured, 32 x 784 x 128: 42 GFLOP/s packed, 44 not; 32 x 1024 x 1024: 33 packed, 26 not; 128 x 128 x 784: 46
 * and 40.
 */
const MANY = 48, MANY_CROWDED = 16;

/** The fewest steps for vectors along the axis of sums, whose lanes are summed at the end. */
const DEEP = 16;

/** The fewest rows for which it pays to pack the second matrix into columns, if columns do not fill whole panels. */
const MANY_RAGGED = 16;

/**
 * If a smaller share of the multiplications than this is useful, vectors along the axis of sums are faster: for long
 * sums, and for short ones. Measured, share of the peak in columns and along sums: 256 x 256 x 10: 68 and 94 %, 200 x
 * 20 x 10: 69 and 77,
 * 256 x 256 x 33: 85 and 97, 30 x 30 x 30: 92 and 77, 100 x 100 x 100: 94 and 96.
 */
const RAGGED_LONG = 0.97, RAGGED = 0.9, LONG = 64;

/**
 * Returns the efficiency of panels for this many columns: the time of full panels divided by the actual time; half a
 * panel takes two thirds of a full one.
 */
function panelShare(columns: number, lanes: number): number {
  const width = 2 * lanes, full = Math.floor(columns / width), rest = columns % width;
  return columns / width / (full + (rest > lanes ? 1 : rest > 0 ? 2 / 3 : 0));
}

/**
 * The fewest columns for which it pays to pack the first matrix into rows, if its columns are contiguous: sooner where
 * those crowd few sets of the cache. Measured, share of the peak packed and not: 1024 x 256 x 16: 76 and 65 %, 768 x
 * 256 x 32: 90 and 99, 256 x 256 x 256: 95 and 99, 512 x 512 x 512: 93 and 87, 512 x 64 x 512: 92 and 98.
 */
const WIDE = 384, WIDE_CROWDED = 16;

/** The fewest steps for the same, if no sets are crowded. */
const WIDE_DEPTH = 128;

/** Returns the plan of a product with few results; `undefined` if it has many, or its operands are backwards. */
function exactPlan(problem: GemmProblem, dtype: DType): GemmPlan | undefined {
  const { m, n, k, a, b } = problem, results = resultsOf(problem);
  if (!isExactProduct(results, k, dtype)) return undefined;
  if ([a, b].some(({ row, column }) => row < 0 || column < 0)) return undefined;
  const alongDepth = a.column === 1 && b.row === 1, [alongRows, alongColumns] = [a.row === 1, b.column === 1];
  const isTransposed = !alongDepth && (alongRows ? !alongColumns || m > n : !alongColumns && m > n);
  const form = alongDepth ? "dot" : "outer";
  return { form, transposed: isTransposed, upright: false, packed: false, pass: k, wide: false, exact: "all" };
}

/** Counts the results of all products of a batch. */
const resultsOf = ({ m, n, batch }: GemmProblem): number => batch.reduce((count, { length }) => count * length, m * n);

/** Chooses how to compute a product. */
export function planOf(problem: GemmProblem, dtype: DType, blocks: boolean): GemmPlan {
  const exact = exactPlan(problem, dtype);
  if (exact !== undefined) return exact;
  const { m, n, k, a, b } = problem, bytes = BYTES_PER_ELEMENT[dtype], lanes = 16 / bytes;
  const alongDepth = (a.column === 1 || k === 1) && (b.row === 1 || k === 1);
  const alongColumns = b.column === 1 || n === 1, alongRows = a.row === 1 || m === 1;
  function passes(form: "outer" | "dot") {
    const results = resultsOf(problem), isFew = hasShortPasses(results, dtype);
    const { depth } = form === "outer" ? blocksFor(results, dtype, DEFAULT_BLOCKS) : { depth: PASS.dot };
    const count = Math.max(1, Math.ceil(k / depth[dtype]));
    return {
      form,
      pass: Math.ceil(k / count / 4) * 4,
      wide: isWide(count, bytes, isFew),
      exact: isFew && "chains",
    } as const;
  }
  const isFlat = k < DEEP && m >= MANY_RAGGED && n >= 2 * lanes; // for sums this short, adding the lanes takes longer
  if (alongDepth && !isFlat && (k >= lanes || (!alongColumns && !alongRows))) {
    return { transposed: !blocks && n < m && n < 6, upright: false, packed: false, ...passes("dot") };
  }
  // Columns of a product that is computed transposed are far apart: where sums are short, that costs more than packing.
  const asIs = alongColumns ? n >= lanes || m <= n || blocks : k < 2 * DEEP && m >= MANY_RAGGED && n >= 2 * lanes;
  const isTransposed = alongRows && !asIs;
  const { a: first, b: second, m: rows, n: columns } = isTransposed ? transposed(problem) : problem;
  const inColumns = first.row === 1 && first.column !== 1,
    isPackable = second.column === 1 &&
      (first.column === 1 || (inColumns && columns >= 2 * lanes && k >= LONG));
  const isRagged = panelShare(columns, lanes) < (k >= LONG ? RAGGED_LONG : RAGGED);
  if (isRagged && isPackable && k >= DEEP && rows >= MANY_RAGGED) {
    return { transposed: isTransposed, upright: inColumns, packed: "columns", ...passes("dot") };
  }
  const crowded = second.row !== 0 && (second.row * 16 / lanes) % 4096 === 0 && k > WAYS;
  const packed = !(isTransposed || alongColumns) || (crowded ? rows >= MANY_CROWDED : rows >= MANY && k > SHORT);
  const isCrowded = first.column * bytes % CROWDED === 0, gains = isCrowded ? columns >= WIDE_CROWDED : columns >= WIDE;
  const upright = inColumns && k >= (isCrowded ? DEEP : WIDE_DEPTH) && gains;
  return { transposed: isTransposed, upright, packed: packed && "panels", ...passes("outer") };
}

/** Returns the problem as its tiles see it, after packing. */
export function afterPacking(problem: GemmProblem, { upright, packed }: GemmPlan, bytes: number): GemmProblem {
  const { a, b, k } = problem, step = lineStep(k, bytes);
  return {
    ...problem,
    a: upright ? { ...a, row: step, column: 1 } : a,
    b: packed === "columns" ? { ...b, row: 1, column: step } : b,
  };
}

/** Tells whether a product is computed in blocks of rows: for an epilogue, or so that sums in float64 stay in the caches. */
export const isBlocked = ({ transposed: isTransposed, wide }: GemmPlan, epilogue: Loop | undefined): boolean =>
  !isTransposed && (epilogue !== undefined || wide);

/** Returns the same problem, transposed. */
export function transposed({ m, n, k, a, b, batch, unit }: GemmProblem): GemmProblem {
  const transposeMatrix = ({ rows, columns, row, column }: Matrix): Matrix => ({
    rows: columns,
    columns: rows,
    row: column,
    column: row,
  });
  return {
    m: n,
    n: m,
    k,
    a: transposeMatrix(b),
    b: transposeMatrix(a),
    batch: batch.map((axis) => ({ ...axis, a: axis.b, b: axis.a })),
    unit,
  };
}

/**
 * Cuts rows into tiles of 6, and a few of 5 or 4, which are nearly as fast; smaller tiles are used only if there are
 * fewer rows. Of the ways with as few tiles, this has the fewest sizes, each of which is code of its own.
 */
export function tileRows(rows: number): TileRows {
  return rows < KEPT ? TILE_ROWS[rows] ??= cutIntoTiles(rows) : cutIntoTiles(rows);
}

/** Sizes of tiles, and how many of each. */
type TileRows = readonly { readonly rows: number; readonly count: number }[];

/** The tiles of fewer rows than this are kept: plans of convolutions ask for many of them, repeatedly. */
const KEPT = 256;

const TILE_ROWS: TileRows[] = [];

function cutIntoTiles(rows: number): TileRows {
  const most = 6, sixes = Math.floor(rows / most), rest = rows % most;
  const fives = 6 - rest, isEnough = sixes + 1 >= fives;
  const [taken, others] = rest === 1 && isEnough
    ? [4, [5, 5, 5, 5, 5]]
    : rest === 3 && isEnough
    ? [2, [5, 5, 5]]
    : ([[0, []], [2, [5, 4, 4]], [1, [4, 4]], [1, [5, 4]], [0, [4]], [0, [5]]] as const)[rest]!;
  if (sixes < taken) return rows < 4 ? [{ rows, count: 1 }] : [{ rows: 4, count: 1 }, { rows: rows - 4, count: 1 }];
  const tiles: { readonly rows: number; readonly count: number }[] = [];
  for (const size of [most, 5, 4]) {
    const count = size === most ? sixes - taken : others.filter((other) => other === size).length;
    if (count > 0) tiles.push({ rows: size, count });
  }
  return tiles;
}
