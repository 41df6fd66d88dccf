/**
 * Plain reductions on several threads, in blocks: by the kernels of the `simd` engine, with every sum in the same order, so
 * that every element has the same bits.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../dtype.ts";
import type { Reduction } from "../reduction.ts";
import { copyRun } from "../simd/elementwise/transfer.ts";
import { planReduction, type ReductionPlan } from "../simd/reduce_plan.ts";
import { type WindowBlocks, windowBlocks, windowsOf } from "../simd/reduce_windows.ts";
import { MARGIN } from "../simd/scratch.ts";
import type { MutableView, View } from "../view.ts";
import { reductionWalks } from "../walk.ts";
import { roundUp } from "../alignment.ts";
import type { BlockThreads } from "./blocks.ts";
import { reductionInParts } from "./reduction_parts.ts";
import { reductionInStrips } from "./reduction_strips.ts";
import { type ReductionWork, reductionWorker } from "./reduction_work.ts";

/** The fewest blocks that are worth dividing. */
const LEAST = 4;

/** Computes a reduction; `false`, without having computed anything, if it is left to one thread. */
export type DivideReduction = (reduction: Reduction, input: View, output: MutableView) => boolean;

/** Returns the function that computes reductions on the threads. */
export function dividedReductions(threads: BlockThreads): DivideReduction {
  const run = reductionWorker(threads);
  return (reduction, input, output) => {
    if (input.size === 0 || output.size === 0) return false;
    const walks = reductionWalks(input, output), windows = windowsOf(walks);
    const blocks = windows && windowBlocks(windows, input);
    const work = blocks === undefined
      ? blocksOf(reduction, planReduction(reduction, walks), input, output, threads.slots)
      : blocksOfWindows(blocks, input, output);
    return work !== undefined && work.count >= LEAST && run(reduction, input.dtype, work);
  };
}

function blocksOf(
  reduction: Reduction,
  plan: ReductionPlan,
  input: View,
  output: MutableView,
  slots: number,
): ReductionWork | undefined {
  const parts = reductionInParts(reduction, plan, input, output);
  return parts ?? (plan.alongRows ? undefined : reductionInStrips(reduction, plan, input, output, slots));
}

/** Each block has the windows of some indices of the first axis. */
function blocksOfWindows(blocks: WindowBlocks, { data, dtype }: View, output: MutableView): ReductionWork {
  const { length, block, each, most, rangeOf, axesOf } = blocks, bytes = BYTES_PER_ELEMENT[dtype];
  const results = roundUp(most * bytes + MARGIN, MARGIN);
  const countOf = (index: number): number => Math.min(block, length - index * block);
  return {
    count: Math.ceil(length / block),
    bytes: results + block * each * bytes + MARGIN,
    shared: 0,
    isFree: true,
    load: (index, { heap, call }, address) => {
      const count = countOf(index), { start, before, size } = rangeOf(index * block, count);
      copyRun(data, start, heap, address / bytes, size);
      call("windows", [address + before * bytes, address + results, ...axesOf(count)]);
    },
    store: (index, { heap }, address) => {
      const at = output.offset + index * block * each;
      copyRun(heap, (address + results) / bytes, output.data, at, countOf(index) * each);
    },
  };
}
