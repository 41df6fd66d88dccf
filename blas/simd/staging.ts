/**
 * Staging: copying strided operands into scratch memory, and results out of it.
 *
 * Kernels take any strides, so an operand is copied in as the smallest range of its buffer that covers it, at the speed
 * of memory. Elements are gathered one by one only if most of that range would be elements outside the operand.
 *
 * @module
 */
import type { DataOf, DType, ReadonlyDataOf } from "../dtype.ts";
import type { View } from "../view.ts";
import type { Scratch } from "./scratch.ts";

/** A stack of matrices in a buffer: `[batch, rows, columns]` with a stride for each axis, in elements. */
export type Stack<D extends DType> = {
  readonly dtype: D;
  readonly data: ReadonlyDataOf<D>;
  readonly offset: number;
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
  readonly batchStride: number;
  readonly rowStride: number;
  readonly columnStride: number;
};

/** Returns a view as a stack: rank 1 becomes one row, rank 2 one matrix, and rank 3 stays. */
export function stackOf<D extends DType>({ dtype, data, shape, stride, offset }: View<D>): Stack<D> {
  const last = shape.length - 1;
  return {
    dtype,
    data,
    offset,
    batch: last > 1 ? shape[0]! : 1,
    rows: last > 0 ? shape[last - 1]! : 1,
    columns: shape[last]!,
    batchStride: last > 1 ? stride[0]! : 0,
    rowStride: last > 0 ? stride[last - 1]! : 0,
    columnStride: stride[last]!,
  };
}

/** Returns the same elements with rows and columns exchanged. */
export function transpose<D extends DType>(stack: Stack<D>): Stack<D> {
  return {
    ...stack,
    rows: stack.columns,
    columns: stack.rows,
    rowStride: stack.columnStride,
    columnStride: stack.rowStride,
  };
}

/** Cuts a stack into pieces of `most` rows or columns; the last piece may have fewer. */
export function cutAll<D extends DType>(stack: Stack<D>, axis: "rows" | "columns", most: number): readonly Stack<D>[] {
  const length = stack[axis], stride = axis === "rows" ? stack.rowStride : stack.columnStride;
  if (length <= most) return [stack];
  return Array.from({ length: Math.ceil(length / most) }, (_, i) => {
    const start = i * most, own = Math.min(most, length - start), offset = stack.offset + start * stride;
    // By cases: a name that is computed would take as long as the copy of a row.
    return axis === "rows" ? { ...stack, rows: own, offset } : { ...stack, columns: own, offset };
  });
}

/** The layout of a stack in scratch memory. */
export type CopyPlan = {
  /** The number of elements that it takes there. */
  readonly elements: number;
  /** The position of the element whose indices are all 0. */
  readonly origin: number;
  readonly batchStride: number;
  readonly rowStride: number;
  readonly columnStride: number;
  /** Whether it is copied as one range of its buffer. */
  readonly whole: boolean;
};

/** A range is copied whole up to this multiple of the elements in use, because gathering costs that much more. */
const WASTE = 3;

/** Runs shorter than this are copied by a loop, because a call of `set` costs more. */
const SHORT = 24;

/** Plans how to copy a stack in. An axis of stride 0 is stored once. */
export function plan<D extends DType>(
  { batch, rows, columns, batchStride, rowStride, columnStride }: Stack<D>,
): CopyPlan {
  const batches = batchStride === 0 ? 1 : batch, height = rowStride === 0 ? 1 : rows;
  const width = columnStride === 0 ? 1 : columns;
  const down = (batches - 1) * batchStride, across = (height - 1) * rowStride, along = (width - 1) * columnStride;
  const reach = Math.abs(down) + Math.abs(across) + Math.abs(along) + 1, count = batches * height * width;
  if (reach <= WASTE * count) {
    const origin = -(Math.min(down, 0) + Math.min(across, 0) + Math.min(along, 0));
    return { elements: reach, origin, batchStride, rowStride, columnStride, whole: true };
  }
  const dense = { elements: count, origin: 0, batchStride: batchStride === 0 ? 0 : height * width, whole: false };
  return Math.abs(rowStride) < Math.abs(columnStride)
    ? { ...dense, rowStride: rowStride === 0 ? 0 : 1, columnStride: columnStride === 0 ? 0 : height }
    : { ...dense, rowStride: rowStride === 0 ? 0 : width, columnStride: columnStride === 0 ? 0 : 1 };
}

