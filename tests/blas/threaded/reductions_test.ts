/**
 * Plain reductions in blocks: blas/threaded/reductions.ts, blas/threaded/reduction_parts.ts,
 * blas/threaded/reduction_strips.ts, blas/threaded/reduction_work.ts, and blas/simd/reduce_plan.ts, by which one thread
 * goes too.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { engines } from "../../../blas/engines.ts";
import type { Reduction } from "../../../blas/reduction.ts";
import { planReduction } from "../../../blas/simd/reduce_plan.ts";
import { reducedShape, rowMajorStrides, sizeOf } from "../../../blas/shape.ts";
import { blockThreads } from "../../../blas/threaded/blocks.ts";
import { reductionInStrips } from "../../../blas/threaded/reduction_strips.ts";
import { startPool } from "../../../blas/threaded/pool.ts";
import { dividedReductions } from "../../../blas/threaded/reductions.ts";
import { reductionWalks } from "../../../blas/walk.ts";
import { allocate, unsafeView, type View } from "../../../blas/view.ts";

const REDUCTIONS: readonly Reduction[] = ["sum", "product", "max", "min"];

/** Shapes and axes of all ways to divide: rows, long rows, parts of few columns, strips of long columns, windows, full sums. */
const CASES: readonly { readonly shape: readonly number[]; readonly axes: readonly number[] }[] = [
  { shape: [400, 500], axes: [1] },
  { shape: [9, 40_001], axes: [1] },
  { shape: [400, 500], axes: [0] },
  { shape: [10_001, 40], axes: [0] },
  { shape: [3, 70_000], axes: [0] },
  { shape: [40, 30, 130], axes: [1] },
  { shape: [3, 700, 130], axes: [1] },
  { shape: [20, 300, 40], axes: [0, 2] },
  { shape: [1, 300, 700], axes: [1] },
  { shape: [300, 700], axes: [0, 1] },
  { shape: [1, 200_001], axes: [1] },
  { shape: [60_000, 6], axes: [1] },
  { shape: [50, 6, 800], axes: [1] },
  { shape: [30, 8, 40, 20], axes: [1, 3] },
];

/** Numbers of which some are equal, and few are special. */
function numbersOf(dtype: "float32" | "float64", size: number, special: number | undefined) {
  const data = dtype === "float32" ? new Float32Array(size) : new Float64Array(size);
  for (let k = 0; k < size; k++) data[k] = 1 + Math.sin(k * k % 10_007) / 64;
  if (special !== undefined) data[size >> 1] = special;
  return data;
}

/** Makes a view whose axes lie in memory in another order, some of them backwards, with gaps or the same elements again. */
function viewOf(
  dtype: "float32" | "float64",
  shape: readonly number[],
  layout: { readonly order: number; readonly backwards: number; readonly gap: number; readonly repeated: boolean },
  special: number | undefined,
): View {
  const axes = shape.map((_, axis) => axis),
    turned = layout.order === 0 ? axes : layout.order === 1 ? axes.toReversed() : [
      ...axes.slice(1),
      0,
    ];
  const steps = rowMajorStrides([...turned.map((axis) => shape[axis]!), layout.gap]).slice(0, -1);
  const stride = axes.map((axis) => steps[turned.indexOf(axis)]!);
  if (layout.repeated) stride[turned[0]!] = 0;
  const data = numbersOf(dtype, sizeOf(shape) * layout.gap, special);
  let offset = 0;
  axes.forEach((axis) => {
    if ((layout.backwards >> axis) % 2 === 0) return;
    offset += (shape[axis]! - 1) * stride[axis]!;
    stride[axis] = -stride[axis]!;
  });
  return unsafeView(data, shape, stride, offset);
}

Deno.test("reductions in blocks have the bits of one thread, over any axes, of any layout", async () => {
  const pool = await startPool(3), divide = dividedReductions(blockThreads(pool)), divided = new Set<number>();
  const compare = (k: number, reduction: Reduction, x: View): void => {
    const shape = reducedShape(x.shape, CASES[k]!.axes);
    const [found, wanted] = [0, 1].map(() => allocate(x.dtype, shape));
    if (!divide(reduction, x, found!)) return;
    divided.add(k);
    engines.simd.reduce(reduction, x, wanted!);
    // Small arrays are parts of larger ones.
    const isEqual = Array.from({ length: sizeOf(shape) }, (_, i) => i)
      .every((i) => Object.is(found!.data[found!.offset + i], wanted!.data[wanted!.offset + i]));
    assert(isEqual, `${reduction} ${x.dtype} ${x.shape} ${x.stride} over ${CASES[k]!.axes}`);
  };
  try {
    CASES.forEach(({ shape }, k) =>
      compare(k, "sum", viewOf("float32", shape, { order: 0, backwards: 0, gap: 1, repeated: false }, undefined))
    );
    assertEquals([...divided], CASES.map((_, k) => k), "all are divided");
    fc.assert(
      fc.property(
        fc.nat(CASES.length - 1),
        fc.constantFrom(...REDUCTIONS),
        fc.constantFrom("float32" as const, "float64" as const),
        fc.record({
          order: fc.nat(2),
          backwards: fc.constantFrom(0, 0, 1, 2, 3, 7),
          gap: fc.constantFrom(1, 1, 2, 3),
          repeated: fc.constantFrom(false, false, true),
        }),
        fc.constantFrom(undefined, NaN, -0, Infinity),
        (k, reduction, dtype, layout, special) =>
          compare(k, reduction, viewOf(dtype, CASES[k]!.shape, layout, special)),
      ),
      { numRuns: 60 },
    );
  } finally {
    pool.close();
  }
});

Deno.test("a strip of a long column waits for the strip that added to the same sums before, in whatever order threads go", () => {
  const input = allocate("float32", [3000, 130]), output = allocate("float32", [1, 130]), slots = 3;
  const plan = planReduction("sum", reductionWalks(input, output));
  const { count, after } = reductionInStrips("sum", plan, input, output, slots)!;
  assert(count > slots && count % slots === 0);
  for (let block = 0; block < count; block++) assertEquals(after!(block), Math.max(0, block - slots + 1));
});
