/**
 * What one call of `map` is about, and its place in scratch memory.
 *
 * @module
 */
import type { MutableView, View } from "../../view.ts";
import type { KernelSource } from "../kernels.ts";
import { LARGE, LARGE_ALIGNMENT, MARGIN, type Scratch } from "../scratch.ts";
import { MAX_OPERANDS, parameterBytes } from "./kernel.ts";
import type { Entry } from "./kernel_cache.ts";
import type { Elements } from "./transfer.ts";

/** Bytes of a block: few enough for the second-level cache, so many that what a block costs by itself does not show. */
const BLOCK_BYTES = 65_536;

/** Operands in a bit mask. */
export const bit = (operand: number): number => operand < MAX_OPERANDS ? 1 << operand : 0;

/** The operands of a call and what it is computed with. */
export type MapCall = {
  /** Bytes of an element. */
  readonly bytes: number;
  readonly scratch: Scratch;
  readonly kernels: KernelSource;
  readonly entry: Entry;
  readonly inputs: readonly View[];
  readonly output: MutableView;
  readonly size: number;
  readonly integers: () => Int32Array;
};

/** The typed array under a view, which the view's type does not let anyone write to; here it is only read. */
export const elementsOf = (v: View): Elements => v.data as Elements;

/** Row-major without gaps: 0. One number for all: 1. Else: 2. */
export function flatness({ shape, stride }: View): 0 | 1 | 2 {
  let gapless = true, same = true;
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    const length = shape[axis]!;
    if (length === 1) continue;
    if (stride[axis] !== step) gapless = false;
    if (stride[axis] !== 0) same = false;
    step *= length;
  }
  return same ? 1 : gapless ? 0 : 2;
}

/** Elements in a block: fewer than {@link BLOCK} where the scratch memory is so small, or the operands are so many. */
export function blockOf({ scratch, inputs, bytes }: MapCall): number {
  const room = scratch.maximumBytes - scratch.mark();
  // A quarter of the room: rows are copied in with what is between them, and every region has a margin.
  return Math.min(BLOCK_BYTES / bytes, Math.max(64, Math.floor(room / (4 * bytes * (inputs.length + 1)))));
}

/** Where a call has its parameters and operands: addresses in bytes. */
export type Layout = {
  /** The kernel's parameters, as an address and as an index of 32-bit integers. */
  readonly parameters: number;
  readonly slot: number;
  /** The output; operand `k` stands `k + 1` regions behind it. */
  readonly base: number;
  readonly region: number;
  /** The memory as elements of the output's dtype. */
  readonly heap: Elements;
};

/** Reserves parameters and a region of `elements` for the output and each operand. */
export function reserve({ scratch, inputs, output, bytes }: MapCall, elements: number): Layout {
  const parameters = scratch.reserve(parameterBytes(inputs.length));
  // Operands, too, begin where reservations do: copies between places that stand differently in their pages take longer.
  const alignment = elements * bytes >= LARGE ? LARGE_ALIGNMENT : MARGIN;
  const region = (elements * bytes + MARGIN + alignment - 1) & -alignment,
    base = scratch.reserve(region * (inputs.length + 1));
  const heap: Elements = scratch.data(output.dtype);
  return { parameters, slot: parameters >> 2, base, region, heap };
}
