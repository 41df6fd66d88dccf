/**
 * Tiles whose sums are long, in passes: a long chain of float32 additions loses digits, so its parts are summed
 * separately.
 *
 * @module
 */
import type { LaneInstructions } from "../../lane_instructions.ts";
import { type FunctionBuilder, i32, type Local, type ModuleBuilder } from "../../../wasm/mod.ts";
import { type Spec, tilesEmitter } from "./conv_tiles.ts";
import { repeat } from "./repeat.ts";
import type { Depth } from "./tile.ts";
import { type Accumulate, emitNarrow, emitWideZeros, isWide } from "./wide_sums.ts";

/** The most terms of a sum in one pass, a chain of as many additions in float32: 32 channels of 3 x 3 are one, as nets have. */
const TERMS = 288;

/** The axis along which a sum is divided. */
export type LongAxis = {
  readonly length: number;
  /** The number of terms for each index. */
  readonly terms: number;
  /** The bytes between neighbouring indices, in the image and in the packed matrix. */
  readonly a: number;
  readonly b: number;
  /** Returns the order of the terms of this many indices. */
  readonly depth: (length: number) => Depth;
};

/** The fewest steps in one iteration. */
const UNROLL = 4;

/**
 * The most elements of a kernel in one iteration: the code of a few tiles must fit in the processor's cache of decoded
 * instructions. Measured, 1 channel, 16 filters of 7 x 7, 50 x 50 windows: 39 GFLOP/s with 49 elements, 57 with 7.
 */
const LONG = 16;

/**
 * Returns the order of sums over channels and, within each, elements of a kernel.
 *
 * @param count The number of channels.
 * @param channel The bytes between neighbouring channels.
 * @param elements The offset of each kernel element's factor, in bytes from the start of the channel.
 */
export function channelDepth(count: number, channel: number, elements: readonly number[]): Depth {
  const taps = elements.length, line = taps > LONG ? lineOf(elements) : taps;
  if (line < taps) return lineDepth(count, channel, elements, line);
  const unroll = Math.min(count, Math.ceil(UNROLL / taps)), iterations = Math.floor(count / unroll);
  const steps = (channels: number) =>
    Array.from(
      { length: channels },
      (_, i) => elements.map((at, tap) => ({ a: i * channel + at, b: (i * taps + tap) * 32 })),
    ).flat();
  return {
    loops: [
      { count: 1, a: count * channel, b: count * taps * 32 },
      { count: iterations, a: unroll * channel, b: unroll * taps * 32 },
    ],
    steps: steps(unroll),
    tail: steps(count - iterations * unroll),
  };
}

/**
 * Returns the number of elements in equal parts of a kernel, at a constant distance from one another: some rows or a part of
 * a row. If there are no such parts, the kernel is the only one.
 */
function lineOf(elements: readonly number[]): number {
  const taps = elements.length;
  for (let line = LONG; line > 1; line--) {
    const step = elements[line]! - elements[0]!;
    if (taps % line === 0 && elements.every((at, i) => i < line || at - elements[i - line]! === step)) return line;
  }
  return taps;
}

/** Returns the order of sums over channels, parts of a kernel, and their elements. */
function lineDepth(count: number, channel: number, elements: readonly number[], line: number): Depth {
  const taps = elements.length;
  return {
    loops: [
      { count, a: channel, b: taps * 32 },
      { count: taps / line, a: elements[line]! - elements[0]!, b: line * 32 },
    ],
    steps: elements.slice(0, line).map((a, tap) => ({ a, b: tap * 32 })),
    tail: [],
  };
}

/** Returns the number of indices in a pass, and whether passes are summed in float64. */
function planOf({ length, terms }: Pick<LongAxis, "length" | "terms">, bytes: number) {
  const passes = bytes === 8 ? 1 : Math.max(1, Math.ceil(length / Math.max(1, Math.floor(TERMS / terms))));
  return { most: Math.ceil(length / passes), wide: isWide(passes, bytes) };
}

/** Returns the bytes of workspace for the sums of a product of this many elements. */
export function sumBytes(axis: Pick<LongAxis, "length" | "terms">, elements: number, bytes: number): number {
  return planOf(axis, bytes).wide ? elements * 8 : 0;
}

/** Emits a product into a function; no pointer is changed. */
export type PassEmitter = (
  f: FunctionBuilder,
  image: Local<"i32">,
  packed: Local<"i32">,
  target: Local<"i32">,
  sums: Local<"i32">,
) => void;

/**
 * Emits a product; its arguments are the addresses of the image, the packed matrix, the product, and memory for {@link
 * sumBytes} bytes.
 *
 * @param spec The product, its columns side by side.
 * @param axis The axis of the sums.
 */
export function passEmitter(
  m: ModuleBuilder,
  lanes: LaneInstructions,
  spec: Omit<Spec, "depth" | "accumulate">,
  axis: LongAxis,
): PassEmitter {
  const { length, a, b, depth } = axis, { most, wide } = planOf(axis, lanes.bytes), { rows, columns, column } = spec;
  const elements = rows.units * rows.offsets.length * columns;
  const tilesOf = (count: number, accumulate: Accumulate) =>
    tilesEmitter(m, lanes, { ...spec, depth: depth(count), accumulate, column: wide ? 2 * column : column });
  const rest = length % most, starts = Array.from({ length: Math.ceil(length / most) }, (_, i) => i * most);
  if (!wide) {
    const passes = starts.map((start) => tilesOf(Math.min(most, length - start), start > 0));
    return (f, image, packed, target) =>
      passes.forEach((tiles, i) =>
        tiles(f, f.let(i32.add(image, i * most * a)), f.let(i32.add(packed, i * most * b)), target)
      );
  }
  const full = tilesOf(most, "wide"), last = rest > 0 ? tilesOf(rest, "wide") : undefined;
  return (f, image, packed, target, sums) => {
    const from = f.let(image), to = f.let(packed);
    emitWideZeros(f, sums, elements);
    repeat(f, Math.floor(length / most), () => {
      full(f, from, to, sums);
      f.increment(from, most * a);
      f.increment(to, most * b);
    });
    last?.(f, from, to, sums);
    emitNarrow(f, sums, target, { lines: 1, length: elements, step: 0 });
  };
}
