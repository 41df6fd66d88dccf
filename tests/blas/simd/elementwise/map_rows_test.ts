/**
 * Maps over rows, and the layout of their calls (map_call, map_rows), in memory so short that rows are cut into blocks.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { DType } from "../../../../blas/dtype.ts";
import { add, argument, mul } from "../../../../blas/scalar/scalar.ts";
import { COPY_KERNELS } from "../../../../blas/simd/move_kernel.ts";
import { createContext } from "../../../../blas/simd/context.ts";
import { kernelCache } from "../../../../blas/simd/elementwise/kernel_cache.ts";
import { bit, blockOf, flatness, type MapCall, reserve } from "../../../../blas/simd/elementwise/map_call.ts";
import { mapRows } from "../../../../blas/simd/elementwise/map_rows.ts";
import { allocate, type MutableView, unsafeView, type View, view } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";
import { wholes } from "../kernel_memory.ts";
import { ALL_FUNCTIONS } from "../../../../blas/simd/math/mod.ts";

const x = argument(0), y = argument(1), z = argument(2);

/** A call of a map with an engine's memory. */
function callOf(inputs: readonly View[], output: MutableView, available?: number): MapCall {
  const { scratch, kernels } = createContext({ maximumBytes: 2 ** 20 });
  if (available !== undefined) scratch.reserve(2 ** 20 - available - scratch.mark());
  const entry = kernelCache(scratch.memory, false, () => ALL_FUNCTIONS)(add(mul(x, y), z)),
    bytes = output.data.BYTES_PER_ELEMENT;
  const integers = () => new Int32Array(scratch.memory.buffer);
  const moving = (dtype: DType) => kernels(COPY_KERNELS, dtype);
  return { bytes, scratch, moving, entry, inputs, output, size: output.size, integers };
}

Deno.test("flatness() tells row-major views, one number repeated, and all others", () => {
  const data = new Float32Array(24),
    of = (shape: readonly number[], stride: readonly number[]) => flatness(unsafeView(data, shape, stride, 0) as View);
  assertEquals([of([2, 3], [3, 1]), of([2, 1, 3], [3, 99, 1]), of([], [])], [0, 0, 1]);
  assertEquals([of([2, 3], [0, 0]), of([1, 1], [5, 7]), of([2, 1], [0, 9])], [1, 1, 1]);
  assertEquals([of([2, 3], [1, 2]), of([2, 3], [0, 1]), of([2, 3], [4, 1])], [2, 2, 2]);
});

Deno.test("bit() numbers operands, and has none for those beyond what a mask can hold", () => {
  assertEquals([bit(0), bit(5), bit(29), bit(30), bit(64)], [1, 32, 2 ** 29, 0, 0]);
});

Deno.test("reserve() keeps operands apart, and blockOf() shrinks where memory is short", () => {
  const inputs = [1, 2, 3].map((seed) => view(Float32Array.from(wholes(100, seed)))),
    output = allocate("float32", [100]);
  const job = callOf(inputs, output), { parameters, slot, base, region, heap } = reserve(job, 100);
  assertEquals([slot, heap.BYTES_PER_ELEMENT], [parameters / 4, 4]);
  assert(region >= 400 && base >= parameters + 16 + 8 * 3, "no operand lies in another, nor in the parameters");
  assert(base + 4 * region <= job.scratch.mark());
  assert(blockOf(job) > blockOf(callOf(inputs, output, 65_536)));
  assert(blockOf(callOf(inputs, output, 65_536)) * 4 * 4 <= 65_536);
});

Deno.test("mapRows() computes rows of any strides, also where they are cut into blocks", () => {
  const rows = 37, columns = 300;
  for (const available of [undefined, 131_072]) {
    for (const turned of [false, true]) {
      const data = Float64Array.from(wholes(rows * columns, 3)), bias = Float64Array.from(wholes(columns, 5));
      const factor = Float64Array.from(wholes(rows, 7)), gap = columns + 2;
      const strides = [[1, rows], [0, 1], [1, 0]], output = allocate("float64", [rows, gap]);
      const inputs = [data, bias, factor].map((list, k) =>
        unsafeView(list, [rows, columns], strides[k]!, 0) as View<"float64">
      );
      const order = turned ? [inputs[2]!, inputs[0]!, inputs[1]!] : inputs;
      const job = callOf(order, output, available);
      mapRows(job, { shape: [rows, columns], strides: [[gap, 1], ...order.map(({ stride }) => stride)] });
      const at = (k: number, r: number, c: number) =>
        order[k]!.data[r * order[k]!.stride[0]! + c * order[k]!.stride[1]!]!;
      const wanted = Array.from({ length: rows * gap }, (_, i) => {
        const r = Math.floor(i / gap), c = i % gap;
        return c < columns ? at(0, r, c) * at(1, r, c) + at(2, r, c) : 0;
      });
      assertEquals(elementsOf(output), wanted);
    }
  }
});
