/**
 * Packing of the matrix that tiles read in vectors, into panels of two vectors of columns.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../../dtype.ts";
import type { LaneInstructions } from "../../lane_instructions.ts";
import { type FunctionBuilder, i32, type Local, v128 } from "../../../wasm/mod.ts";
import type { Matrix } from "./gemm_plan.ts";
import { columnsOf, loadPartialVector } from "./partial_vector.ts";
import { repeat } from "./repeat.ts";

/** Bytes of a row of a panel. */
const ROW = 32;

/** Panels that are packed together where rows lie together: two lines of the cache, which rows far apart would drive out. */
const TOGETHER = 4;

/** Elements that a packed matrix takes. */
export function packedElements({ n, k }: { readonly n: number; readonly k: number }, dtype: DType): number {
  const width = ROW / BYTES_PER_ELEMENT[dtype];
  return Math.ceil(n / width) * width * k;
}

/** A matrix to pack, and how its panels lie where it goes. */
export type Packing = {
  /** Columns and rows. */
  readonly n: number;
  readonly k: number;
  readonly b: Matrix;
  /** Bytes from one row of a panel to the next. Default: they are side by side. */
  readonly step?: number;
  /** Bytes from one panel to the next. Default: they are side by side. */
  readonly panel?: number;
};

/** Emits the packing of the second matrix of a product; the last panel is filled up with zeros. */
export function emitPack(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  { n, k, b, step = ROW, panel: panelStep = step * k }: Packing,
  source: Local<"i32">,
  target: Local<"i32">,
): void {
  const { bytes, count } = lanes, width = ROW / bytes, from = f.let(source), to = f.let(target);
  const [row, column] = [b.row * bytes, b.column * bytes];
  const panel = (columns: number) => {
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
  };
  const panels = Math.floor(n / width), groups = b.column === 1 ? Math.floor(panels / TOGETHER) : 0;
  repeat(f, groups, () => {
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
  });
  repeat(f, panels - groups * TOGETHER, () => panel(width));
  if (n % width > 0) panel(n % width);
}
