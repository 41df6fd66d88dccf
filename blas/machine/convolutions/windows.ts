/**
 * Sums over windows of planes: the rows of the product are filters, its columns windows.
 *
 * @module
 */
import { type PassPlan, planOf } from "../../simd/program/products/conv_passes.ts";
import type { Bits } from "../assembler/registers.ts";
import type { Code, Move } from "../code/code.ts";
import type { Edge, Lanes } from "../code/lanes.ts";
import { at, type Pointer, type Region } from "../code/regions.ts";
import { cutRows, mostRows } from "../products/plan.ts";
import { type Column, type Depth, emitTile, type Term } from "../products/tile.ts";
import { emitDepthwise, isDepthwise } from "./depthwise.ts";
import { carry, clearResults, clearWide, resultLines, roundSums, wideBytes } from "./long_sums.ts";

/** Sums over windows. All steps are in bytes. */
export type Windows = {
  /** The results of each window, and the steps from one to the next among weights and in the product. */
  readonly filters: number;
  readonly filterWeights: number;
  readonly filterResults: number;
  /** The channels that are summed, and the steps from one to the next among weights and planes. */
  readonly channels: number;
  readonly channelWeights: number;
  readonly channelPlanes: number;
  /** The terms of each channel. */
  readonly taps: readonly Term[];
  /** The lines of windows, how many are in a line, and the steps between lines in planes and results. */
  readonly lines: number;
  readonly length: number;
  readonly linePlanes: number;
  readonly lineResults: number;
  /** Whether nothing may be read behind the last window of a line. Default: whole vectors are read. */
  readonly exact?: boolean;
};

/** The terms that are summed for all windows before the next: what they read stays in the first-level cache. */
const TERMS = 576;

/** The fewest terms in one turn of a loop, and the most. */
const LEAST = 8, MOST = 16;

/** The memory of windows. */
export type WindowPlaces = {
  readonly weights: Pointer;
  readonly planes: Pointer;
  readonly results: Pointer;
  /** Where `sumBytes` bytes are for sums in float64. */
  readonly sums: { readonly region: Region; readonly offset: number };
};

/** Returns how the sums of windows are divided: as in WebAssembly. */
const planOfWindows = ({ filters, channels, taps, lines, length }: Windows, bytes: number): PassPlan =>
  planOf({ length: channels, terms: taps.length }, filters * lines * length, bytes);

/** Returns the bytes of float64 sums that windows need, for vectors of so many bits. */
export function sumBytes(windows: Windows, bytes: number, bits: Bits): number {
  if (isDepthwise(windows) || !planOfWindows(windows, bytes).wide) return 0;
  return wideBytes({ count: bits / 8 / bytes }, resultLines(windows, bytes));
}

/** Writes the sums. The pointers to weights, planes and results are the same afterwards. */
export function emitWindows(code: Code, lanes: Lanes, windows: Windows, places: WindowPlaces): void {
  if (isDepthwise(windows)) return emitDepthwise(code, lanes, windows, places);
  const { channels, channelWeights, channelPlanes, taps } = windows, { weights, planes, results } = places;
  const { passes, most, wide, chains } = planOfWindows(windows, lanes.bytes), rows = resultLines(windows, lanes.bytes);
  if (passes === 1) {
    return emitPass(code, lanes, windows, depthOf(windows, channels), false, { a: weights, b: planes, c: results });
  }
  const count = Math.floor(channels / most), rest = channels % most;
  const a = code.pointerTo(at(weights)), b = code.pointerTo(at(planes));
  const after = (
    turns: number,
  ): readonly Move[] => [[a, turns * most * channelWeights], [b, turns * most * channelPlanes]];
  const forward = (turns: number) => after(turns).forEach(([pointer, by]) => code.move(pointer, by));
  const some = (own: number) =>
    emitPass(code, lanes, windows, chainsOf(windows, own, most), true, { a, b, c: results });
  /** Adds so many chains to the results. */
  const add = (own: number) => {
    const together = Math.max(1, Math.floor(TERMS / (most * taps.length))), blocks = Math.ceil(own / together);
    if (own === 0) return;
    const block = Math.ceil(own / blocks), whole = Math.floor(own / block), left = own - whole * block;
    code.loop(whole, after(block), () => some(block));
    if (left > 0) some(left);
    forward(-whole * block);
  };
  clearResults(code, lanes, rows, results);
  if (wide) withSums(code, places, (sums) => clearWide(code, lanes, rows, sums));
  const settle = () => withSums(code, places, (sums) => carry(code, lanes, rows, results, sums));
  const groups = wide ? Math.floor(count / chains) : 0;
  code.loop(groups, after(chains), () => {
    add(chains);
    settle();
  });
  const left = count - groups * (wide ? chains : 0);
  add(left);
  if (rest > 0) {
    forward(left);
    emitPass(code, lanes, windows, depthOf(windows, rest), true, { a, b, c: results });
  }
  code.free(a, b);
  if (!wide) return;
  settle();
  withSums(code, places, (sums) => roundSums(code, lanes, rows, sums, results));
}

