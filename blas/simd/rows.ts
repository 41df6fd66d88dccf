/**
 * `Engine.rows`: a kernel for each computation, run on one block of rows after another in scratch memory.
 *
 * Operands are copied in row-major; operands that are the same for all rows are copied once. If rows do not follow one
 * another along the first axis, for example because that axis is reduced, the whole operand is one block.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import type { Engine } from "../engine.ts";
import { sumByLoops } from "../reference/sum.ts";
import { type Rows, rowsBy, type WideSum } from "../rows.ts";
import { type Shape, sizeOf } from "../shape.ts";
import { isContiguous, type MutableView, type View } from "../view.ts";
import type { Elements } from "./elementwise/transfer.ts";
import { hasRelaxedSimd } from "./features.ts";
import type { Context } from "./kernels.ts";
import type { VectorFunctions } from "./math/vector_functions.ts";
import { neighboursOf } from "./reduce_small.ts";
import { rowsKernels } from "./rows_kernel.ts";
import { fits } from "./room.ts";
import { LARGE_ALIGNMENT } from "./scratch.ts";
import { addressesOf, cachedRowsKernels, copyRowsIn, copyRowsOut, regionsOf, stageRows } from "./rows_staging.ts";
import { sumNeighbours } from "./sum_few.ts";

/**
 * Up to this many elements, rows are computed stage by stage: that takes little longer, and saves the millisecond that
 * making a kernel takes.
 */
const SMALL = 128;

/** Bytes of all operands and outputs in a block: few enough for the second-level cache. */
const BLOCK_BYTES = 262_144;

/** The computation of rows for which there is no kernel. */
type Fallback = Pick<Engine, "map" | "reduce" | "copy"> & {
  readonly relaxed?: boolean | undefined;
  /** Returns the functions for which vector code has been loaded so far. */
  readonly functions: () => VectorFunctions;
};

/** Adds a few numbers by plain loops. */
const sumFew: WideSum = (input, output) => {
  const neighbours = neighboursOf(input, output);
  if (neighbours === undefined) sumByLoops(input, output);
  else sumNeighbours(neighbours, input, output);
};

/** Makes the `rows` of an engine. */
export function createRows(
  { scratch }: Pick<Context, "scratch">,
  { map, reduce, copy, relaxed, functions }: Fallback,
): Engine["rows"] {
  const fewByStages = rowsBy({ map, reduce }, sumFew), stageByStage = rowsBy({ map, reduce });
  const kernelFor = cachedRowsKernels(rowsKernels(scratch.memory, relaxed ?? hasRelaxedSimd(), functions));
  return <D extends DType>(
    rows: Rows,
    shape: Shape,
    inputs: readonly View<D>[],
    outputs: readonly MutableView<D>[],
  ): void => {
    if (sizeOf(shape) <= SMALL) return fewByStages(rows, shape, inputs, outputs);
    const staged = stageRows({ rows, shape, inputs, outputs }, { kernelFor, copy }, BLOCK_BYTES);
    const { kernel, length, block, dtype } = staged, region = regionsOf(staged);
    const total = region.reduce((sum, one) => sum + one, 0);
    if (!outputs.every((y) => isContiguous(y)) || !fits(scratch, total + 4 * kernel.words + 2 * LARGE_ALIGNMENT)) {
      return stageByStage(rows, shape, inputs, outputs);
    }
    const mark = scratch.mark();
    try {
      const base = scratch.reserve(total), parameters = scratch.reserve(4 * kernel.words);
      const heap: Elements = scratch.data(dtype), addresses = addressesOf(base, region);
      for (let start = 0; start < length; start += block) {
        const count = Math.min(block, length - start);
        copyRowsIn(staged, heap, addresses, start, count, start === 0);
        kernel.run(count, parameters, addresses);
        copyRowsOut(staged, heap, addresses, start, count);
      }
    } finally {
      scratch.release(mark);
    }
  };
}
