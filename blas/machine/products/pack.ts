/**
 * Packing of matrices: panels of the second matrix, and copies of the first whose lines do not crowd the caches.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../../dtype.ts";
import type { Code } from "../code/code.ts";
import { Lanes } from "../code/lanes.ts";
import { at, type Pointer } from "../code/regions.ts";
import { transpose } from "./transpose.ts";

/** Panels of columns. Distances are in bytes. */
export type Panels = {
  /** The number of steps of the sums. */
  readonly depth: number;
  /** All columns, and those of a panel. */
  readonly columns: number;
  readonly width: number;
  /** From one panel to the next; steps of a panel are contiguous. */
  readonly panel: number;
  /** Whether nothing may be written behind the last column. Default: whole vectors are written. */
  readonly exact?: boolean;
  /** From one step of a panel to the next, for columns that are transposed. Default: steps are contiguous. */
  readonly step?: number;
};

/** Panels that are read together, so that lines are read whole. */
const TOGETHER = 4;

/** Packs a matrix whose rows are contiguous, `row` bytes apart. Both pointers are moved. */
export function packRows(code: Code, lanes: Lanes, panels: Panels, row: number, from: Pointer, to: Pointer): void {
  const { depth, columns, width, panel } = panels, step = width * lanes.bytes;
  const full = Math.floor(columns / width), rest = columns % width;
  const some = (count: number, last: number) => {
    const vectors = Array.from(
      { length: count * Math.ceil(width / lanes.count) },
      (_, v) => ({ from: v * lanes.width, to: Math.floor(v * lanes.width / step) * panel + v * lanes.width % step }),
    ).filter((vector) => vector.from < ((count - 1) * width + last) * lanes.bytes);
    const cut = ((count - 1) * width + last) % lanes.count, edge = cut === 0 ? undefined : lanes.edge(cut);
    const registers = code.vectors(Math.min(vectors.length, TOGETHER, code.freeVectors));
    const source = code.pointerTo(at(from)), target = code.pointerTo(at(to));
    code.loop(depth, [[source, row], [target, step]], () => {
      for (let v = 0; v < vectors.length; v += registers.length) {
        const own = vectors.slice(v, v + registers.length);
        const cutAt = (k: number) => v + k === vectors.length - 1 ? edge : undefined;
        own.forEach((vector, k) => lanes.load(registers[k]!, at(source, vector.from), cutAt(k)));
        own.forEach((vector, k) => lanes.store(at(target, vector.to), registers[k]!));
      }
    });
    code.free(source, target, ...registers);
    if (edge !== undefined) lanes.release(edge);
  };
  const groups = Math.floor(full / TOGETHER), left = full % TOGETHER;
  code.loop(groups, [[from, TOGETHER * step], [to, TOGETHER * panel]], () => some(TOGETHER, width));
  if (left > 0) {
    some(left, width);
    code.move(from, left * step);
    code.move(to, left * panel);
  }
  if (rest > 0) some(1, rest);
}

/** Packs a matrix whose columns are contiguous, `column` bytes apart: squares are transposed. Both pointers are moved. */
export function packColumns(
  code: Code,
  given: Lanes,
  panels: Panels,
  column: number,
  from: Pointer,
  to: Pointer,
): void {
  const { depth, columns, width, panel, exact = false, step = width * BYTES_PER_ELEMENT[given.dtype] } = panels;
  const lanes = new Lanes(code, given.dtype, 256), { count, bytes } = lanes;
  const whole = Math.floor(depth / count), rest = depth % count;
  /** Transposes a square of so many columns and steps. */
  const square = (source: Pointer, target: Pointer, own: number, steps: number) => {
    const edge = steps < count ? lanes.edge(steps) : undefined, rows = code.vectors(count);
    rows.forEach((row, c) => c < own ? lanes.load(row, at(source, c * column), edge) : lanes.zero(row));
    if (edge !== undefined) lanes.release(edge);
    const turned = transpose(code, lanes, rows);
    const cut = exact && own < count ? lanes.edge(own) : undefined;
    turned.slice(0, steps).forEach((vector, k) => lanes.store(at(target, k * step), vector, cut));
    if (cut !== undefined) lanes.release(cut);
    code.free(...turned);
  };
  const some = (own: number) => {
    const source = code.pointerTo(at(from)), target = code.pointerTo(at(to));
    code.loop(whole, [[source, count * bytes], [target, count * step]], () => square(source, target, own, count));
    if (rest > 0) square(source, target, own, rest);
    code.free(source, target);
  };
  const one = (own: number) => {
    const squares = Math.floor(own / count), left = own % count;
    code.loop(squares, [[from, count * column], [to, count * bytes]], () => some(count));
    if (left > 0) some(left);
    code.move(from, -squares * count * column);
    code.move(to, -squares * count * bytes);
  };
  const full = Math.floor(columns / width), left = columns % width;
  code.loop(full, [[from, width * column], [to, panel]], () => one(width));
  if (left > 0) one(left);
}

/** Lines that are copied. Distances are in bytes. */
export type Lines = {
  readonly lines: number;
  /** The elements of a line. */
  readonly length: number;
  readonly fromStep: number;
  readonly toStep: number;
};

/** Copies lines. Both pointers are moved. */
export function copyLines(code: Code, lanes: Lanes, given: Lines, from: Pointer, to: Pointer): void {
  const { lines, length, fromStep, toStep } = given, { count, width } = lanes;
  const vectors = Math.floor(length / count), rest = length % count, edge = rest === 0 ? undefined : lanes.edge(rest);
  const registers = code.vectors(TOGETHER), groups = Math.floor(vectors / TOGETHER);
  const some = (source: Pointer, target: Pointer, own: number, isLast: boolean) => {
    const cutAt = (k: number) => isLast && k === own - 1 ? edge : undefined;
    for (let k = 0; k < own; k++) lanes.load(registers[k]!, at(source, k * width), cutAt(k));
    for (let k = 0; k < own; k++) lanes.store(at(target, k * width), registers[k]!, cutAt(k));
  };
  code.loop(lines, [[from, fromStep], [to, toStep]], () => {
    const source = code.pointerTo(at(from)), target = code.pointerTo(at(to));
    code.loop(
      groups,
      [[source, TOGETHER * width], [target, TOGETHER * width]],
      () => some(source, target, TOGETHER, false),
    );
    const left = vectors % TOGETHER + (rest > 0 ? 1 : 0);
    if (left > 0) some(source, target, left, rest > 0);
    code.free(source, target);
  });
  code.free(...registers);
  if (edge !== undefined) lanes.release(edge);
}
