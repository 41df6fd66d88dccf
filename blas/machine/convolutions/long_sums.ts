/**
 * Results whose sums are long: chains of additions are added up in float32, and where there are many, carried over to
 * float64.
 *
 * @module
 */
import type { Code, Move } from "../code/code.ts";
import type { Lanes } from "../code/lanes.ts";
import { type Access, at, type Pointer } from "../code/regions.ts";
import { copyLines } from "../products/pack.ts";
import { addWide, narrow } from "../products/wide.ts";
import { clearPlanes } from "./planes.ts";
import type { Windows } from "./windows.ts";

/** Lines of results: as few as they can be. All in elements, but for the bytes from one line to the next. */
export type ResultLines = {
  readonly lines: number;
  readonly length: number;
  readonly step: number;
};

/** Returns the lines of results of windows, of so many bytes each. */
export function resultLines({ filters, filterResults, lines, length }: Windows, bytes: number): ResultLines {
  const own = lines * length;
  if (filters === 1 || filterResults === own * bytes) return { lines: 1, length: filters * own, step: 0 };
  return { lines: filters, length: own, step: filterResults };
}

/** Returns the float64 numbers of a line: those of whole vectors. */
const wideLength = ({ count }: Pick<Lanes, "count">, { length }: ResultLines): number =>
  Math.ceil(length / count) * count;

/** Returns the bytes of float64 sums of results. */
export const wideBytes = (lanes: Pick<Lanes, "count">, results: ResultLines): number =>
  results.lines * wideLength(lanes, results) * 8;

/** Writes zeros in place of float64 sums. */
export function clearWide(code: Code, lanes: Lanes, results: ResultLines, sums: Pointer): void {
  clearPlanes(code, lanes, { bytes: wideBytes(lanes, results) }, sums);
}

/** Writes zeros in place of results. The pointer is the same afterwards. */
export function clearResults(code: Code, lanes: Lanes, results: ResultLines, to: Pointer): void {
  const zero = code.vector();
  lanes.zero(zero);
  eachVector(code, lanes, results, to, undefined, (place, edge) => lanes.store(place, zero, edge));
  code.free(zero);
}

/** Adds results to their float64 sums, and clears them. Both pointers are the same afterwards. */
export function carry(code: Code, lanes: Lanes, results: ResultLines, from: Pointer, sums: Pointer): void {
  const [x, spare, zero] = code.vectors(3);
  lanes.zero(zero!);
  eachVector(code, lanes, results, from, sums, (place, edge, wide) => {
    lanes.load(x!, place, edge);
    lanes.store(place, zero!, edge);
    addWide(code, lanes, x!, wide, spare!);
  });
  code.free(x!, spare!, zero!);
}

/** Rounds float64 sums to results. Both pointers are the same afterwards. */
export function roundSums(code: Code, lanes: Lanes, results: ResultLines, sums: Pointer, to: Pointer): void {
  const { lines, length, step } = results, padded = wideLength(lanes, results);
  const from = code.pointerTo(at(sums)), short = code.pointerTo(at(sums));
  narrow(code, lanes, lines * padded, from, short);
  code.free(from, short);
  const moves: readonly Move[] = [[sums, padded * lanes.bytes], [to, step]];
  copyLines(code, lanes, { lines, length, fromStep: padded * lanes.bytes, toStep: step }, sums, to);
  moves.forEach(([pointer, by]) => code.move(pointer, -lines * by));
}

/** Goes through all vectors of results, and through their float64 sums beside them. */
function eachVector(
  code: Code,
  lanes: Lanes,
  results: ResultLines,
  to: Pointer,
  sums: Pointer | undefined,
  visit: (place: Access, edge: ReturnType<Lanes["edge"]> | undefined, wide: Access) => void,
): void {
  const { lines, length, step } = results, { count, width } = lanes, rest = length % count;
  const edge = rest === 0 ? undefined : lanes.edge(rest), turns = Math.floor(length / count);
  const wideLine = wideLength(lanes, results) * 8;
  const along = (from: Pointer, wide: Pointer) => {
    code.loop(turns, [[from, width], ...wide === from ? [] : [[wide, 8 * count] as const]], () => {
      visit(at(from), undefined, at(wide));
    });
    if (edge !== undefined) visit(at(from), edge, at(wide));
    code.move(from, -turns * width);
    if (wide !== from) code.move(wide, -turns * 8 * count);
  };
  code.loop(lines, [[to, step], ...sums === undefined ? [] : [[sums, wideLine] as const]], () => along(to, sums ?? to));
  code.move(to, -lines * step);
  if (sums !== undefined) code.move(sums, -lines * wideLine);
  if (edge !== undefined) lanes.release(edge);
}
