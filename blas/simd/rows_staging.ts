/**
 * Copying operands and results of rows between arrays and memory, block by block.
 *
 * @module
 */
import { roundUp } from "../alignment.ts";
import { BYTES_PER_ELEMENT, type DType } from "../dtype.ts";
import type { Engine } from "../engine.ts";
import type { Rows } from "../rows.ts";
import type { Shape } from "../shape.ts";
import { allocate, isContiguous, type MutableView, unsafeView, type View } from "../view.ts";
import { copyRun, type Elements } from "./elementwise/transfer.ts";
import { keyOf, type RowsKernel, type RowsKernels } from "./rows_kernel.ts";
import { withoutNumbers } from "./rows_numbers.ts";
import { MARGIN } from "./scratch.ts";

/** The largest number of kernels to keep. */
const LIMIT = 1024;

/** Returns the kernel of rows, for the shapes of all operands. */
export type KernelFor = (rows: Rows, shape: Shape, own: readonly Shape[], dtype: DType) => RowsKernel;

/** Makes each kernel once. */
export function cachedRowsKernels(make: RowsKernels): KernelFor {
  const kernels = new Map<string, RowsKernel>();
  return (rows, shape, own, dtype) => {
    const key = `${dtype} ${shape} ${own.join("/")} ${keyOf(rows)}`, found = kernels.get(key);
    if (found !== undefined) return found;
    const made = make({ rows, shape, own, dtype });
    kernels.set(key, made);
    if (kernels.size > LIMIT) kernels.delete(kernels.keys().next().value!);
    return made;
  };
}

/** The arguments of `Engine.rows`. */
export type RowsCall = {
  readonly rows: Rows;
  readonly shape: Shape;
  readonly inputs: readonly View[];
  readonly outputs: readonly MutableView[];
};

/** Rows that are ready to be copied to memory. */
export type StagedRows = {
  readonly kernel: RowsKernel;
  readonly dtype: DType;
  readonly operands: readonly View[];
  readonly outputs: readonly MutableView[];
  /** The number of indices of axis 0, and the most of them in a block. */
  readonly length: number;
  readonly block: number;
  /** The elements of each operand and output for an index of axis 0; 0 for one that is in all blocks as a whole. */
  readonly perIndex: readonly number[];
};

/**
 * Prepares rows. If they do not follow one another along the first axis, for example because that axis is reduced, all
 * of them are one block.
 *
 * @param blockBytes The bytes of all operands and outputs in a block, unless one index takes more.
 */
export function stageRows(
  { rows, shape, inputs, outputs }: RowsCall,
  { kernelFor, copy }: { readonly kernelFor: KernelFor } & Pick<Engine, "copy">,
  blockBytes: number,
): StagedRows {
  const { dtype } = outputs[0]!, length = shape[0]!, numbered = withoutNumbers(rows, inputs.length);
  const operands = [...inputs.map((x) => gapless(x, copy)), ...numbered.operands(dtype, shape.length)];
  const kernel = kernelFor(numbered.rows, shape, operands.map((x) => x.shape), dtype);
  const perIndex = [...operands, ...outputs].map((x: View | MutableView) =>
    kernel.splits && x.shape[0] === length ? x.size / length : 0
  );
  const each = perIndex.reduce((sum, one) => sum + one, 0) * BYTES_PER_ELEMENT[dtype];
  const most = Math.max(1, Math.floor(blockBytes / Math.max(1, each)));
  return { kernel, dtype, operands, outputs, length, block: kernel.splits ? Math.min(length, most) : length, perIndex };
}

/** Returns the bytes of each operand and output in a block. */
export function regionsOf({ dtype, operands, outputs, block, perIndex }: StagedRows): readonly number[] {
  const bytes = BYTES_PER_ELEMENT[dtype];
  return [...operands, ...outputs].map(({ size }: View | MutableView, k) =>
    roundUp((perIndex[k] === 0 ? size : perIndex[k]! * block) * bytes + MARGIN, MARGIN)
  );
}

/** Returns the addresses of regions that follow one another. */
export function addressesOf(base: number, regions: readonly number[]): readonly number[] {
  let at = base;
  return regions.map((bytes) => (at += bytes) - bytes);
}

/**
 * Copies in some indices of the operands.
 *
 * @param all Whether to copy operands that are in all blocks, too.
 */
export function copyRowsIn(
  { operands, perIndex }: StagedRows,
  heap: Elements,
  addresses: readonly number[],
  start: number,
  count: number,
  all: boolean,
): void {
  operands.forEach(({ data, offset, size }, k) => {
    const each = perIndex[k]!, at = addresses[k]! / heap.BYTES_PER_ELEMENT;
    if (each > 0) copyRun(data, offset + start * each, heap, at, count * each);
    else if (all) copyRun(data, offset, heap, at, size);
  });
}

/** Copies out some indices of the outputs. */
export function copyRowsOut(
  { operands, outputs, perIndex }: StagedRows,
  heap: Elements,
  addresses: readonly number[],
  start: number,
  count: number,
): void {
  outputs.forEach(({ data, offset, size }, j) => {
    const k = operands.length + j, each = perIndex[k]!, at = addresses[k]! / heap.BYTES_PER_ELEMENT;
    copyRun(heap, at, data, offset + start * each, each > 0 ? count * each : size);
  });
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
