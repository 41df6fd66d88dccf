/**
 * The last columns of a product of {@link tilesEmitter}, where they do not fill a panel: each column is a row of the
 * tile here, and vectors run along the windows of a line of the image.
 *
 * @module
 */
import type { LaneInstructions } from "../../lane_instructions.ts";
import { call, type Callable, i32, type ModuleBuilder } from "../../../wasm/mod.ts";
import type { Rows, Spec, TilesEmitter } from "./conv_tiles.ts";
import { repeat } from "./repeat.ts";
import { buildTile, type Depth, vectorsFor } from "./tile.ts";
import { elementBytes } from "./wide_sums.ts";

/** Lines of windows that are side by side in the image. */
type Lines = {
  readonly count: number;
  readonly length: number;
  /** Bytes from one line to the next. */
  readonly step: number;
};

/** Returns the lines of a product's rows, or `undefined` if windows are not side by side. */
function linesOf({ units, unit, offsets }: Rows, bytes: number): Lines | undefined {
  const { length } = offsets;
  if (offsets.some((offset, i) => offset !== offsets[0]! + i * bytes)) return undefined;
  if (unit === length * bytes) return { count: 1, length: units * length, step: 0 };
  return { count: units, length, step: unit };
}

/** Cuts columns into tiles. */
const tilesOf = (columns: number): readonly number[] => columns === 7 ? [4, 3] : [columns];

/** The fewest sums that keep both multipliers busy. */
const BUSY = 8;

/** The time of one step of a tile: that of its multiplications, or of its loads, two of which run at once. */
const stepTime = (rows: number, vectors: number): number => Math.max(rows * vectors, BUSY, rows + vectors) / 2;

/**
 * Estimates the time of a product in lines: 1 is that of a window with all columns of a panel. It is infinite if windows are
 * not side by side.
 */
export function linesTime({ bytes, count }: LaneInstructions, { rows }: Pick<Spec, "rows">, columns: number): number {
  const lines = linesOf(rows, bytes);
  if (lines === undefined) return Infinity;
  return lines.count * tilesOf(columns).reduce((time, rows) => {
    const most = vectorsFor(rows), vectors = Math.ceil(lines.length / count), rest = vectors % most;
    return time + Math.floor(vectors / most) * stepTime(rows, most) + (rest > 0 ? stepTime(rows, rest) : 0);
  }, 0);
}

/** Emits a product in lines; its windows are side by side, and it has fewer columns than a panel. */
export function linesEmitter(m: ModuleBuilder, lanes: LaneInstructions, spec: Spec): TilesEmitter {
  const { rows, columns, column, accumulate, padded } = spec, element = elementBytes(accumulate, lanes.bytes);
  const { count, length, step } = linesOf(rows, lanes.bytes)!; // otherwise its time is infinite
  const depth = exchanged(spec.depth);
  const tile = (rows: number): Callable<"none"> =>
    buildTile(m, lanes, {
      pointers: 1,
      rows: Array.from({ length: rows }, (_, r) => ({ pointer: 0, offset: r * lanes.bytes })),
      depth,
      columns: length,
      vectors: vectorsFor(rows),
      panel: 16 * vectorsFor(rows),
      padded,
      target: { row: column, column: element },
      accumulate,
    });
  let first = 0;
  const tiles = tilesOf(columns).map((rows) => ({ at: (first += rows) - rows, tile: tile(rows) }));
  return (f, image, packed, target) => {
    const b = f.let(i32.add(image, rows.offsets[0]!)), c = f.let(target);
    repeat(f, count, () => {
      for (const { at, tile } of tiles) {
        f.do(call(tile, i32.add(packed, at * lanes.bytes), b, i32.add(c, at * column)));
      }
      f.increment(b, step);
      f.increment(c, length * element);
    });
  };
}

/** Returns the same order with the two matrices exchanged. */
function exchanged({ loops, steps, tail, start, ...rest }: Depth): Depth {
  return {
    ...rest,
    ...start && { start: { a: start.b, b: start.a } },
    loops: loops.map(({ count, a, b }) => ({ count, a: b, b: a })),
    steps: steps.map(({ a, b }) => ({ a: b, b: a })),
    tail: tail.map(({ a, b }) => ({ a: b, b: a })),
  };
}