/** Uses a pointer to sums, which is given back afterwards. */
function withSums(code: Code, { sums: { region, offset } }: WindowPlaces, use: (sums: Pointer) => void): void {
  const sums = code.pointer(region, offset);
  use(sums);
  code.free(sums);
}

/** Returns the order of the terms of so many chains, each of so many channels. */
function chainsOf(windows: Windows, chains: number, channels: number): Depth {
  const depth = depthOf(windows, channels), { channelWeights, channelPlanes } = windows;
  const all = { turns: chains, a: channels * channelWeights, b: channels * channelPlanes };
  return chains === 1 ? depth : { ...depth, loops: [all, ...depth.loops], chains: true };
}

/** Returns the order of the terms of so many channels: whole channels, or lines of their terms if they have many. */
function depthOf({ channelWeights, channelPlanes, taps }: Windows, channels: number): Depth {
  const some = (count: number) =>
    Array.from(
      { length: count },
      (_, k) => taps.map(({ a, b }) => ({ a: a + k * channelWeights, b: b + k * channelPlanes })),
    ).flat();
  const line = taps.length > MOST ? lineOf(taps) : taps.length;
  if (line < taps.length) {
    const [first, next] = [taps[0]!, taps[line]!];
    return {
      loops: [
        { turns: channels, a: channelWeights, b: channelPlanes },
        { turns: taps.length / line, a: next.a - first.a, b: next.b - first.b },
      ],
      terms: taps.slice(0, line),
      tail: [],
    };
  }
  const unroll = Math.min(channels, Math.ceil(LEAST / taps.length)), turns = Math.floor(channels / unroll);
  return {
    loops: [{ turns, a: unroll * channelWeights, b: unroll * channelPlanes }],
    terms: some(unroll),
    tail: some(channels - turns * unroll),
  };
}

/** Returns the length of equal parts of a kernel that lie at constant distances from one another; all of it if there are none. */
function lineOf(taps: readonly Term[]): number {
  for (let line = MOST; line > 1; line--) {
    if (taps.length % line !== 0) continue;
    const step = { a: taps[line]!.a - taps[0]!.a, b: taps[line]!.b - taps[0]!.b };
    const isEven = taps.every(({ a, b }, k) =>
      k < line || (a - taps[k - line]!.a === step.a && b - taps[k - line]!.b === step.b)
    );
    if (isEven) return line;
  }
  return taps.length;
}

/** Vectors in a tile. */
const VECTORS = 2;

/** The most tiles of a line that are written without a loop. */
const MOST_UNROLLED = 4;

/** Writes one pass over all filters and windows. */
function emitPass(
  code: Code,
  lanes: Lanes,
  windows: Windows,
  depth: Depth,
  accumulate: boolean,
  { a, b, c }: { readonly a: Pointer; readonly b: Pointer; readonly c: Pointer },
): void {
  const { filters, filterWeights, filterResults, lines, length, linePlanes, lineResults, exact = false } = windows;
  const rest = length % lanes.count, edge = rest === 0 ? undefined : lanes.edge(rest);
  const perLine = Math.ceil(length / lanes.count), most = mostRows(VECTORS, lanes.bits);
  const vectorsAt = (line: number, first: number, count: number): readonly Column[] =>
    Array.from({ length: count }, (_, v) => ({
      b: line * linePlanes + (first + v) * lanes.width,
      c: line * lineResults + (first + v) * lanes.width,
      ...first + v === perLine - 1 && edge && { edge },
    }));
  for (const group of cutRows(filters, most)) {
    const rows = Array.from({ length: group.rows }, (_, r) => r * filterWeights);
    const tile = (b: Pointer, c: Pointer, columns: readonly Column[]) =>
      emitTile(code, lanes, { rows, columns, padded: !exact, depth, accumulate, cRow: filterResults }, { a, b, c });
    code.loop(group.count, [[a, group.rows * filterWeights], [c, group.rows * filterResults]], () => {
      const from = code.pointerTo(at(b)), to = code.pointerTo(at(c));
      // Lines of one vector go two at a time.
      const together = perLine === 1 ? VECTORS : 1, turns = Math.floor(lines / together);
      code.loop(turns, [[from, together * linePlanes], [to, together * lineResults]], () => {
        if (together > 1) return tile(from, to, [...vectorsAt(0, 0, 1), ...vectorsAt(1, 0, 1)]);
        const wide = VECTORS * lanes.width, whole = Math.floor(length / (VECTORS * lanes.count));
        const looped = whole > MOST_UNROLLED ? whole : 0;
        code.loop(looped, [[from, wide], [to, wide]], () => tile(from, to, vectorsAt(0, 0, VECTORS)));
        code.move(from, -looped * wide);
        code.move(to, -looped * wide);
        for (let v = looped * VECTORS; v < perLine; v += VECTORS) {
          tile(from, to, vectorsAt(0, v, Math.min(VECTORS, perLine - v)));
        }
      });
      if (lines % together > 0) tile(from, to, vectorsAt(0, 0, 1));
      code.free(from, to);
    });
    // What the loop has moved is where the next group begins.
  }
  code.move(a, -filters * filterWeights);
  code.move(c, -filters * filterResults);
  if (edge !== undefined) lanes.release(edge as Edge); // the loop above may set it, which TypeScript does not see
}
