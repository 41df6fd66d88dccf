/**
 * Plain convolutions, and their adjoints in the images, on several threads: an image, or a group of its channels, is a
 * block. The calling thread goes through the same code as on one thread, but its kernels only record their calls, which
 * another thread makes, so every element has the same bits.
 *
 * @module
 */
import { roundUp } from "../alignment.ts";
import type { DType, ReadonlyDataOf } from "../dtype.ts";
import { rowMajorStrides, type Shape } from "../shape.ts";
import { CONVOLUTION_KERNELS } from "../simd/convolution/kernel.ts";
import { type Convolution, type ConvolutionKernel, convolutionOn } from "../simd/convolution/mod.ts";
import { conv2dInputProduct, conv2dProduct, isCarried } from "../simd/convolution/product.ts";
import type { StagedConvolution } from "../simd/convolution/scratch_transfer.ts";
import { createContext } from "../simd/context.ts";
import { importEngineMemory } from "../simd/engine_memory.ts";
import { hasRelaxedSimd } from "../simd/features.ts";
import { GEMM_KERNELS } from "../simd/gemm_kernel.ts";
import type { KernelCall } from "../simd/instantiate.ts";
import type { Context, Recording } from "../simd/kernels.ts";
import { laneInstructionsOf } from "../simd/lane_instructions.ts";
import { LARGE_ALIGNMENT } from "../simd/scratch.ts";
import { type MutableView, unsafeView } from "../view.ts";
import { type Callable, ModuleBuilder } from "../wasm/mod.ts";
import type { BlockThreads } from "./blocks.ts";
import { buildCalls, listBytes, recorder } from "./recorded_calls.ts";
import { threadChoices } from "./thread_choices.ts";

/** Nanoseconds for a multiplication and addition; and for an image, below which one thread computes all of them. */
const MULTIPLIED = 0.05, SHORT = 10_000;

/** The nanoseconds of the shortest convolution that is divided, as a multiple of the shortest image's. */
const FEW = 20;

/** The kernels that these convolutions call, by their numbers in lists. */
const NAMES = ["move", "packRuns", "gemm"] as const;

/** The functions that are divided. */
export type DividedConvolutions = Omit<Convolution, "conv2dWeight">;

/**
 * Returns convolutions that are divided among threads if that pays.
 *
 * @param least The nanoseconds of the shortest image that a thread takes.
 */
export function dividedConvolutions(threads: BlockThreads, least: number = SHORT): DividedConvolutions {
  const { scratch, slots, instantiate, run } = threads, calls = recorder(), choose = threadChoices();
  const kernels = new Map<DType, KernelCall>();
  let delayed: (() => void)[] = [], top = 0;
  /** Makes the kernel that makes the calls of a list. */
  const kernelOf = (dtype: DType): KernelCall => {
    const found = kernels.get(dtype);
    if (found !== undefined) return found;
    const m = new ModuleBuilder(), lanes = laneInstructionsOf(dtype, hasRelaxedSimd());
    importEngineMemory(m, undefined, undefined, true);
    for (const { build } of [CONVOLUTION_KERNELS, GEMM_KERNELS]) build(m, lanes);
    const made = instantiate(m, buildCalls(m, NAMES.map((name) => m.exported(name) as Callable<"none">))); // without results
    kernels.set(dtype, made);
    return made;
  };
  const recorded = Object.fromEntries(NAMES.map((name, k) => [name, (...numbers: readonly number[]) => {
    top = scratch.mark();
    calls.add(k, numbers);
    return 0;
  }]));
  const atOnce = createContext();
  const there = new Map<number, { readonly data: ReadonlyDataOf<DType>; readonly start: number }>();
  const made = new Map<string, object>();
  const recording: Recording = {
    later: (copy) => delayed.push(copy),
    isThere: (data, start, address) => {
      const before = there.get(address);
      there.set(address, { data, start });
      return before?.data === data && before.start === start;
    },
    once: <T extends object>(key: string, make: () => T): T => {
      const value = made.get(key) ?? make();
      made.set(key, value);
      return value as T; // what this key's callers make
    },
    atOnce,
  };
  const context: Context = { scratch, kernels: () => recorded, recording };

  const divide = (compute: ConvolutionKernel, problem: StagedConvolution<DType>): boolean => {
    const { dtype } = problem.x, { batch, groups } = problem.sizes, mark = scratch.mark();
    const integers = () => new Int32Array(scratch.memory.buffer);
    calls.begin(integers(), undefined);
    delayed = [];
    made.clear();
    if (!compute(partOf(problem, context, 0))) return false;
    there.clear(); // other memory than that of the slots
    const count = calls.end(), step = roundUp(top - mark, LARGE_ALIGNMENT) + 2 * LARGE_ALIGNMENT;
    if (mark + slots * (listBytes(count) + step) + LARGE_ALIGNMENT > scratch.maximumBytes) return false;
    const kernel = kernelOf(dtype), copies: (() => void)[][] = [];
    try {
      const lists = Array.from({ length: slots }, () => scratch.reserve(listBytes(count))), base = scratch.mark();
      scratch.reserve(slots * step); // so that the memory does not grow any more
      const words = integers();
      run({
        count: batch * groups,
        load: (part, slot) => {
          scratch.release(base);
          scratch.reserve(slot * step);
          calls.begin(words, lists[slot]!);
          delayed = [];
          compute(partOf(problem, context, part));
          calls.end();
          copies[slot] = delayed;
          kernel(lists[slot]!);
        },
        store: (_, slot) => copies[slot]!.forEach((copy) => copy()),
      });
    } finally {
      scratch.release(mark);
      there.clear();
      made.clear();
    }
    return true;
  };
  return convolutionOn(atOnce, (compute, problem) => {
    const { sizes, geometry, x: { dtype } } = problem, { channels, filters, kernelHeight, kernelWidth } = sizes;
    const forward = compute === conv2dProduct, terms = forward ? channels * kernelHeight * kernelWidth : filters;
    const each = sizes.outputHeight * sizes.outputWidth * filters * channels * kernelHeight * kernelWidth * MULTIPLIED;
    const parts = sizes.batch * sizes.groups;
    const results = forward ? filters * sizes.outputHeight * sizes.outputWidth : channels * sizes.height * sizes.width;
    const isShort = parts < 2 || each < least || parts * each < FEW * least;
    if ((!forward && compute !== conv2dInputProduct) || isShort || isCarried(results, terms, dtype)) {
      return compute(problem);
    }
    let done = true;
    choose(
      `${forward} ${dtype} ${Object.values(sizes)} ${Object.values(geometry)}`,
      () => divide(compute, problem),
      () => {
        done = compute(problem);
      },
    );
    return done;
  });
}

/** Returns the convolution of one image, or of a group of its channels. */
function partOf<D extends DType>(
  { sizes, geometry, x, w, y }: StagedConvolution<D>,
  context: Context,
  part: number,
): StagedConvolution<D> {
  const { channels, filters, kernelHeight, kernelWidth, height, width, outputHeight, outputWidth, groups } = sizes;
  const view = ({ data, offset }: MutableView<D>, index: number, shape: Shape): MutableView<D> =>
    unsafeView(data, shape, rowMajorStrides(shape), offset + index * shape.reduce((size, length) => size * length));
  return {
    context,
    geometry: { ...geometry, groups: 1 },
    sizes: { ...sizes, batch: 1, groups: 1 },
    x: view(x, part, [1, channels, height, width]),
    w: view(w, part % groups, [filters, channels, kernelHeight, kernelWidth]),
    y: view(y, part, [1, filters, outputHeight, outputWidth]),
  };
}
