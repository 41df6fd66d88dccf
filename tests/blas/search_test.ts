/**
 * Where the extremum of each window is: by plain loops, and compiled (`blas/simd/program/search_function.ts`).
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { engines } from "../../blas/engines.ts";
import { type Extremum, search } from "../../blas/search.ts";
import { rowMajorStrides } from "../../blas/shape.ts";
import { compileProgram } from "../../blas/simd/program/compile.ts";
import { allocate, unsafeView, type View, view } from "../../blas/view.ts";
import { elementsOf, indicesOf, positionOf } from "./layouts.ts";

const DTYPES = ["float32", "float64"] as const;
/** Windows [2, 3] of them, of one, two and three axes; of one element; and of more than are looked through without a loop. */
const WINDOWS = [[5], [2, 3], [3, 2, 2], [1], [40], [5, 9]] as const;

for (const dtype of DTYPES) {
  for (const window of WINDOWS) {
    Deno.test(`the first extremum of windows of ${window} is found, plainly and compiled, in ${dtype}`, () => {
      const shape = [2, 3, ...window], size = shape.reduce((a, b) => a * b);
      const numbers = Array.from({ length: size }, (_, k) => (k * 7 + Math.floor(k / 5)) % 6 - 2);
      // A NaN in the last window.
      numbers[size - 1] = NaN;
      const data = dtype === "float32" ? Float32Array.from(numbers) : Float64Array.from(numbers);
      const x = view(data, shape) as View,
        named = { offset: 100, stride: rowMajorStrides(shape).map((step) => 2 * step) };
      for (const extremum of ["max", "min"] as const) {
        const wanted = indicesOf([2, 3]).map((outer) => bestOf(extremum, x, outer, window, named));
        const y = allocate(dtype, [2, 3]);
        search(extremum, x, named, y);
        assertEquals(elementsOf(y), wanted, extremum);

        const operand = { value: 0, shape, stride: rowMajorStrides(shape), offset: 0 };
        const place = [2, 3].map((count) => ({ start: 0, step: 1, count }));
        const executable = compileProgram({
          parameters: [{ dtype, shape }],
          constants: [],
          instructions: [{
            results: [{ dtype, shape: [2, 3] }],
            operation: { kind: "search", extremum, shape: [2, 3], regions: [{ operand, place, numbers: named }] },
          }],
          results: [1],
        }, engines.simd);
        executable.write(0, x);
        executable.run();
        assertEquals(elementsOf(executable.read(0)), wanted, `${extremum}, compiled`);
      }
    });
  }
}

/** The number of the first extremum, or the first NaN, of one window. */
function bestOf(
  extremum: Extremum,
  x: View,
  outer: readonly number[],
  window: readonly number[],
  { offset, stride }: { readonly offset: number; readonly stride: readonly number[] },
): number {
  const all = indicesOf(window).map((inner) => {
    const index = [...outer, ...inner];
    return {
      value: x.data[positionOf(x, index)]!,
      number: index.reduce((sum, i, axis) => sum + i * stride[axis]!, offset),
    };
  });
  const unknown = all.find(({ value }) => Number.isNaN(value));
  if (unknown !== undefined) return unknown.number;
  const best = Math[extremum](...all.map(({ value }) => value));
  return all.find(({ value }) => value === best)!.number;
}

Deno.test("results are written where the output's strides say", () => {
  const y = unsafeView(new Float64Array(8), [2, 2], [1, 4], 1);
  search("max", view(Float64Array.from([1, 5, 9, 2, 0, 7, 4, 3]), [2, 2, 2]), { offset: 0, stride: [0, 0, 1] }, y);
  assertEquals([...y.data], [0, 1, 1, 0, 0, 0, 0, 0]);
});
