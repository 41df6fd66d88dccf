/**
 * Plain element-wise calls on several threads, in blocks: by the kernels of the `simd` engine, so that every element has
 * the same bits.
 *
 * @module
 */
import { CACHE_LINE, roundUp } from "../alignment.ts";
import { BYTES_PER_ELEMENT } from "../dtype.ts";
import type { Engine } from "../engine.ts";
import type { ResultType } from "../result_makers.ts";
import type { Scalar } from "../scalar/scalar.ts";
import { rowMajorStrides, sizeOf } from "../shape.ts";
import { bit, flatness } from "../simd/elementwise/map_call.ts";
import { MAX_OPERANDS, parameterBytes } from "../simd/elementwise/kernel.ts";
import { kernelCache } from "../simd/elementwise/kernel_cache.ts";
import { copyRun } from "../simd/elementwise/transfer.ts";
import { hasRelaxedSimd } from "../simd/features.ts";
import { ALL_FUNCTIONS } from "../simd/math/mod.ts";
import { LARGE_ALIGNMENT, MARGIN } from "../simd/scratch.ts";
import { allocateUnset, type MutableView, unsafeView, type View } from "../view.ts";
import type { BlockThreads } from "./blocks.ts";
import { copyOf } from "./new_results.ts";

/** Bytes of a block of an operand: few enough for all slots to stay in the second-level cache. */
const BLOCK_BYTES = 65_536;

/** The most bytes of operands that are copied to shared memory as a whole: the memory stays. */
const MOST_BYTES = 0x100_0000; // 16 MiB

/**
 * Returns the function that computes an expression for all elements and returns the result: the array that is given, or
 * a new one of a type. Returns `undefined` if an operand is neither contiguous nor one number.
 */
export type DivideMap = (
  expression: Scalar,
  inputs: readonly View[],
  output: MutableView | ResultType,
) => (() => View) | undefined;

/** Returns a function that gives, for a map that it can divide into blocks, the function that computes it. */
export function dividedMaps(
  { scratch, slots, most, instantiate, run }: BlockThreads,
  { map }: Pick<Engine, "map">,
): DivideMap {
  const entryOf = kernelCache(scratch.memory, hasRelaxedSimd(), () => ALL_FUNCTIONS, instantiate);
  return (expression, inputs, output) => {
    const { used, kernel } = entryOf(expression), kinds = used.map((k) => flatness(inputs[k]!));
    if (used.some((k, i) => kinds[i] === 2 || k >= MAX_OPERANDS)) return undefined;
    const { dtype, shape } = output, size = sizeOf(shape), bytes = BYTES_PER_ELEMENT[dtype];
    const given = "data" in output ? output : undefined;
    if (given !== undefined && flatness(given) !== 0) return undefined;
    return () => {
      const flat = used.filter((_, i) => kinds[i] === 0), repeated = used.filter((_, i) => kinds[i] === 1);
      const regions = Math.max(1, flat.length), total = size * bytes;
      // A new array is a copy of shared memory, where all blocks lie one behind the other; otherwise each slot has one.
      const isWhole = given === undefined && regions * total <= MOST_BYTES;
      const blockBytes = isWhole
        ? roundUp(Math.max(BLOCK_BYTES, Math.ceil(total / most)), LARGE_ALIGNMENT)
        : BLOCK_BYTES;
      const block = blockBytes / bytes, places = isWhole ? most : slots;
      const compute = kernel(dtype, used.reduce((bits, k, i) => kinds[i] === 1 ? bits | bit(k) : bits, 0));
      const mark = scratch.mark();
      try {
        const parameterStep = roundUp(parameterBytes(inputs.length), CACHE_LINE);
        const parameters = scratch.reserve(places * parameterStep), single = scratch.reserve(repeated.length * MARGIN);
        const step = isWhole ? blockBytes : BLOCK_BYTES + LARGE_ALIGNMENT;
        const starts = Array.from({ length: regions }, () => scratch.reserve(isWhole ? total + MARGIN : places * step));
        const heap = scratch.data(dtype), integers = new Int32Array(scratch.memory.buffer);
        repeated.forEach((k, i) => heap[(single + i * MARGIN) / bytes] = inputs[k]!.data[inputs[k]!.offset]!);
        const countOf = (index: number): number => Math.min(block, size - index * block);
        const load = (index: number, slot: number): void => {
          const at = parameters + slot * parameterStep, first = at / 4, count = countOf(index);
          integers[first] = 1;
          integers[first + 1] = count * bytes;
          integers[first + 2] = starts[0]! + slot * step; // the result replaces the first operand that has blocks
          flat.forEach((k, i) => {
            const { data, offset } = inputs[k]!, address = starts[i]! + slot * step;
            integers[first + 4 + 2 * k] = address;
            copyRun(data, offset + index * block, heap, address / bytes, count);
          });
          repeated.forEach((k, i) => integers[first + 4 + 2 * k] = single + i * MARGIN);
          compute(at);
        };
        const common = { count: Math.ceil(size / block), load };
        let result = given ?? (isWhole ? undefined : allocateUnset(dtype, shape));
        const store = (index: number, slot: number): void =>
          copyRun(
            heap,
            (starts[0]! + slot * step) / bytes,
            result!.data,
            result!.offset + index * block,
            countOf(index),
          );
        if (result === undefined) {
          const copy = (): void => {
            result = unsafeView(copyOf(dtype, heap, starts[0]! / bytes, size), shape, rowMajorStrides(shape), 0);
          };
          run({ ...common, store, gather: { bytes: total, copy } });
          return result!; // it has been gathered
        }
        const output = result;
        /** Returns a block of an operand; operand `k` is used if it is among those with a kind. */
        const part = <V extends View>({ data, offset }: V, index: number, kind: number): MutableView =>
          unsafeView(data, [countOf(index)], [1 - kind], offset + (1 - kind) * index * block);
        const repeats = inputs.map((x) => flatness(x) === 1 ? 1 : 0);
        const directly = (index: number): void =>
          map(expression, inputs.map((x, k) => part(x, index, repeats[k]!)), part(output, index, 0));
        run({ ...common, store, directly });
        return output;
      } finally {
        scratch.release(mark);
      }
    };
  };
}
