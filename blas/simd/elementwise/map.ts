/**
 * `Engine.map`: computes an expression for every element, block by block in scratch memory.
 *
 * A block is a few thousand elements of every operand, so that they are still in the cache when the kernel reads them.
 * The strides decide how operands are copied in:
 *
 * - All contiguous, or one number each: as one long row.
 * - Two axes after coalescing: as rows. A bias `[n]` with `[batch, n]` is copied once, and every row reads it; a column
 *   `[batch, 1]` is copied unchanged, and every row repeats its number. Other operands are gathered.
 * - Rows that are too short: gathered into one long row.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { Engine } from "../../engine.ts";
import { coalesce, type Walk } from "../../walk.ts";
import type { Scalar } from "../../scalar/scalar.ts";
import { sizeOf } from "../../shape.ts";
import type { MutableView, View } from "../../view.ts";
import { hasRelaxedSimd } from "../features.ts";
import type { Context } from "../kernels.ts";
import type { VectorFunctions } from "../math/vector_functions.ts";
import { bit, blockOf, flatness, type MapCall, reserve } from "./map_call.ts";
import { MAX_OPERANDS } from "./kernel.ts";
import { type Entry, kernelCache } from "./kernel_cache.ts";
import { COPY_KERNELS } from "../move_kernel.ts";
import { mapRows } from "./map_rows.ts";
import { mapSingle } from "./single.ts";
import { copyRun, type Elements, gather, gatherSmall, scatter, scatterSmall } from "./transfer.ts";

/** Up to this many elements, gathering takes less time than looking for a better way. */
const SMALL = 256;

/** The shortest rows that are computed as rows. */
const SHORTEST_ROW = 8;

/**
 * Makes the `map` of an engine.
 *
 * @param context The memory and the kernels to compute with.
 * @param functions Returns the functions for which vector code has been loaded so far.
 * @param relaxed Whether to use relaxed SIMD. Default: if the runtime has it.
 */
export function createMap(
  { scratch, kernels }: Context,
  functions: () => VectorFunctions,
  relaxed: boolean = hasRelaxedSimd(),
): Engine["map"] {
  const moving = (dtype: DType) => kernels(COPY_KERNELS, dtype);
  return createMapOf({ scratch, moving }, kernelCache(scratch.memory, relaxed, functions));
}

/**
 * Makes the `map` of an engine from the kernels of expressions.
 *
 * @param context The memory, and the kernels that move strided elements, if there are any: loops do it otherwise.
 * @param entryOf Returns the kernels of an expression.
 */
export function createMapOf(
  { scratch, moving }: Pick<MapCall, "scratch" | "moving">,
  entryOf: (expression: Scalar) => Entry,
): Engine["map"] {
  let ints = new Int32Array(scratch.memory.buffer), intsOf: Elements = scratch.float32;
  /** Returns 32-bit integers over the current memory. */
  function integers(): Int32Array {
    if (intsOf !== scratch.float32) {
      intsOf = scratch.float32;
      ints = new Int32Array(scratch.memory.buffer);
    }
    return ints;
  }

  return <D extends DType>(expression: Scalar, inputs: readonly View<D>[], output: MutableView<D>): void => {
    const size = sizeOf(output.shape);
    if (size === 0 || (size === 1 && mapSingle(expression, inputs, output))) return;
    const mark = scratch.mark();
    try {
      const entry = entryOf(expression), bytes = BYTES_PER_ELEMENT[output.dtype];
      const job = { bytes, scratch, moving, entry, inputs, output, size, integers };
      const repeated = flatPattern(job);
      if (repeated >= 0) mapFlat(job, repeated);
      else if (size <= SMALL) mapSmall(job);
      else {
        const walk = coalesce(output.shape, [output.stride, ...inputs.map(({ stride }) => stride)]);
        const rank = walk.shape.length, n = walk.shape[rank - 1]!;
        if (rank === 1) mapRows(job, oneRow(walk));
        else if (n >= SHORTEST_ROW && (rank === 2 || n * walk.shape[rank - 2]! >= 256)) mapRows(job, walk);
        else mapGathered(job, walk);
      }
    } finally {
      scratch.release(mark);
    }
  };
}

/** Returns the same walk with an axis of length 1 in front. */
const oneRow = ({ shape, strides }: Walk): Walk => ({
  shape: [1, ...shape],
  strides: strides.map((stride) => [0, ...stride]),
});

/** Returns, as bits, the operands that are one number; -1 if the operands do not form one long row. */
function flatPattern({ entry, inputs, output, size }: MapCall): number {
  if (size > 1 && flatness(output) !== 0) return -1;
  let repeated = 0;
  for (let i = 0; i < entry.used.length; i++) {
    const k = entry.used[i]!, kind = flatness(inputs[k]!);
    if (kind === 2 || (kind === 1 && k >= MAX_OPERANDS)) return -1;
    if (kind === 1) repeated |= bit(k);
  }
  return repeated;
}

