/**
 * Plain convolutions on several threads: `blas/threaded/image_blocks.ts`, `blas/threaded/weight_blocks.ts`, the kernels
 * that `blas/threaded/recorded_kernels.ts` records, and lists of their calls.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { DType } from "../../../blas/dtype.ts";
import { engines } from "../../../blas/engines.ts";
import { importEngineMemory } from "../../../blas/simd/engine_memory.ts";
import { instantiateOn } from "../../../blas/simd/instantiate.ts";
import { blockThreads } from "../../../blas/threaded/blocks.ts";
import { type DividedConvolutions, dividedConvolutions } from "../../../blas/threaded/convolutions.ts";
import { startPool } from "../../../blas/threaded/pool.ts";
import { buildCalls, listBytes, recorder } from "../../../blas/threaded/recorded_calls.ts";
import { allocate, type MutableView } from "../../../blas/view.ts";
import { f64, i32, ModuleBuilder } from "../../../blas/wasm/mod.ts";
import { numbersOf, randomOf } from "../program/programs.ts";
import { seeds } from "../simd/program/small_programs.ts";

Deno.test("a list of calls is made in order, and counted without a list", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 }), m = new ModuleBuilder();
  importEngineMemory(m);
  const at = { at: "i32" } as const;
  const add = m.function({ parameters: { ...at, x: "i32" } }, (f, { at, x }) => {
    f.do(i32.store(at, i32.add(i32.load(at), x)));
  });
  const scale = m.function({ parameters: { ...at, x: "f64" } }, (f, { at, x }) => {
    f.do(i32.store(at, i32.mul(i32.load(at), i32.trunc_sat_f64_s(f64.add(x, 0.5)))));
  });
  const run = instantiateOn(memory, {})(m, buildCalls(m, [add, scale])), { begin, add: record, end } = recorder();
  for (const address of [undefined, 1024]) {
    begin(new Int32Array(memory.buffer), address);
    record(0, [64, 5]);
    record(1, [64, 3]);
    record(0, [64, 1]);
    assertEquals(end(), 3);
  }
  run(1024);
  assertEquals(new Int32Array(memory.buffer)[16], 16);
  assert(listBytes(3) - listBytes(2) >= 4 * 25);
});

/** A random convolution: its geometry and its operands, of which one is the result. */
function convolutionOf(seed: number, dtype: DType, depthwise: boolean) {
  const random = randomOf(seed), length = (least: number, more: number) => least + random.below(more);
  const groups = depthwise ? length(1, 12) : random.pick([1, 1, 2, 3]), channels = depthwise ? 1 : length(2, 9);
  const [batch, filters] = [length(1, 6), depthwise ? length(1, 2) : length(2, 20)];
  const [height, width] = [length(9, 14), length(9, 14)], isSmall = depthwise && random.below(2) === 0;
  // Kernels of more than 64 elements add their products up in float64.
  const [kernelHeight, kernelWidth] = isSmall
    ? [3, 3]
    : depthwise && random.below(4) === 0
    ? [9, 8]
    : [length(1, 4), length(1, 4)];
  const pair = (least: number, more: number) => [length(least, more), length(least, more)] as const;
  const stride = isSmall ? [1, 1] as const : pair(1, 2),
    dilation = isSmall || kernelHeight === 9 ? [1, 1] as const : pair(1, 2);
  const padding = [...pair(0, isSmall ? 2 : 3), ...pair(0, isSmall ? 2 : 3)] as const;
  const geometry = { stride, dilation, padding: padding as readonly [number, number, number, number], groups };
  const out = (size: number, kernel: number, axis: 0 | 1) =>
    Math.floor((size + padding[axis] + padding[axis + 2]! - dilation[axis] * (kernel - 1) - 1) / stride[axis]) + 1;
  const yShape = [batch, groups * filters, out(height, kernelHeight, 0), out(width, kernelWidth, 1)];
  const of = (shape: readonly number[]) => numbersOf(random, { dtype, shape });
  const x = of([batch, groups * channels, height, width]), y = of(yShape);
  return { geometry, x, w: of([groups * filters, channels, kernelHeight, kernelWidth]), y };
}

