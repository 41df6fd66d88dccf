/**
 * Where matrix products are cut into units.
 *
 * Where vectors run along the axis of sums, the number of rows and columns of a tile decides the order of addition, so
 * units are cut between the tiles of the whole.
 *
 * @module
 */
import { columnsFor } from "./dot_tile.ts";
import { type GemmLowering, isBlocked, tileRows } from "./gemm_plan.ts";
import { vectorsFor } from "./tile.ts";

/** The desired number of units, unless they would be too small. */
const UNITS = 32;

/** The rows of a tile, and the fewest of one that is nearly as fast. */
const TILE = 6, SHORT_TILE = 4;

/** The rows of two tiles: where the tiles decide the order of addition, units are such pairs. */
export const PAIR = 12;

/** Equal pieces of an axis, and the rest. */
export type Cut = { readonly size: number; readonly full: number; readonly rest: number };

export const unitsIn = ({ full, rest }: Cut): number => full + (rest > 0 ? 1 : 0);

export const largest = ({ size, full, rest }: Cut): number => Math.max(full > 0 ? size : 0, rest);

/** Cuts rows, in the orientation in which the product is computed, into whole indices of axis 0 if the epilogue needs them. */
export function cutRows(lowering: GemmLowering): Cut {
  const { oriented: { m }, problem, plan, blockRows, epilogue } = lowering;
  const whole = !isBlocked(plan, epilogue), unit = whole || epilogue === undefined ? 1 : problem.unit;
  const cut = (size: number, full = Math.floor(m / size)): Cut => ({ size, full, rest: m - full * size });
  const even = unit > 1 || (plan.form === "dot" && !isFree(lowering)) ? undefined : evenRows(m, whole ? m : blockRows);
  if (even !== undefined) return cut(even);
  if (plan.form === "outer") {
    const most = Math.min(Math.ceil(m / UNITS), whole ? m : blockRows);
    if (unit > 1) return cut(Math.ceil(Math.max(PAIR, most) / unit) * unit);
    const size = Math.ceil(Math.max(TILE, most) / TILE) * TILE, full = Math.floor(m / size), rest = m % size % TILE;
    // A few rows that are left over are slow as a tile of their own, so they go with the last units.
    const joined = rest === 0 || rest >= SHORT_TILE ? 0 : rest === 1 && size === TILE ? 2 : 1;
    return cut(size, Math.max(0, full - joined));
  }
  // The tiles of the whole product: its blocks of rows each begin with tiles of 6.
  const block = whole || blockRows >= m ? m : blockRows;
  if (unit > 1 || (block < m && block % PAIR !== 0)) return cut(block);
  const before = block < m ? Math.floor(m / block) * block : 0;
  const sixes = m === before ? 0 : tileRows(m - before).find(({ rows }) => rows === 6)?.count ?? 0;
  return cut(PAIR, before / PAIR + Math.floor(sixes / 2));
}

/** The numbers of units that most numbers of threads divide evenly. */
const EVEN = [64, 32, 16, 8];

/**
 * Returns the number of rows of equal units, so that threads divide the rows of neighbouring instructions at the same
 * places, and each has the rows that it computed before; `undefined` if there are no such units. As few tiles as possible
 * have fewer than 6 rows.
 */
function evenRows(m: number, most: number): number | undefined {
  const sizes = EVEN.map((count) => m / count).filter((size) =>
    Number.isInteger(size) && size >= PAIR && size <= Math.max(most, PAIR)
  );
  const tilesOf = (size: number) => tileRows(size).reduce((sum, { count }) => sum + count, 0) / size;
  return sizes.toSorted((a, b) => tilesOf(a) - tilesOf(b) || a - b)[0];
}

/** Tells whether vectors along the axis of sums are added in the same order in tiles of any rows that are used. */
const isFree = (lowering: GemmLowering): boolean =>
  lowering.oriented.n % columnsFor(TILE) === 0 &&
  rowBlocks(lowering).every((count) => tileRows(count).every(({ rows }) => rows >= SHORT_TILE));

/** Cuts columns between the panels of the whole product. */
export function cutColumns(lowering: GemmLowering): Cut {
  const { oriented: { n }, plan, bytes } = lowering, lanes = 16 / bytes;
  const widths = rowBlocks(lowering).flatMap((count) => tileRows(count)).map(({ rows }) =>
    plan.form === "dot" ? columnsFor(rows) : (plan.packed === "panels" ? 2 : vectorsFor(rows)) * lanes
  );
  const width = widths.reduce(leastCommonMultiple), size = width * Math.ceil(Math.max(n / UNITS, 16) / width);
  return { size, full: Math.floor(n / size), rest: n % size };
}

const leastCommonMultiple = (a: number, b: number): number => {
  let multiple = a;
  while (multiple % b !== 0) multiple += a;
  return multiple;
};

/** Returns the rows of the blocks in which the whole product is computed. */
export function rowBlocks({ oriented: { m }, plan, blockRows, epilogue }: GemmLowering): readonly number[] {
  if (!isBlocked(plan, epilogue) || blockRows >= m) return [m];
  const rest = m % blockRows, blocks = new Array<number>(Math.floor(m / blockRows)).fill(blockRows);
  return rest > 0 ? [...blocks, rest] : blocks;
}
