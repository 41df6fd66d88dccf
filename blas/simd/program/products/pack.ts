/**
 * Packing of the matrix that tiles read in vectors, into panels of two vectors of columns.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../../dtype.ts";
import type { LaneInstructions } from "../../lane_instructions.ts";
import { type FunctionBuilder, i32, type Local, type ModuleBuilder, v128 } from "../../../wasm/mod.ts";
import type { Matrix } from "./gemm_plan.ts";
import { columnsOf, loadPartialVector } from "./partial_vector.ts";
import { emitUnits, type UnitRange } from "../shares.ts";
import { repeat } from "./repeat.ts";
import { emitSharedPack, isSharedPack } from "./shared_pack.ts";

/** Bytes of a row of a panel. */
const ROW = 32;

/**
 * The number of panels that are packed together if rows are contiguous: two cache lines, which distant rows would
 * evict.
 */
const TOGETHER = 4;

/** Returns the number of elements of a packed matrix. */
export function packedElements({ n, k }: { readonly n: number; readonly k: number }, dtype: DType): number {
  const width = ROW / BYTES_PER_ELEMENT[dtype];
  return Math.ceil(n / width) * width * k;
}

/** A matrix to pack, and the layout of its panels. */
export type Packing = {
  /** Columns and rows. */
  readonly n: number;
  readonly k: number;
  readonly b: Matrix;
  /** The bytes between rows of a panel. Default: rows are contiguous. */
  readonly step?: number;
  /** The bytes between panels. Default: panels are contiguous. */
  readonly panel?: number;
};

/** Counts the units of a packing that is done in shares: groups of panels. */
export function packUnits(n: number, bytes: number): number {
  return Math.max(1, Math.ceil(n / (TOGETHER * ROW / bytes)));
}

/** Emits the packing of the second matrix of a product; the last panel is filled up with zeros. */
export function emitPack(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  packing: Packing,
  source: Local<"i32">,
  target: Local<"i32">,
): void {
  const { group, panel } = packerOf(f, lanes, packing, f.let(source), f.let(target));
  const width = ROW / lanes.bytes, panels = Math.floor(packing.n / width), rest = packing.n % width;
  const groups = packing.b.column === 1 ? Math.floor(panels / TOGETHER) : 0;
  repeat(f, groups, group);
  repeat(f, panels - groups * TOGETHER, () => panel(width));
  if (rest > 0) panel(rest);
}

/**
 * Emits the packing of some units.
 *
 * @param m The module, if its convolutions may share functions that pack.
 */
export function emitPackShare(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  packing: Packing,
  range: UnitRange,
  source: Local<"i32">,
  target: Local<"i32">,
  m?: ModuleBuilder,
): void {
  const { n, k, b, step = ROW } = packing, width = TOGETHER * ROW / lanes.bytes;
  if (m !== undefined && isSharedPack(packing, lanes)) {
    return emitSharedPack(f, m, lanes, packing, range, source, target, TOGETHER);
  }
  const from = f.let(i32.add(source, i32.mul(range.from, width * b.column * lanes.bytes)));
  const to = f.let(i32.add(target, i32.mul(range.from, TOGETHER * (packing.panel ?? step * k))));
  const { group, panel } = packerOf(f, lanes, packing, from, to), single = ROW / lanes.bytes;
  const last = () => {
    repeat(f, Math.floor(n % width / single), () => panel(single));
    if (n % single > 0) panel(n % single);
  };
  emitUnits(f, range, packUnits(n, lanes.bytes), group, n % width > 0 ? last : undefined);
}

/** Emitters that pack a group of panels, and one panel of a number of columns; both advance the pointers. */
function packerOf(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  { k, b, step = ROW, panel: panelStep = step * k }: Packing,
  from: Local<"i32">,
  to: Local<"i32">,
): { readonly group: () => void; readonly panel: (columns: number) => void } {
  const { bytes, count } = lanes, width = ROW / bytes, [row, column] = [b.row * bytes, b.column * bytes];
  function panel(columns: number) {
    for (let half = 0; half < width; half += count) {
      const own = Math.max(0, Math.min(count, columns - half)), at = half * bytes;
      const read = f.let(i32.add(from, half * column)), write = f.let(to);
      const single = () => {
        const value = f.let(v128.const(new Array<number>(16).fill(0)));
        if (own > 0 && b.column === 1) f.set(value, loadPartialVector(lanes, own, read, 0));
        else {
          const each = f.let(read);
          for (let lane = 0; lane < own; lane++) {
            f.set(value, bytes === 8 ? v128.load64_lane(each, value, lane, 0) : v128.load32_lane(each, value, lane, 0));
            if (lane + 1 < own) f.increment(each, column);
          }
        }
        f.do(v128.store(write, value, at));
        f.increment(read, row);
        f.increment(write, step);
      };
      if (b.row === 1 && own === count && column > 0) {
        repeat(f, Math.floor(k / count), () => {
          const rows = Array.from({ length: count }, (_, i) => f.let(v128.load(read, i * column)));
          columnsOf(f, lanes, rows).forEach((vector, i) => f.do(v128.store(write, vector, i * step + at)));
          f.increment(read, 16);
          f.increment(write, step * count);
        });
        repeat(f, k % count, single);
      } else repeat(f, k, single);
    }
    f.increment(to, panelStep);
    f.increment(from, width * column);
  }
  function together() {
    const read = f.let(from), write = f.let(to);
    repeat(f, k, () => {
      for (let at = 0; at < TOGETHER * ROW; at += 16) {
        f.do(v128.store(write, v128.load(read, at), Math.floor(at / ROW) * panelStep + at % ROW));
      }
      f.increment(read, row);
      f.increment(write, step);
    });
    f.increment(to, TOGETHER * panelStep);
    f.increment(from, TOGETHER * width * column);
  }
  return {
    group: b.column === 1 ? together : () => repeat(f, TOGETHER, () => panel(width)),
    panel,
  };
}
