/**
 * Packing of matrices into lines along the axis of sums: interleaved rows of the first matrix, or columns of the
 * second, become contiguous lines.
 *
 * @module
 */
import { CACHE_LINE, toLines } from "../../../alignment.ts";
import { type FunctionBuilder, i32, type Local } from "../../../wasm/mod.ts";
import type { LaneInstructions } from "../../lane_instructions.ts";
import { emitUnits, type UnitRange } from "../shares.ts";
import { columnsOf, loadPartialVector, storePartialVector } from "./partial_vector.ts";
import { repeat } from "./repeat.ts";

/** A matrix to pack. */
export type LinePacking = {
  /** The number of lines, which are adjacent in the matrix. */
  readonly lines: number;
  /** The elements of a line, and the step between them in the matrix. */
  readonly length: number;
  readonly step: number;
};

/**
 * Returns the step between packed lines, in elements: one cache line more than a line takes, so that lines do not fall
 * into the same sets.
 */
export const lineStep = (length: number, bytes: number): number => (toLines(length * bytes) + CACHE_LINE) / bytes;

/** Returns the bytes of packed lines. */
export const linesBytes = (lines: number, length: number, bytes: number): number =>
  lines * lineStep(length, bytes) * bytes;

/** Counts the units of a packing that is done in shares: each has as many lines as a cache line has elements. */
export const lineUnits = (lines: number, bytes: number): number => Math.max(1, Math.ceil(lines / (CACHE_LINE / bytes)));

/** Emits the packing of all lines. */
export function emitLines(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  packing: LinePacking,
  source: Local<"i32">,
  target: Local<"i32">,
): void {
  const from = f.let(source), to = f.let(target), width = CACHE_LINE / lanes.bytes, rest = packing.lines % width;
  repeat(f, Math.floor(packing.lines / width), () => emitBlock(f, lanes, packing, width, from, to));
  if (rest > 0) emitBlock(f, lanes, packing, rest, from, to);
}

/** Emits the packing of some units. */
export function emitLineShare(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  packing: LinePacking,
  range: UnitRange,
  source: number,
  target: number,
): void {
  const { lines, length } = packing, { bytes } = lanes, width = CACHE_LINE / bytes, rest = lines % width;
  const from = f.let(i32.add(source, i32.mul(range.from, CACHE_LINE)));
  const to = f.let(i32.add(target, i32.mul(range.from, linesBytes(width, length, bytes))));
  const unit = (width: number) => () => emitBlock(f, lanes, packing, width, from, to);
  emitUnits(f, range, lineUnits(lines, bytes), unit(width), rest > 0 ? unit(rest) : undefined);
}

/** Emits the packing of a few lines, whose elements share cache lines; both pointers advance. */
function emitBlock(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  { length, step }: LinePacking,
  lines: number,
  from: Local<"i32">,
  to: Local<"i32">,
): void {
  const { bytes, count } = lanes, line = lineStep(length, bytes) * bytes, write = f.let(to);
  const read = Array.from({ length: count }, (_, i) => f.let(i32.add(from, i * step * bytes)));
  /** Emits the packing of some elements of all lines. */
  function some(elements: number) {
    for (let first = 0; first < lines; first += count) {
      const width = Math.min(count, lines - first);
      const rows = read.slice(0, elements).map((at) => f.let(loadPartialVector(lanes, width, at, first * bytes)));
      columnsOf(f, lanes, rows).slice(0, width).forEach((vector, i) =>
        f.do(...storePartialVector(lanes, elements, write, vector, (first + i) * line))
      );
    }
  }
  repeat(f, Math.floor(length / count), () => {
    some(count);
    read.forEach((at) => f.increment(at, count * step * bytes));
    f.increment(write, 16);
  });
  if (length % count > 0) some(length % count);
  f.increment(from, lines * bytes);
  f.increment(to, lines * line);
}
