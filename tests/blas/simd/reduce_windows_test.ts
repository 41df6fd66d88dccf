import { assert, assertEquals } from "@std/assert";
import type { Reduction } from "../../../blas/engine.ts";
import { reduce as reference } from "../../../blas/reference/reduce.ts";
import { createContext } from "../../../blas/simd/context.ts";
import { reduceWindows, windowsOf } from "../../../blas/simd/reduce_windows.ts";
import { makeWindowsKernel } from "../../../blas/simd/reduce_windows_kernel.ts";
import { newData } from "../../../blas/dtype.ts";
import { rowMajorStrides, type Shape, sizeOf } from "../../../blas/shape.ts";
import { allocate, broadcastView, sliceView, transposeView, type View, view } from "../../../blas/view.ts";
import { reductionWalks } from "../../../blas/walk.ts";

const { scratch } = createContext();

/** Whole numbers, whose sums are exact. */
const numbered = (dtype: "float32" | "float64", shape: Shape): View =>
  view(newData(dtype, sizeOf(shape)).map((_, k) => k * 7 % 23 - 9), shape);

const wholeAxis = (count: number) => ({ start: 0, step: 1, count });

for (const dtype of ["float32", "float64"] as const) {
  const made = (shape: Shape) => numbered(dtype, shape);
  const blocks = made([6, 3, 2, 5, 2]), turned = transposeView(made([2, 7, 3, 9]), [1, 3, 0, 2]);
  const backwards = view(blocks.data, blocks.shape, rowMajorStrides(blocks.shape).map((s) => -s), blocks.size - 1);
  const cases: readonly (readonly [View, readonly number[]])[] = [
    [blocks, [2, 4]],
    [backwards, [2, 4]],
    [turned, [2, 3]],
    [made([3, 2, 4, 2, 5, 2]), [1, 3, 5]],
    [made([9000, 3]), [1]],
    [made([40, 5, 300]), [1]],
    [broadcastView(made([4, 1, 6, 2]), [4, 3, 6, 2]), [1, 3]],
    [sliceView(made([50, 2, 12]), [wholeAxis(50), wholeAxis(2), { start: 1, step: 2, count: 5 }]), [1]],
  ];

  for (const reduction of ["sum", "product", "max", "min"] as const satisfies readonly Reduction[]) {
    Deno.test(`the ${reduction} of windows in ${dtype} is the reference's, however the windows lie`, () => {
      const kernel = makeWindowsKernel(scratch.memory, reduction, dtype);
      for (const [input, axes] of cases) {
        const shape = input.shape.map((length, axis) => axes.includes(axis) ? 1 : length);
        const output = allocate(dtype, shape), wanted = allocate(dtype, shape), mark = scratch.mark();
        assert(
          reduceWindows(scratch, kernel, windowsOf(reductionWalks(input, output))!, input, output),
          `[${input.shape}] over ${axes}`,
        );
        scratch.release(mark);
        reference(reduction, input, wanted);
        for (let k = 0; k < output.size; k++) {
          const [value, right] = [output.data[output.offset + k]!, wanted.data[wanted.offset + k]!];
          const off = Math.abs(value - right);
          assert(reduction === "product" ? off <= 1e-6 * Math.abs(right) : off === 0, `${value}, not ${right}`);
        }
      }
    });
  }

  Deno.test(`the maximum of a window with NaN in ${dtype} is NaN, and that of 0 and -0 is 0`, () => {
    const data = newData(dtype, 600),
      x = view(data, [150, 2, 2]),
      y = allocate(dtype, [150, 1, 1]),
      mark = scratch.mark();
    data.set([1, NaN, 2, 3, -0, 0, -0, -0]);
    reduceWindows(scratch, makeWindowsKernel(scratch.memory, "max", dtype), windowsOf(reductionWalks(x, y))!, x, y);
    scratch.release(mark);
    assertEquals([...y.data.subarray(0, 2)], [NaN, 0]);
  });
}

Deno.test("large windows, long rows and elements that are far apart are left to others", () => {
  const none = (shape: Shape, kept: Shape) =>
    windowsOf(reductionWalks(numbered("float32", shape), allocate("float32", kept)));
  assertEquals(none([30, 65], [30, 1]), undefined);
  assertEquals(none([30, 17], [30, 1]), undefined);
  const x = numbered("float32", [4, 20_000]), y = allocate("float32", [1, 20_000]), mark = scratch.mark();
  const kernel = makeWindowsKernel(scratch.memory, "sum", "float32");
  assertEquals(reduceWindows(scratch, kernel, windowsOf(reductionWalks(x, y))!, x, y), false);
  scratch.release(mark);
});