/** Plans to copy a stack in row-major and without gaps, whatever its strides are. */
export function densePlan<D extends DType>({ batch, rows, columns }: Stack<D>): CopyPlan {
  const size = rows * columns;
  return { elements: batch * size, origin: 0, batchStride: size, rowStride: columns, columnStride: 1, whole: false };
}

/** Tells whether a stack is row-major and without gaps. */
function isDense({ batch, rows, columns, batchStride, rowStride, columnStride }: Stack<DType>): boolean {
  return (columnStride === 1 || columns === 1) && (rowStride === columns || rows === 1) &&
    (batchStride === rows * columns || batch === 1);
}

/**
 * Copies a stack in.
 *
 * @param scratch The memory, reserved for the plan at `address`.
 * @param address The destination.
 */
export function copyIn<D extends DType>(scratch: Scratch, address: number, stack: Stack<D>, how: CopyPlan): void {
  // Only read here.
  const data = stack.data as DataOf<D>, heap = scratch.data(stack.dtype), at = address / heap.BYTES_PER_ELEMENT;
  if (how.whole || isDense(stack)) {
    const start = stack.offset - how.origin, { elements } = how;
    if (elements < SHORT) { for (let i = 0; i < elements; i++) heap[at + i] = data[start + i]!; }
    else heap.set(start === 0 && elements === data.length ? data : data.subarray(start, start + elements), at);
    return;
  }
  copyStrided(data, stack.offset, stack, heap, at, how, {
    batch: how.batchStride === 0 ? 1 : stack.batch,
    rows: how.rowStride === 0 ? 1 : stack.rows,
    columns: how.columnStride === 0 ? 1 : stack.columns,
  });
}

/** Copies a row-major stack without gaps from `address` in scratch memory to its own buffer. */
export function copyOut<D extends DType>(scratch: Scratch, address: number, stack: Stack<D>, data: DataOf<D>): void {
  const heap = scratch.data(stack.dtype), at = address / heap.BYTES_PER_ELEMENT;
  if (isDense(stack)) {
    const elements = stack.batch * stack.rows * stack.columns, start = stack.offset;
    if (elements < SHORT) { for (let i = 0; i < elements; i++) data[start + i] = heap[at + i]!; }
    else data.set(heap.subarray(at, at + elements), start);
    return;
  }
  copyStrided(heap, at, densePlan(stack), data, stack.offset, stack, stack);
}

type Strides = { readonly batchStride: number; readonly rowStride: number; readonly columnStride: number };

/** Copies elements one by one, or run by run if both sides have adjacent elements. */
function copyStrided(
  source: Float32Array | Float64Array,
  from: number,
  given: Strides,
  target: Float32Array | Float64Array,
  to: number,
  wanted: Strides,
  { batch, rows, columns }: { readonly batch: number; readonly rows: number; readonly columns: number },
): void {
  if (Math.abs(given.rowStride) < Math.abs(given.columnStride) && rows > 1) {
    const flip = ({ batchStride, rowStride, columnStride }: Strides) => ({
      batchStride,
      rowStride: columnStride,
      columnStride: rowStride,
    });
    return copyStrided(source, from, flip(given), target, to, flip(wanted), { batch, rows: columns, columns: rows });
  }
  const runs = given.columnStride === 1 && wanted.columnStride === 1 && columns >= SHORT;
  for (let b = 0; b < batch; b++) {
    for (let r = 0; r < rows; r++) {
      let p = from + b * given.batchStride + r * given.rowStride;
      let q = to + b * wanted.batchStride + r * wanted.rowStride;
      if (runs) target.set(source.subarray(p, p + columns), q);
      else {
        for (let c = 0; c < columns; c++, p += given.columnStride, q += wanted.columnStride) target[q] = source[p]!;
      }
    }
  }
}
