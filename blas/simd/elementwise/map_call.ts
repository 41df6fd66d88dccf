/**
 * The operands of one call of `map`, and their layout in scratch memory.
 *
 * @module
 */
import type { MutableView, View } from "../../view.ts";
import type { DType } from "../../dtype.ts";
import type { Kernels } from "../kernels.ts";
import { LARGE, LARGE_ALIGNMENT, MARGIN, type Scratch } from "../scratch.ts";
import { MAX_OPERANDS, parameterBytes } from "./kernel.ts";
import type { Entry } from "./kernel_cache.ts";
import type { Elements } from "./transfer.ts";

/** Bytes of a block: few enough for the second-level cache, and enough to hide the fixed cost of a block. */
const BLOCK_BYTES = 65_536;

/** Returns the bit of an operand in a mask. */
export const bit = (operand: number): number => operand < MAX_OPERANDS ? 1 << operand : 0;

/** A call of `map`: its operands, and the memory and kernels to compute with. */
export type MapCall = {
  /** Bytes of an element. */
  readonly bytes: number;
  readonly scratch: Scratch;
  /** Returns kernels that move strided elements in scratch memory; loops move them if it is left out. */
  readonly moving?: ((dtype: DType) => Kernels) | undefined;
  readonly entry: Entry;
  readonly inputs: readonly View[];
  readonly output: MutableView;
  readonly size: number;
  readonly integers: () => Int32Array;
};

/** Returns 0 for a contiguous row-major view, 1 for one number repeated, otherwise 2. */
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

/** Returns the elements in a block: fewer than fit in {@link BLOCK_BYTES} if scratch memory is short. */
export function blockOf({ scratch, inputs, bytes }: MapCall): number {
  const available = scratch.maximumBytes - scratch.mark();
  // Only a quarter: rows are copied in together with the elements between them, and every region has a margin.
  return Math.min(BLOCK_BYTES / bytes, Math.max(64, Math.floor(available / (4 * bytes * (inputs.length + 1)))));
}

/** The layout of a call's parameters and operands in scratch memory: addresses in bytes. */
export type Layout = {
  /** The kernel's parameters, as an address and as an index of 32-bit integers. */
  readonly parameters: number;
  readonly slot: number;
  /** The address of the output; operand `k` is `k + 1` regions after it. */
  readonly base: number;
  readonly region: number;
  /** The memory as elements of the output's dtype. */
  readonly heap: Elements;
};

/** Reserves parameters and a region of `elements` for the output and each operand. */
export function reserve({ scratch, inputs, output, bytes }: MapCall, elements: number): Layout {
  const parameters = scratch.reserve(parameterBytes(inputs.length));
  // Operands are aligned like reservations: copies between addresses that are aligned differently take longer.
  const alignment = elements * bytes >= LARGE ? LARGE_ALIGNMENT : MARGIN;
  const region = (elements * bytes + MARGIN + alignment - 1) & -alignment,
    base = scratch.reserve(region * (inputs.length + 1));
  const heap: Elements = scratch.data(output.dtype);
  return { parameters, slot: parameters >> 2, base, region, heap };
}