/** Checks that all functions have the bits of one thread. */
function assertSame(divided: DividedConvolutions, { geometry, x, w, y }: ReturnType<typeof convolutionOf>): void {
  const all = { x, w, y };
  for (const [name, key] of [["conv2d", "y"], ["conv2dInput", "x"], ["conv2dWeight", "w"]] as const) {
    const [found, wanted] = [divided, engines.simd].map((engine): MutableView => {
      const result = allocate(x.dtype, all[key].shape);
      engine[name]({ geometry, ...all, [key]: result } as never); // the operands of that function
      return result;
    }) as [MutableView, MutableView];
    // Small results share an array.
    const [left, right] = [found, wanted].map(({ data, offset, size }) =>
      Array.from(data.subarray(offset, offset + size))
    );
    const difference = left!.findIndex((value, k) => !Object.is(value, right![k]));
    assertEquals(difference, -1, `${name}, ${JSON.stringify({ geometry, x: x.shape, w: w.shape })}`);
  }
}

Deno.test("convolutions and their adjoints have the bits of one thread, in any geometry and groups", async () => {
  const pool = await startPool(3), threads = blockThreads(pool);
  try {
    // With longer blocks, one takes several images.
    for (const least of [0, 60]) {
      const divided = dividedConvolutions(threads, least, 0),
        dtypes = fc.constantFrom("float32" as const, "float64" as const);
      fc.assert(
        fc.property(
          seeds,
          dtypes,
          fc.boolean(),
          (seed, dtype, depthwise) => assertSame(divided, convolutionOf(seed, dtype, depthwise)),
        ),
        { numRuns: 40, endOnFailure: true },
      );
    }
  } finally {
    pool.close();
  }
});

Deno.test("so do sums of so many terms that they are added up in float64, and shares of many images", async () => {
  const pool = await startPool(2), threads = blockThreads(pool), random = randomOf(5);
  let runs = 0;
  const run: typeof threads.run = (blocks) => {
    runs++;
    threads.run(blocks);
  };
  const divided = dividedConvolutions({ ...threads, run, isReady: () => true }, 200, 0);
  const geometry = { stride: [1, 1], dilation: [1, 1], padding: [1, 1, 1, 1], groups: 1 } as const;
  const of = (shape: readonly number[]) => numbersOf(random, { dtype: "float32", shape });
  try {
    const [filters, channels] = [3, 300];
    const deep = { x: of([4, channels, 6, 6]), w: of([filters, channels, 3, 3]), y: of([4, filters, 6, 6]) };
    assertSame(divided, { geometry, ...deep });
    const many = { x: of([90, 4, 12, 12]), w: of([5, 4, 3, 3]), y: of([90, 5, 12, 12]) };
    assertSame(divided, { geometry, ...many });
    const single = { x: of([90, 9, 12, 12]), w: of([9, 1, 3, 3]), y: of([90, 9, 12, 12]) };
    assertSame(divided, { geometry: { ...geometry, groups: 9 }, ...single });
    assertEquals(runs, 9);
  } finally {
    pool.close();
  }
});

Deno.test("3 x 3 elements of single channels, which take as long as copying them does, stay on one thread", async () => {
  const pool = await startPool(2), threads = blockThreads(pool), random = randomOf(6);
  const run = () => {
    throw new Error("divided");
  };
  const of = (shape: readonly number[]) => numbersOf(random, { dtype: "float32", shape });
  const geometry = { stride: [1, 1], dilation: [1, 1], padding: [1, 1, 1, 1], groups: 8 } as const;
  try {
    const one = { x: of([32, 8, 28, 28]), w: of([8, 1, 3, 3]), y: of([32, 8, 28, 28]) };
    assertSame(dividedConvolutions({ ...threads, run }, 10), { geometry, ...one });
  } finally {
    pool.close();
  }
});
