/**
 * Plain element-wise calls on several threads, in blocks: by the kernels of the `simd` engine, so that every element has
 * the same bits.
 *
 * @module
 */
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
import { MARGIN } from "../simd/scratch.ts";
import { type MutableView, unsafeView, type View } from "../view.ts";
import type { BlockThreads } from "./blocks.ts";
import { copyOf } from "./new_results.ts";

/** Bytes of a block of an operand: few enough for all slots to stay in the second-level cache. */
const BLOCK_BYTES = 65_536;

/** The largest result, in bytes, that is computed in shared memory as a whole: the memory stays. */
const MOST_BYTES = 0x100_0000; // 16 MiB

/**
 * Returns the function that computes an expression for all elements and returns the result: the array that is given, or
 * a new one of a type. Returns `undefined` if an operand is neither contiguous nor one number, or a new result too large.
 */
export type DivideMap = (
  expression: Scalar,
  inputs: readonly View[],
  output: MutableView | ResultType,
) => (() => View) | undefined;

/** Returns a function that gives, for a map that it can divide into blocks, the function that computes it. */
export function dividedMaps(
  { scratch, slots, instantiate, run }: BlockThreads,
  { map }: Pick<Engine, "map">,
): DivideMap {
  const entryOf = kernelCache(scratch.memory, hasRelaxedSimd(), () => ALL_FUNCTIONS, instantiate);
  return (expression, inputs, output) => {
    const { used, kernel } = entryOf(expression), kinds = used.map((k) => flatness(inputs[k]!));
    if (used.some((k, i) => kinds[i] === 2 || k >= MAX_OPERANDS)) return undefined;
    const { dtype, shape } = output, size = sizeOf(shape), bytes = BYTES_PER_ELEMENT[dtype];
    const given = "data" in output ? output : undefined;
    if (given === undefined ? size * bytes > MOST_BYTES : flatness(given) !== 0) return undefined;
    return () => {
      const block = BLOCK_BYTES / bytes;
      const compute = kernel(dtype, used.reduce((bits, k, i) => kinds[i] === 1 ? bits | bit(k) : bits, 0));
      const mark = scratch.mark();
      try {
        // A new result lies in shared memory as a whole; otherwise each slot has a block of it.
        const whole = given === undefined ? scratch.reserve(size * bytes + MARGIN) : 0;
        // The last place is for blocks that the calling thread computes.
        const places = Array.from({ length: slots + 1 }, () => ({
          parameters: scratch.reserve(parameterBytes(inputs.length)),
          result: given === undefined ? whole : scratch.reserve(BLOCK_BYTES + MARGIN),
          operands: used.map(() => scratch.reserve(BLOCK_BYTES + MARGIN)),
        }));
        const heap = scratch.data(dtype), integers = new Int32Array(scratch.memory.buffer);
        places.forEach(({ parameters, result, operands }) => {
          integers.set([1, 0, result, 0], parameters / 4);
          used.forEach((k, i) => {
            integers[parameters / 4 + 4 + 2 * k] = operands[i]!;
            if (kinds[i] === 1) heap[operands[i]! / bytes] = inputs[k]!.data[inputs[k]!.offset]!;
          });
        });
        const countOf = (index: number): number => Math.min(block, size - index * block);
        const load = (index: number, slot: number): void => {
          const { parameters, operands } = places[slot]!, count = countOf(index);
          integers[parameters / 4 + 1] = count * bytes;
          if (given === undefined) integers[parameters / 4 + 2] = whole + index * BLOCK_BYTES;
          used.forEach((k, i) => {
            const { data, offset } = inputs[k]!;
            if (kinds[i] === 0) copyRun(data, offset + index * block, heap, operands[i]! / bytes, count);
          });
          compute(parameters);
        };
        const count = Math.ceil(size / block);
        /** Operands lie one behind the other. */
        const operandsIn = (slot: number): readonly [number, number] => {
          const { operands } = places[slot]!;
          return operands.length === 0 ? [0, 0] : [operands[0]!, operands.at(-1)! + BLOCK_BYTES];
        };
        if (given === undefined) {
          run({ count, load, operands: operandsIn, store: () => {}, directly: (index) => load(index, slots) });
          return unsafeView(copyOf(dtype, heap, whole / bytes, size), shape, rowMajorStrides(shape), 0);
        }
        /** Returns a block of an operand; operand `k` is used if it is among those with a kind. */
        const part = <V extends View>({ data, offset }: V, index: number, kind: number): MutableView =>
          unsafeView(data, [countOf(index)], [1 - kind], offset + (1 - kind) * index * block);
        const repeats = inputs.map((x) => flatness(x) === 1 ? 1 : 0);
        run({
          count,
          load,
          operands: operandsIn,
          store: (index, slot) =>
            copyRun(heap, places[slot]!.result / bytes, given.data, given.offset + index * block, countOf(index)),
          directly: (index) =>
            map(expression, inputs.map((x, k) => part(x, index, repeats[k]!)), part(given, index, 0)),
        });
        return given;
      } finally {
        scratch.release(mark);
      }
    };
  };
}
