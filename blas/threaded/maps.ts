/**
 * Plain element-wise calls on several threads, in blocks: by the kernels of the `simd` engine, so that every element has
 * the same bits.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../dtype.ts";
import type { Engine } from "../engine.ts";
import type { Scalar } from "../scalar/scalar.ts";
import { bit, flatness } from "../simd/elementwise/map_call.ts";
import { MAX_OPERANDS, parameterBytes } from "../simd/elementwise/kernel.ts";
import { kernelCache } from "../simd/elementwise/kernel_cache.ts";
import { copyRun } from "../simd/elementwise/transfer.ts";
import { hasRelaxedSimd } from "../simd/features.ts";
import { ALL_FUNCTIONS } from "../simd/math/mod.ts";
import { MARGIN } from "../simd/scratch.ts";
import { type MutableView, unsafeView, type View } from "../view.ts";
import type { BlockThreads } from "./blocks.ts";

/** Bytes of a block of an operand: few enough for all slots to stay in the second-level cache. */
const BLOCK_BYTES = 65_536;

/** Computes an expression for all elements, or returns what is undefined if an operand is neither contiguous nor one number. */
export type DivideMap = (
  expression: Scalar,
  inputs: readonly View[],
  output: MutableView,
) => (() => void) | undefined;

/** Returns a function that gives, for a map that it can divide into blocks, the function that computes it. */
export function dividedMaps(
  { scratch, slots, instantiate, run }: BlockThreads,
  { map }: Pick<Engine, "map">,
): DivideMap {
  const entryOf = kernelCache(scratch.memory, hasRelaxedSimd(), () => ALL_FUNCTIONS, instantiate);
  return (expression, inputs, output) => {
    const { used, kernel } = entryOf(expression), kinds = used.map((k) => flatness(inputs[k]!));
    if (flatness(output) !== 0 || used.some((k, i) => kinds[i] === 2 || k >= MAX_OPERANDS)) return undefined;
    return () => {
      const { dtype, size } = output, bytes = BYTES_PER_ELEMENT[dtype], block = BLOCK_BYTES / bytes;
      const compute = kernel(dtype, used.reduce((bits, k, i) => kinds[i] === 1 ? bits | bit(k) : bits, 0));
      const mark = scratch.mark();
      try {
        const places = Array.from({ length: slots }, () => ({
          parameters: scratch.reserve(parameterBytes(inputs.length)),
          result: scratch.reserve(BLOCK_BYTES + MARGIN),
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
        /** Returns a block of an operand; operand `k` is used if it is among those with a kind. */
        const part = <V extends View>({ data, offset }: V, index: number, kind: number): MutableView =>
          unsafeView(data, [countOf(index)], [1 - kind], offset + (1 - kind) * index * block);
        const repeats = inputs.map((x) => flatness(x) === 1 ? 1 : 0);
        run({
          count: Math.ceil(size / block),
          load: (index, slot) => {
            const { parameters, operands } = places[slot]!, count = countOf(index);
            integers[parameters / 4 + 1] = count * bytes;
            used.forEach((k, i) => {
              const { data, offset } = inputs[k]!;
              if (kinds[i] === 0) copyRun(data, offset + index * block, heap, operands[i]! / bytes, count);
            });
            compute(parameters);
          },
          store: (index, slot) =>
            copyRun(heap, places[slot]!.result / bytes, output.data, output.offset + index * block, countOf(index)),
          directly: (index) =>
            map(expression, inputs.map((x, k) => part(x, index, repeats[k]!)), part(output, index, 0)),
        });
      } finally {
        scratch.release(mark);
      }
    };
  };
}