/** Computes operands that are contiguous or one number, as one row. */
function mapFlat(job: MapCall, repeated: number): void {
  const { bytes, entry, inputs, output, size } = job, { used } = entry;
  const block = Math.min(size, blockOf(job));
  const { parameters, slot, base, region, heap } = reserve(job, block);
  const kernel = entry.kernel(output.dtype, repeated), ints = job.integers();
  ints[slot] = 1;
  ints[slot + 2] = base;
  for (let i = 0; i < used.length; i++) {
    const k = used[i]!, address = base + (k + 1) * region;
    ints[slot + 4 + 2 * k] = address;
    if ((repeated & bit(k)) !== 0) heap[address / bytes] = inputs[k]!.data[inputs[k]!.offset]!;
  }
  const target = output.data;
  for (let start = 0; start < size; start += block) {
    const count = Math.min(block, size - start);
    ints[slot + 1] = count * bytes;
    for (let i = 0; i < used.length; i++) {
      const k = used[i]!, x = inputs[k]!;
      if ((repeated & bit(k)) === 0) {
        copyRun(x.data, x.offset + start, heap, (base + (k + 1) * region) / bytes, count);
      }
    }
    kernel(parameters);
    copyRun(heap, base / bytes, target, output.offset + start, count);
  }
}

/** Computes a few elements of any strides: gathers them into one row without looking for a better way. */
function mapSmall(job: MapCall): void {
  const { bytes, entry, inputs, output, size } = job, { used } = entry;
  const { parameters, slot, base, region, heap } = reserve(job, size), ints = job.integers();
  ints[slot] = 1;
  ints[slot + 1] = size * bytes;
  ints[slot + 2] = base;
  let repeated = 0;
  for (let i = 0; i < used.length; i++) {
    const k = used[i]!, x = inputs[k]!, address = base + (k + 1) * region, kind = flatness(x);
    ints[slot + 4 + 2 * k] = address;
    if (kind === 1 && k < MAX_OPERANDS) {
      repeated |= bit(k);
      heap[address / bytes] = x.data[x.offset]!;
    } else if (kind === 0) copyRun(x.data, x.offset, heap, address / bytes, size);
    else gatherSmall(x.data, output.shape, x.stride, 0, x.offset, heap, address / bytes);
  }
  entry.kernel(output.dtype, repeated)(parameters);
  if (flatness(output) === 0) copyRun(heap, base / bytes, output.data, output.offset, size);
  else scatterSmall(heap, base / bytes, output.data, output.shape, output.stride, 0, output.offset);
}

/** Computes operands of any strides: gathers every operand that is not one number into one row. */
function mapGathered(job: MapCall, walk: Walk): void {
  const { bytes, entry, inputs, output, size } = job, { shape, strides } = walk, n = shape.at(-1)!;
  // Blocks are whole runs along the innermost axis, so that an operand that is the same for all runs is copied once.
  const most = blockOf(job), block = Math.min(size, n < most ? Math.floor(most / n) * n : most);
  const { parameters, slot, base, region, heap } = reserve(job, block);
  const kinds = inputs.map((x, k) => k < MAX_OPERANDS ? flatness(x) : 2);
  const repeated = entry.used.reduce((bits, k) => kinds[k] === 1 ? bits | bit(k) : bits, 0);
  const kernel = entry.kernel(output.dtype, repeated), ints = job.integers();
  const outputKind = flatness(output), target = output.data;
  const periodic = strides.map((stride) => block % n === 0 && stride.slice(0, -1).every((step) => step === 0));
  ints[slot] = 1;
  ints[slot + 2] = base;
  for (const k of entry.used) {
    ints[slot + 4 + 2 * k] = base + (k + 1) * region;
    if (kinds[k] === 1) heap[(base + (k + 1) * region) / bytes] = inputs[k]!.data[inputs[k]!.offset]!;
  }
  for (let start = 0; start < size; start += block) {
    const count = Math.min(block, size - start);
    ints[slot + 1] = count * bytes;
    for (const k of entry.used) {
      const { offset } = inputs[k]!, data = inputs[k]!.data, to = (base + (k + 1) * region) / bytes;
      if (kinds[k] === 0) copyRun(data, offset + start, heap, to, count);
      else if (kinds[k] === 2 && (start === 0 || !periodic[k + 1])) {
        gather(data, { shape, stride: strides[k + 1]!, offset, start, count }, heap, to);
      }
    }
    kernel(parameters);
    if (outputKind === 0) copyRun(heap, base / bytes, target, output.offset + start, count);
    else scatter(heap, base / bytes, target, { shape, stride: strides[0]!, offset: output.offset, start, count });
  }
}
