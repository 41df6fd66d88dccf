/**
 * `reduce` against the reference engine, and against sums computed exactly.
 *
 * @module
 */
import { assert, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import type { DType } from "../../../blas/dtype.ts";
import type { Reduction } from "../../../blas/engine.ts";
import { reduce as reference } from "../../../blas/reference/reduce.ts";
import { createContext } from "../../../blas/simd/context.ts";
import { createReduce } from "../../../blas/simd/reduce.ts";
import {
  allocate,
  broadcastView,
  type MutableView,
  sliceView,
  transposeView,
  type View,
  view,
} from "../../../blas/view.ts";
import { elements, factors, numbers, shapes, viewsOf } from "./views.ts";

const context = createContext(), { scratch } = context;
const reduce = createReduce(context);
const DTYPES: readonly DType[] = ["float32", "float64"];
const REDUCTIONS: readonly Reduction[] = ["sum", "product", "max", "min"];

/** The same view of a copy of its data. */
function copyOf(v: MutableView): MutableView {
  const copy = sliceView(v, v.shape.map((count) => ({ start: 0, step: 1, count })));
  return Object.assign(copy, { data: v.data.slice() });
}

/** Tells whether two results are the same up to rounding; `scale` is the size of what was added up. */
function close(value: number, wanted: number, scale: number, dtype: DType): boolean {
  if (value === wanted || (Number.isNaN(value) && Number.isNaN(wanted))) return true;
  return Math.abs(value - wanted) <= (dtype === "float32" ? 1e-6 : 1e-14) * scale;
}

/** An input of any layout, and which of its axes to reduce. */
const operands = (dtype: DType, values: fc.Arbitrary<number>) =>
  shapes.chain((shape) =>
    fc.record({
      input: viewsOf<DType>(dtype, shape, values),
      reduced: fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
    })
  ).chain(({ input, reduced }) =>
    fc.record({
      input: fc.constant(input),
      output: viewsOf<DType>(
        dtype,
        input.shape.map((length, axis) => reduced[axis] ? 1 : length),
        fc.constant(-77),
        false,
      ),
    })
  );

for (const dtype of DTYPES) {
  for (const reduction of REDUCTIONS) {
    Deno.test(`reduce by ${reduction} of ${dtype} gives what the reference does, over any axes`, () => {
      fc.assert(
        fc.property(operands(dtype, reduction === "product" ? factors : numbers), ({ input, output }) => {
          const wanted = copyOf(output), again = copyOf(output), before = input.data.slice();
          const sizes = copyOf(output), magnitudes = copyOf(input);
          for (let i = 0; i < magnitudes.data.length; i++) magnitudes.data[i] = Math.abs(magnitudes.data[i]!);
          reference(reduction, input, wanted);
          reference(reduction, magnitudes, sizes);
          reduce(reduction, input, output);
          reduce(reduction, input, again);
          assertEquals(output.data, again.data);
          assertEquals(input.data, before);
          // Every factor of a product, and every term of the reference's plain sum, may add half a unit in the last place.
          const roundings = 1 + input.size / 10;
          for (let i = 0; i < output.data.length; i++) {
            const [value, right, scale] = [output.data[i]!, wanted.data[i]!, Math.abs(sizes.data[i]!)];
            const good = reduction === "max" || reduction === "min"
              ? Object.is(value, right)
              : close(value, right, roundings * scale, dtype);
            assert(good, `${value}, not ${right}`);
          }
        }),
        { numRuns: 150 },
      );
    });
  }

  Deno.test(`reduce of ${dtype} works through arrays of several blocks, however they lie`, () => {
    const filled = (shape: readonly number[]): MutableView => {
      const v = allocate<DType>(dtype, shape);
      for (let i = 0; i < v.size; i++) v.data[v.offset + i] = ((i * 7919) % 1009 - 504) / 64;
      return v;
    };
    const inputs: readonly View[] = [
      filled([40001]),
      filled([130, 301]),
      transposeView(filled([301, 130])),
      filled([5, 20, 400]),
      transposeView(filled([5, 20, 400]), [1, 0, 2]),
      transposeView(filled([5, 20, 400]), [2, 0, 1]),
      filled([20000, 3]),
      filled([3, 20000]),
      filled([3000, 3, 2]),
      broadcastView(filled([301]), [130, 301]),
      broadcastView(filled([130, 1]), [130, 301]),
      sliceView(filled([130, 700]), [{ start: 0, step: 1, count: 130 }, { start: 5, step: 2, count: 301 }]),
      sliceView(filled([130, 301]), [{ start: 129, step: -1, count: 130 }, { start: 300, step: -1, count: 301 }]),
    ];
    for (const input of inputs) {
      for (let mask = 0; mask < 1 << input.shape.length; mask++) {
        const shape = input.shape.map((length, axis) => (mask >> axis) & 1 ? 1 : length);
        for (const reduction of ["sum", "max", "min"] as const) {
          const output = allocate<DType>(dtype, shape), wanted = allocate<DType>(dtype, shape);
          reduce(reduction, input, output);
          reference(reduction, input, wanted);
          const right = elements(wanted), scale = input.size * 8;
          elements(output).forEach((value, i) => {
            const good = reduction === "sum" ? close(value, right[i]!, scale, dtype) : value === right[i];
            assert(good, `${reduction} [${input.shape}] by [${input.stride}] to [${shape}]: ${value}, not ${right[i]}`);
          });
        }
      }
    }
  });

  Deno.test(`a sum of a million numbers of ${dtype} is off by few roundings`, () => {
    const input = allocate<DType>(dtype, [1_000_000]), output = allocate<DType>(dtype, [1]);
    input.data.fill(0.1);
    reduce("sum", input, output);
    const wanted = 1e6 * input.data[0]!; // one rounding
    // Adding one after the other would be off by 1e-3 in float32 and 1e-11 in float64, relatively.
    assertLess(Math.abs(output.get(0) - wanted) / wanted, dtype === "float32" ? 1.5e-7 : 1e-14);
  });
}

Deno.test("sums of long rows of float32 have every number once, wherever groups end", () => {
  const data = Float32Array.from({ length: 36_000 }, (_, i) => (i * 37) % 101 - 50); // exact in any order
  for (const base of [2048, 32_768, 34_816]) {
    for (let length = base - 70; length < base + 70; length++) {
      const output = allocate("float32", [2, 1]);
      reduce("sum", view(data, [2, length], [1000, 1]), output);
      const wanted = [0, 1000].map((start) => data.subarray(start, start + length).reduce((sum, x) => sum + x, 0));
      assertEquals([output.get(0, 0), output.get(1, 0)], wanted, `${length}`);
    }
  }
});

Deno.test("sums of long rows whose numbers cancel their neighbours lose no more digits than those of short ones", () => {
  const output = allocate("float32", [1, 1]), length = 65_536;
  const squares = Array.from({ length: 100 }, (_, k) => {
    let seed = k + 1;
    const random = () => (seed = Math.imul(seed, 48271) >>> 1) / 2 ** 31;
    const data = Float32Array.from({ length }, (_, i) => i % 2 === 0 ? random() : -random());
    reduce("sum", view(data, [1, length]), output);
    return (output.get(0, 0) - data.reduce((sum, x) => sum + x, 0)) ** 2;
  });
  // 0.81 of a rounding of each number by chance, as in groups of 8; groups of 16 whose halves are not turned have 0.99.
  assertLess(Math.sqrt(squares.reduce((sum, x) => sum + x) / 100), 0.9 * 2 ** -24 * Math.sqrt(length));
});

Deno.test("a product does not overflow on the way in float32", () => {
  const input = allocate("float32", [400]), output = allocate("float32", [1]);
  for (let i = 0; i < 400; i++) input.data[i] = i < 200 ? 2 : 0.5;
  reduce("product", input as View<"float32">, output);
  assertEquals(output.get(0), 1);
});

Deno.test("reduce leaves the scratch memory as it found it", () => {
  const mark = scratch.mark(), output = allocate("float64", [1]);
  reduce("sum", allocate("float64", [1000]) as View<"float64">, output);
  assertEquals(scratch.mark(), mark);
});
