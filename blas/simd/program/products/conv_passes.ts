/**
 * Tiles whose sums are long, in passes: a long chain of float32 additions loses digits, so its parts are summed
 * separately.
 *
 * @module
 */
import type { LaneInstructions } from "../../lane_instructions.ts";
import { isOneChain, longestPass, sumChains } from "../../block_sizes.ts";
import { buildCarry } from "../../wide_sums_kernel.ts";
import { call, type FunctionBuilder, type Local, memory, type ModuleBuilder } from "../../../wasm/mod.ts";
import { type Spec, tilesEmitter } from "./conv_tiles.ts";
import { repeat } from "./repeat.ts";
import type { Depth } from "./tile.ts";
import { emitNarrow, emitWideZeros } from "./wide_sums.ts";

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
  function steps(channels: number) {
    return Array.from(
      { length: channels },
      (_, i) => elements.map((at, tap) => ({ a: i * channel + at, b: (i * taps + tap) * 32 })),
    ).flat();
  }
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
  const taps = elements.length, first = elements.slice(0, line), lowest = Math.min(...first);
  return {
    // Parts may run backwards, and the image may be at the start of memory: a pointer must not fall below it.
    start: { a: lowest, b: 0 },
    loops: [
      { count, a: channel, b: taps * 32 },
      { count: taps / line, a: elements[line]! - elements[0]!, b: line * 32 },
    ],
    steps: first.map((a, tap) => ({ a: a - lowest, b: tap * 32 })),
    tail: [],
  };
}

/** How a sum is divided into passes. */
export type PassPlan = {
  readonly passes: number;
  /** The indices in a pass; the last may have fewer. */
  readonly most: number;
  /** Whether passes are summed in float64, and if so, the number that is summed in float32 before. */
  readonly wide: boolean;
  readonly chains: number;
};

/** Returns how sums of so many results are divided, for elements of so many bytes. */
export function planOf(
  { length, terms }: Pick<LongAxis, "length" | "terms">,
  results: number,
  bytes: number,
): PassPlan {
  const { terms: most, chains } = sumChains(results, bytes === 4 ? "float32" : "float64");
  const isShort = bytes === 8 || isOneChain(length * terms, most);
  const passes = isShort ? 1 : Math.ceil(length / Math.max(1, Math.floor(longestPass(most, terms) / terms)));
  return { passes, most: Math.ceil(length / passes), wide: passes > 2 * chains, chains };
}

/** Returns the bytes of workspace for the sums of a product of this many elements. */
export function sumBytes(axis: Pick<LongAxis, "length" | "terms">, elements: number, bytes: number): number {
  return planOf(axis, elements, bytes).wide ? elements * 8 : 0;
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
  const { length, a, b, depth } = axis, { rows, columns } = spec, elements = rows.units * rows.offsets.length * columns;
  const { passes, most, wide, chains } = planOf(axis, elements, lanes.bytes);
  const tilesOf = (count: number) => tilesEmitter(m, lanes, { ...spec, depth: depth(count), accumulate: passes > 1 });
  if (passes === 1) return tilesOf(length);
  const count = Math.floor(length / most), rest = length % most;
  const full = tilesOf(most), last = rest > 0 ? tilesOf(rest) : undefined, carry = wide ? buildCarry(m) : undefined;
  return (f, image, packed, target, sums) => {
    const from = f.let(image), to = f.let(packed);
    function some(count: number) {
      return repeat(f, count, () => {
        full(f, from, to, target);
        f.increment(from, most * a);
        f.increment(to, most * b);
      });
    }
    f.do(memory.fill(target, 0, elements * lanes.bytes));
    if (carry !== undefined) {
      emitWideZeros(f, sums, elements);
      repeat(f, Math.floor(count / chains), () => {
        some(chains);
        f.do(call(carry, elements, target, sums));
      });
    }
    some(wide ? count % chains : count);
    last?.(f, from, to, target);
    if (carry === undefined) return;
    f.do(call(carry, elements, target, sums));
    emitNarrow(f, sums, target, { lines: 1, length: elements, step: 0 });
  };
}
