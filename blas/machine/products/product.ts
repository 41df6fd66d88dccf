/**
 * Whole matrix products as machine code.
 *
 * @module
 */
import type { Code } from "../code/code.ts";
import { Lanes } from "../code/lanes.ts";
import { at, type Counter, type Pointer, type Region } from "../code/regions.ts";
import { copyLines, packColumns, packRows } from "./pack.ts";
import { cutRows, mostRows, type ProductPlan } from "./plan.ts";
import { type Column, emitTile, plainDepth } from "./tile.ts";

/** The matrices of a product, and its workspace. */
export type ProductPlaces = {
  /** They are the same afterwards. */
  readonly a: Pointer;
  readonly b: Pointer;
  readonly c: Pointer;
  /** Where packed matrices go: `workBytes` bytes from an offset on. */
  readonly work: Region;
  readonly offset: number;
};

/** Returns the bytes of workspace of a product. */
export const workBytes = ({ panelBytes, copyBytes }: ProductPlan): number => panelBytes + copyBytes;

/** Blocks of rows, after each of which something is done while it is in the caches. */
export type RowBlocks = {
  /** The rows of a block; the last may have fewer. */
  readonly rows: number;
  /** Whether all blocks are computed at the same place. */
  readonly together: boolean;
  /** Is called after each block: the number of its first row, and of its rows, and what counts blocks, `rows` rows each. */
  readonly done: (first: number, count: number, counter?: Counter) => void;
};

/** Writes the code of a product. Only one pass may compute all blocks at the same place. */
export function emitProduct(code: Code, plan: ProductPlan, places: ProductPlaces, blocks?: RowBlocks): void {
  const { k, pass, a, b, bytes } = plan, lanes = new Lanes(code, plan.dtype, plan.bits);
  const between = Math.max(0, Math.ceil(k / pass) - 2), last = k - pass * (1 + between);
  const moves = [[places.a, pass * a.column * bytes], [places.b, pass * b.row * bytes]] as const;
  const forward = (turns: number) => moves.forEach(([pointer, by]) => code.move(pointer, turns * by));
  emitPass(code, lanes, plan, places, Math.min(k, pass), false, last <= 0 ? blocks : undefined);
  if (last <= 0) return;
  forward(1);
  code.loop(between, moves, () => emitPass(code, lanes, plan, places, pass, true, undefined));
  emitPass(code, lanes, plan, places, last, true, blocks);
  forward(-1 - between);
}

/** Writes one pass: so many terms of all sums. */
function emitPass(
  code: Code,
  lanes: Lanes,
  plan: ProductPlan,
  { a, b, c, work, offset }: ProductPlaces,
  depth: number,
  accumulate: boolean,
  blocks: RowBlocks | undefined,
): void {
  const { n, width, packed, panel, bytes } = plan;
  if (packed !== false) {
    const from = code.pointerTo(at(b)), to = code.pointer(work, offset), panels = { depth, columns: n, width, panel };
    if (packed === "rows") packRows(code, lanes, panels, plan.b.row * bytes, from, to);
    else packColumns(code, lanes, panels, plan.b.column * bytes, from, to);
    code.free(from, to);
  }
  const aBlock = plan.a.row * bytes, cRow = plan.c * bytes;
  const block = (rows: number, a: Pointer, c: Pointer) => {
    if (plan.copied !== false) emitCopy(code, lanes, plan, { a, work, offset }, depth, rows);
    const panels = Math.floor(n / width), rest = n % width, column = code.pointerTo(at(c));
    const second = packed === false ? code.pointerTo(at(b)) : code.pointer(work, offset);
    const some = (columns: number) => {
      const first = plan.copied === false ? code.pointerTo(at(a)) : code.pointer(work, offset + plan.panelBytes);
      emitColumns(code, lanes, plan, { first, second, column, columns }, { rows, depth, accumulate });
      code.free(first);
    };
    code.loop(panels, [[second, panel], [column, width * bytes]], () => some(width));
    if (rest > 0) some(rest);
    code.free(column, second);
  };
  const size = blocks?.rows ?? plan.block, { whole, rest } = cutBlocks(plan, size);
  if (blocks === undefined) {
    code.loop(whole, [[a, size * aBlock], [c, size * cRow]], () => block(size, a, c));
    if (rest > 0) block(rest, a, c);
    code.move(a, -whole * size * aBlock);
    code.move(c, -whole * size * cRow);
    return;
  }
  code.count(whole, 1, (counter) => {
    const p = code.pointerToAlong(at(a), counter, size * aBlock);
    const q = blocks.together ? code.pointerTo(at(c)) : code.pointerToAlong(at(c), counter, size * cRow);
    block(size, p, q);
    code.free(p, q);
    blocks.done(0, size, counter);
  });
  if (rest === 0) return;
  const p = code.pointerTo(at(a, whole * size * aBlock));
  const q = code.pointerTo(at(c, blocks.together ? 0 : whole * size * cRow));
  block(rest, p, q);
  code.free(p, q);
  blocks.done(whole * size, rest);
}

