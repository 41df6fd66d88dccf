import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { DType } from "../../../../blas/dtype.ts";
import type { FourierTransforms } from "../../../../blas/fourier/transforms.ts";
import { PLAIN_TRANSFORMS } from "../../../../blas/fourier/transforms.ts";
import { standardFourier } from "../../../../blas/parts/fourier.ts";
import { createContext } from "../../../../blas/simd/context.ts";
import { LINE_KERNELS, TURN_KERNELS } from "../../../../blas/simd/fourier/line_kernel.ts";
import { exchangedAt, partsAt, planVectors } from "../../../../blas/simd/fourier/plan.ts";
import { COMPLEX_BYTES, stageKernels } from "../../../../blas/simd/fourier/stage_kernel.ts";
import { linesOf, stagedWidth, stageLines, unstageLines } from "../../../../blas/simd/fourier/staged_lines.ts";
import { fourierOn } from "../../../../blas/simd/fourier/transforms.ts";
import type { Shape } from "../../../../blas/shape.ts";
import { allocate, type MutableView, transposeView, type View, view } from "../../../../blas/view.ts";
import { hasSimd } from "../../../../blas/simd/features.ts";

const ignore = !hasSimd();

type V = MutableView;

/** Views of different numbers, every other one transposed in memory. */
function numbers(dtype: DType, shape: Shape, seed: number): View {
  const result: MutableView = allocate(dtype, seed % 2 === 0 ? shape : shape.toReversed());
  for (let k = 0; k < result.size; k++) result.data[result.offset + k] = Math.sin(k * k + seed + 1);
  return seed % 2 === 0 ? result : transposeView(result);
}

/** All results of all transforms of lines of a length, along an axis of a matrix of `lines` of them. */
function results(by: FourierTransforms, dtype: DType, [length, lines, axis]: readonly [number, number, number]) {
  const half = Math.floor(length / 2) + 1, shapeOf = (n: number) => axis === 0 ? [n, lines] : [lines, n];
  const fresh = (n: number): MutableView => allocate(dtype, shapeOf(n)),
    given = (n: number, seed: number) => numbers(dtype, shapeOf(n), seed);
  const all = [fresh(length), fresh(length), fresh(length), fresh(length), fresh(half), fresh(half), fresh(length)];
  const [a, b, c, d, e, f, g] = all as [V, V, V, V, V, V, V]; // seven
  by.transformLines([given(length, 0), given(length, 1)], axis, -1, [a, b]);
  by.transformLines([given(length, 2), given(length, 3)], axis, 1, [c, d]);
  by.transformRealLines(given(length, 4), axis, [e, f]);
  by.transformToRealLines([given(half, 5), given(half, 6)], axis, g);
  return all.flatMap(({ data, offset, size }) => [...data.subarray(offset, offset + size)]);
}

Deno.test({
  name: "kernels transform lines of every length, kind of factors and number, along either axis, as plain loops do",
  ignore,
  fn: () => {
    const kernels = fourierOn(createContext());
    const cases = [
      ...Array.from({ length: 40 }, (_, k) => [k + 1, 1 + k % 6, k % 2] as const),
      ...[49, 60, 77, 64, 100, 101, 169, 256, 121, 500, 1000, 1009].map((n, k) => [n, 1 + k % 9, k % 2] as const),
      [8, 2100, 1] as const, // more lines than a group has
      [3, 0, 1] as const,
    ];
    for (const given of cases) {
      for (const dtype of ["float32", "float64"] as const) {
        const wanted = results(PLAIN_TRANSFORMS, dtype, given), own = results(kernels, dtype, given);
        const tolerance = (dtype === "float32" ? 1e-6 : 1e-13) * given[0];
        own.forEach((x, k) => assertAlmostEquals(x, wanted[k]!, tolerance, `${dtype} ${given}, number ${k}`));
      }
    }
  },
});

Deno.test({
  name: "float32 lines are transformed in float64 and rounded once",
  ignore,
  fn: () => {
    const n = 720,
      x = numbers("float32", [2, n], 0),
      wide = view(Float64Array.from({ length: 2 * n }, (_, k) => x.data[x.offset + k]!), [2, n]);
    const half = n / 2 + 1, of = (dtype: DType) => [allocate(dtype, [2, half]), allocate(dtype, [2, half])] as [V, V]; // two
    const [narrow, exact] = [of("float32"), of("float64")], kernels = fourierOn(createContext());
    kernels.transformRealLines(x, 1, narrow);
    kernels.transformRealLines(wide, 1, exact);
    for (const part of [0, 1] as const) {
      for (let k = 0; k < half; k++) assertEquals(narrow[part].get(1, k), Math.fround(exact[part].get(1, k)));
    }
  },
});

Deno.test("plans list stages of small radices, and an inner plan for large primes, and are kept", () => {
  const plan = planVectors(60);
  assertEquals(plan.method.kind === "stages" && plan.method.stages.map(({ radix, parts }) => [radix, parts]), [
    [4, 15],
    [3, 5],
    [5, 1],
  ]);
  assertEquals(planVectors(60), plan);
  const { method } = planVectors(17);
  assertEquals(method.kind === "convolution" && method.inner.length, 64);
  assertEquals([partsAt(64), exchangedAt(64), COMPLEX_BYTES], [{ re: 64, im: 80 }, { re: 80, im: 64 }, 32]);
  assertEquals([stageKernels(4).name, LINE_KERNELS.name, TURN_KERNELS.name].length, 3);
});

Deno.test("lines are staged side by side, the last one repeated, and copied back", () => {
  const v = numbers("float32", [3, 5], 1), lines = linesOf(v, 1), memory = new Float32Array(60), width = stagedWidth(5);
  stageLines(memory, 2, lines, [1, 2, 4]);
  assertEquals([memory[2], memory[2 + width], memory[2 + 3 * width + 4]], [v.get(1, 0), v.get(2, 0), v.get(2, 4)]);
  const back: MutableView = allocate("float32", [3, 5]);
  unstageLines(memory, 2, { ...linesOf(back, 1), view: back }, [1, 2]);
  assertEquals([back.get(0, 0), back.get(1, 3), back.get(2, 4)], [0, v.get(1, 3), v.get(2, 4)]);
});

Deno.test({
  name: "lines that are too long for the memory of kernels are transformed in plain loops",
  ignore,
  fn: () => {
    const n = 3 * 2 ** 17, x = numbers("float32", [n], 0), context = createContext({ maximumBytes: 2 ** 20 });
    const of = (length: number): V => allocate("float32", [length]), half = n / 2 + 1;
    const [a, b, c, d, back] = [of(n), of(n), of(half), of(half), of(n)] as [V, V, V, V, V]; // five
    const kernels = fourierOn(context);
    kernels.transformLines([x, x], 0, -1, [a, b]);
    kernels.transformRealLines(x, 0, [c, d]);
    kernels.transformToRealLines([c, d], 0, back);
    assertAlmostEquals(a.get(0), c.get(0), 1e-3);
    assertEquals(back.shape, [n]);
  },
});

Deno.test("the default engine's transforms are there in any runtime", () => {
  const [re, im]: [V, V] = [allocate("float64", [2]), allocate("float64", [2])];
  standardFourier().transformRealLines(view(Float64Array.of(3, 1)), 0, [re, im]);
  assertEquals([re.get(0), re.get(1)], [4, 2]);
});
