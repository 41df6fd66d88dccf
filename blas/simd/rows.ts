/**
 * `Engine.rows`: a kernel for each computation, run on one block of rows after another in scratch memory.
 *
 * Operands are copied in row-major; operands that are the same for all rows are copied once. If rows do not follow one
 * another along the first axis, for example because that axis is reduced, the whole operand is one block.
 *
 * @module
 */
import { roundUp } from "../alignment.ts";
import { BYTES_PER_ELEMENT, type DType } from "../dtype.ts";
import type { Engine } from "../engine.ts";
import { type Rows, rowsBy } from "../rows.ts";
import { type Shape, sizeOf } from "../shape.ts";
import { allocate, isContiguous, type MutableView, unsafeView, type View } from "../view.ts";
import { copyRun, type Elements } from "./elementwise/transfer.ts";
import { hasRelaxedSimd } from "./features.ts";
import type { Context } from "./kernels.ts";
import type { VectorFunctions } from "./math/vector_functions.ts";
import { keyOf, type RowsKernel, rowsKernels } from "./rows_kernel.ts";
import { withoutNumbers } from "./rows_numbers.ts";
import { LARGE_ALIGNMENT, MARGIN } from "./scratch.ts";

/**
 * Up to this many elements, rows are computed stage by stage: that takes little longer, and saves the millisecond that
 * making a kernel takes.
 */
const SMALL = 128;

/** Bytes of all operands and outputs in a block: few enough for the second-level cache. */
const BLOCK_BYTES = 262_144;

/** The largest number of kernels to keep. */
const LIMIT = 1024;

/** The computation of rows for which there is no kernel. */
type Fallback = Pick<Engine, "map" | "reduce" | "copy"> & {
  readonly relaxed?: boolean | undefined;
  /** Returns the functions for which vector code has been loaded so far. */
  readonly functions: () => VectorFunctions;
};

/** Makes the `rows` of an engine. */
export function createRows(
  { scratch }: Pick<Context, "scratch">,
  { map, reduce, copy, relaxed, functions }: Fallback,
): Engine["rows"] {
  const kernels = new Map<string, RowsKernel>(), stageByStage = rowsBy({ map, reduce });
  const makeKernel = rowsKernels(scratch.memory, relaxed ?? hasRelaxedSimd(), functions);
  const kernelFor = (rows: Rows, shape: Shape, own: readonly Shape[], dtype: DType): RowsKernel => {
    const key = `${dtype} ${shape} ${own.join("/")} ${keyOf(rows)}`, found = kernels.get(key);
    if (found !== undefined) return found;
    const made = makeKernel({ rows, shape, own, dtype });
    kernels.set(key, made);
    if (kernels.size > LIMIT) kernels.delete(kernels.keys().next().value!);
    return made;
  };
  return <D extends DType>(
    rows: Rows,
    shape: Shape,
    inputs: readonly View<D>[],
    outputs: readonly MutableView<D>[],
  ): void => {
    const size = sizeOf(shape), { dtype } = outputs[0]!, bytes = BYTES_PER_ELEMENT[dtype];
    if (size <= SMALL) return stageByStage(rows, shape, inputs, outputs);
    const numbered = withoutNumbers(rows, inputs.length), length = shape[0]!;
    const operands = [...inputs.map((x) => gapless(x, copy)), ...numbered.operands(dtype, shape.length)];
    const arrays: readonly (View | MutableView)[] = [...operands, ...outputs];
    const kernel = kernelFor(numbered.rows, shape, operands.map((x) => x.shape), dtype);
    const splits = kernel.splits;
    const perIndex = arrays.map((x) => splits && x.shape[0] === length ? x.size / length : 0);
    const sizes = (count: number) => arrays.map((x, k) => perIndex[k] === 0 ? x.size : perIndex[k]! * count);
    const regions = (count: number) => sizes(count).map((elements) => roundUp(elements * bytes + MARGIN, MARGIN));
    const available = scratch.maximumBytes - scratch.mark() - LARGE_ALIGNMENT;
    let block = length;
    if (splits) {
      const each = perIndex.reduce((sum, one) => sum + one, 0) * bytes;
      block = Math.min(length, Math.max(1, Math.floor(BLOCK_BYTES / Math.max(1, each))));
    }
    const region = regions(block), total = region.reduce((sum, one) => sum + one, 0);
    if (total > available || !outputs.every((y) => isContiguous(y))) {
      return stageByStage(rows, shape, inputs, outputs);
    }
    const mark = scratch.mark();
    try {
      const base = scratch.reserve(total), parameters = scratch.reserve(4 * kernel.words);
      const heap: Elements = scratch.data(dtype), addresses: number[] = [];
      region.reduce((at, one) => {
        addresses.push(at);
        return at + one;
      }, base);
      for (let start = 0; start < length; start += block) {
        const count = Math.min(block, length - start), amounts = sizes(count);
        operands.forEach(({ data, offset }, k) => {
          if (perIndex[k] === 0 && start > 0) return;
          copyRun(data, offset + start * perIndex[k]!, heap, addresses[k]! / bytes, amounts[k]!);
        });
        kernel.run(count, parameters, addresses);
        outputs.forEach(({ data, offset }, j) => {
          const k = operands.length + j;
          copyRun(heap, addresses[k]! / bytes, data, offset + start * perIndex[k]!, amounts[k]!);
        });
      }
    } finally {
      scratch.release(mark);
    }
  };
}

/** Returns an operand without the axes along which it repeats, in an array without gaps. */
function gapless<D extends DType>({ data, dtype, shape, stride, offset }: View<D>, copy: Engine["copy"]): View<D> {
  const own = shape.map((length, axis) => stride[axis] === 0 ? 1 : length);
  const x = unsafeView(data, own, stride, offset);
  if (isContiguous(x)) return x;
  const y = allocate<D>(dtype, own);
  copy({ x, y });
  return y;
}