/** Returns the number of whole blocks of so many rows, and the rows that are left: those join the last, if they are few. */
export function cutBlocks(
  { m, vectors, bits }: ProductPlan,
  rows: number,
): { readonly whole: number; readonly rest: number } {
  const most = mostRows(vectors, bits), blocks = m <= rows + most ? 0 : Math.floor(m / rows), left = m - blocks * rows;
  const whole = left > 0 && left <= most && blocks > 0 ? blocks - 1 : blocks;
  return { whole, rest: m - whole * rows };
}

/** Writes the copy of some rows of the first matrix. */
function emitCopy(
  code: Code,
  lanes: Lanes,
  { a, bytes, copied, aRow, aColumn, panelBytes }: ProductPlan,
  { a: source, work, offset }: Pick<ProductPlaces, "a" | "work" | "offset">,
  depth: number,
  rows: number,
): void {
  const from = code.pointerTo(at(source)), to = code.pointer(work, offset + panelBytes);
  const lines = copied === "rows"
    ? { lines: rows, length: depth, fromStep: a.row * bytes, toStep: aRow }
    : { lines: depth, length: rows, fromStep: a.column * bytes, toStep: aColumn };
  copyLines(code, lanes, lines, from, to);
  code.free(from, to);
}

/** Writes all tiles of some columns, one below another. */
function emitColumns(
  code: Code,
  lanes: Lanes,
  plan: ProductPlan,
  { first, second, column, columns }: {
    readonly first: Pointer;
    readonly second: Pointer;
    readonly column: Pointer;
    readonly columns: number;
  },
  { rows, depth, accumulate }: { readonly rows: number; readonly depth: number; readonly accumulate: boolean },
): void {
  const { aRow, aColumn, bStep, bits, bytes, packed } = plan, vectors = Math.ceil(columns / lanes.count);
  const cut = columns % lanes.count, edge = cut === 0 ? undefined : lanes.edge(cut), cRow = plan.c * bytes;
  const tile = {
    columns: Array.from({ length: vectors }, (_, v): Column => {
      const offset = v * lanes.width;
      return { b: offset, c: offset, ...v === vectors - 1 && edge && { edge } };
    }),
    padded: packed !== false,
    depth: plainDepth(depth, aColumn, bStep),
    accumulate,
    cRow,
  };
  const c = code.pointerTo(at(column));
  for (const { rows: own, count } of cutRows(rows, mostRows(vectors, bits))) {
    const offsets = Array.from({ length: own }, (_, r) => r * aRow);
    code.loop(count, [[first, own * aRow], [c, own * cRow]], () => {
      emitTile(code, lanes, { ...tile, rows: offsets }, { a: first, b: second, c });
    });
  }
  code.free(c);
  if (edge !== undefined) lanes.release(edge);
}
