import { assertAlmostEquals, assertEquals } from "@std/assert";
import { type Rows, stageValue } from "../../../blas/rows.ts";
import { argument, div, exp, sub } from "../../../blas/scalar/scalar.ts";
import { createContext } from "../../../blas/simd/context.ts";
import { ALL_FUNCTIONS } from "../../../blas/simd/math/mod.ts";
import { makeRowsKernel, rowsKernels } from "../../../blas/simd/rows_kernel.ts";
import { VARIANTS } from "./math/lanes.ts";
import { wholes } from "./kernel_memory.ts";

/** Softmax of `x - bias`, and the largest of each row. */
const shifted = sub(argument(0), argument(1)), large = exp(sub(shifted, stageValue(0)));
const softmaxOver = (axes: readonly number[]): Rows => ({
  axes,
  stages: [{ reduction: "max", expression: shifted }, { reduction: "sum", expression: large }],
  outputs: [{ perRow: true, expression: stageValue(0) }, { perRow: false, expression: div(large, stageValue(1)) }],
});

type Case = readonly [shape: readonly [number, number], axes: readonly [0 | 1], splits: boolean];

/** Each case with kernels that are made for its shape alone, and with others. */
const CASES = ([[[5, 39], [1], true], [[5, 7], [0], false], [[1, 9], [1], false], [[5, 300], [1], true], [
  [200, 9],
  [0],
  false,
]] as readonly Case[]).flatMap((one) => [[...one, true], [...one, false]] as const);

for (const [dtype, relaxed] of VARIANTS) {
  Deno.test(`a kernel of rows computes all stages, whole or up to an index, in ${dtype}${relaxed ? ", relaxed" : ""}`, () => {
    for (const [shape, axes, splits, own] of CASES) {
      const { scratch } = createContext(), [rows, columns] = shape, size = rows * columns;
      const options = { rows: softmaxOver(axes), shape, own: [shape, [1, columns]], dtype };
      const kernel = own
        ? makeRowsKernel({ ...options, relaxed, functions: ALL_FUNCTIONS, memory: scratch.memory })
        : rowsKernels(scratch.memory, relaxed, () => ALL_FUNCTIONS)(options);
      assertEquals(kernel.splits, splits);
      const bytes = dtype === "float32" ? 4 : 8, counts = [size, columns, axes[0] === 1 ? rows : columns, size];
      const addresses = counts.map((count) => scratch.reserve(count * bytes + 64)), data = scratch.data(dtype);
      const x = wholes(size, 3).map((value) => value / 4), bias = wholes(columns, 5);
      data.set(x, addresses[0]! / bytes);
      data.set(bias, addresses[1]! / bytes);
      const count = splits ? rows - 1 : rows;
      data.fill(-7, addresses[3]! / bytes, addresses[3]! / bytes + size);
      kernel.run(count, scratch.reserve(4 * kernel.words), addresses);
      const value = (i: number, j: number) => x[i * columns + j]! - bias[j]!;
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          const row = Array.from({ length: shape[axes[0]] }, (_, k) => axes[0] === 1 ? value(i, k) : value(k, j));
          const largest = Math.max(...row), total = row.reduce((sum, one) => sum + Math.exp(one - largest), 0);
          const found = data[addresses[3]! / bytes + i * columns + j]!;
          if (i >= count) assertEquals(found, -7, "beyond the indices that it was run on");
          else assertAlmostEquals(found, Math.exp(value(i, j) - largest) / total, 1e-6);
          if (i < count) assertEquals(data[addresses[2]! / bytes + (axes[0] === 1 ? i : j)], largest);
        }
      }
    }
  });
}
