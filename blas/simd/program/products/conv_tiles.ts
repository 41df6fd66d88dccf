/**
 * Tiles whose rows begin anywhere in an image: windows, or elements of a kernel.
 *
 * @module
 */
import type { LaneInstructions } from "../../lane_instructions.ts";
import { call, type Callable, type FunctionBuilder, i32, type Local, type ModuleBuilder } from "../../../wasm/mod.ts";
import { linesEmitter, linesTime } from "./conv_lines.ts";
import { tileRows } from "./gemm_plan.ts";
import { buildTile, type Depth } from "./tile.ts";
import { repeat } from "./repeat.ts";
import { type Accumulate, elementBytes } from "./wide_sums.ts";

/**
 * Rows of a product: one for each of `units` and each of `offsets`, which say where a row's elements begin in an image.
 */
export type Rows = {
  readonly units: number;
  /** Bytes in the image from one unit to the next. */
  readonly unit: number;
  readonly offsets: readonly number[];
};

/** The part that all tiles of a product share. */
export type Spec = {
  readonly rows: Rows;
  readonly depth: Depth;
  /** Columns of the product. */
  readonly columns: number;
  /** The bytes between panels of the packed matrix, whose rows are 32 bytes apart. */
  readonly panel: number;
  /** Bytes between columns of the product, whose rows are side by side. */
  readonly column: number;
  readonly accumulate: Accumulate;
  /** Whether whole vectors can be read at the end of each row of the image. */
  readonly padded: boolean;
};

/** The most rows that are computed together; each of their tiles is a separate call. */
const MANY = 96;

/** The bytes of the packed matrix that stay in the first-level cache. */
const PANELS = 20_480;

/** Estimates the time of a tile of this many rows, in multiplications: tiles of few rows cannot hide latency. */
const costOf = (rows: number): number =>
  tileRows(rows).reduce((sum, { rows, count }) => sum + count * (Math.max(rows, 4) + 0.3), 0);

/** Returns the number of units that makes tiles of few rows rare; of two as good, that with fewer sizes of tiles. */
function together(units: number, per: number): number {
  const total = (group: number) => Math.floor(units / group) * costOf(group * per) + costOf((units % group) * per);
  const sizes = (group: number) =>
    new Set([group, units % group].flatMap((count) => tileRows(count * per)).map(({ rows }) => rows)).size;
  let best = 1, least = total(best);
  for (let many = 2; many <= units && many * per <= MANY; many++) {
    const time = total(many);
    if (time >= 0.99 * least && (time > least || sizes(many) >= sizes(best))) continue;
    best = many;
    least = time;
  }
  return best;
}

/** Emits a product into a function; no pointer is changed. */
export type TilesEmitter = (
  f: FunctionBuilder,
  image: Local<"i32">,
  packed: Local<"i32">,
  target: Local<"i32">,
) => void;

/**
 * Emits a product; its arguments are the addresses of the image, the packed matrix and the product. Columns that do not
 * fill a panel are computed in lines, if that is faster.
 */
export function tilesEmitter(m: ModuleBuilder, lanes: LaneInstructions, spec: Spec): TilesEmitter {
  const { columns, panel, column, rows: { units, offsets } } = spec, width = 32 / lanes.bytes, rest = columns % width;
  const whole = columns - rest, most = (rest > lanes.count ? 1 : 2 / 3) * units * offsets.length;
  if (rest === 0 || linesTime(lanes, spec, rest) >= most) return panelsEmitter(m, lanes, spec);
  const panels = whole === 0 ? undefined : panelsEmitter(m, lanes, { ...spec, columns: whole });
  const lines = linesEmitter(m, lanes, { ...spec, columns: rest });
  return (f, image, packed, target) => {
    panels?.(f, image, packed, target);
    lines(f, image, f.let(i32.add(packed, whole / width * panel)), f.let(i32.add(target, whole * column)));
  };
}

/** Emits a product whose columns are in panels. */
function panelsEmitter(m: ModuleBuilder, lanes: LaneInstructions, spec: Spec): TilesEmitter {
  const { rows: { units, unit, offsets }, depth, columns, panel, column, accumulate } = spec, { bytes } = lanes;
  const width = 32 / bytes, panels = Math.ceil(columns / width), element = elementBytes(accumulate, bytes);
  const chunk = Math.min(panels, Math.max(1, Math.floor(PANELS / Math.max(1, panel))));
  const known = new Map<string, Callable<"none">>();
  function tile(rows: number, wide: number) {
    const key = `${rows} ${wide}`, found = known.get(key);
    if (found !== undefined) return found;
    const built = buildTile(m, lanes, {
      pointers: rows,
      rows: Array.from({ length: rows }, (_, pointer) => ({ pointer, offset: 0 })),
      depth,
      columns: wide,
      vectors: 2,
      panel,
      padded: true,
      target: { row: element, column },
      accumulate,
    });
    known.set(key, built);
    return built;
  }
  const group = together(units, offsets.length), most = chunk * width;
  return (f, image, packed, target) => {
    const b = f.let(packed), c = f.let(target);
    function body(wide: number) {
      const from = f.let(image), to = f.let(c);
      function some(count: number) {
        let first = 0;
        const starts = Array.from({ length: count }, (_, i) => offsets.map((offset) => offset + i * unit)).flat();
        for (const { rows, count: times } of tileRows(starts.length)) {
          for (let i = 0; i < times; i++, first += rows) {
            const pointers = starts.slice(first, first + rows).map((offset) => i32.add(from, offset));
            f.do(call(tile(rows, wide), ...pointers, b, i32.add(to, first * element)));
          }
        }
        f.increment(from, count * unit);
        f.increment(to, starts.length * element);
      }
      repeat(f, Math.floor(units / group), () => some(group));
      if (units % group > 0) some(units % group);
      f.increment(b, chunk * panel);
      f.increment(c, most * column);
    }
    repeat(f, Math.floor(columns / most), () => body(most));
    if (columns % most > 0) body(columns % most);
  };
}
