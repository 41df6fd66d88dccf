/**
 * Immutable strided views, and the operations that make a view of a view without copying.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DataOf, type DType, newData, type ReadonlyDataOf } from "./dtype.ts";
import { DTypeError, ShapeError, textOf } from "./errors.ts";
import { hasOwner, LEAST_BYTES, ownedData } from "./recycling.ts";
import {
  allAxes,
  checkResultShape,
  checkShape,
  MOST_ELEMENTS,
  rowMajorStrides,
  sameShape,
  type Shape,
  sizeOf,
} from "./shape.ts";
import { newView } from "./view_classes.ts";

/**
 * An array seen through a shape, strides and an offset: an `NdArray` of the ndarray package, read-only.
 *
 * Element `[i, j]` is `data[offset + i * stride[0] + j * stride[1]]`. Strides count elements; a stride of 0 repeats an
 * element, and a negative stride runs backwards.
 */
export type View<D extends DType = DType> = {
  /** The element type. */
  readonly dtype: D;
  /** The array that contains the elements, and perhaps others that the view does not show. */
  readonly data: ReadonlyDataOf<D>;
  /** The lengths of the axes. */
  readonly shape: Shape;
  /** The steps between neighbours along each axis, in elements. */
  readonly stride: readonly number[];
  /** The position in `data` of the element whose indices are all 0. */
  readonly offset: number;
  /** The number of elements that the view shows. */
  readonly size: number;
  /** Returns the element at these indices. */
  get(...indices: number[]): number;
};

/** A view whose elements may be written: only by the kernel that fills a buffer its caller has just allocated. */
export type MutableView<D extends DType = DType> = View<D> & { readonly data: DataOf<D> };

/**
 * Makes a view of a typed array.
 *
 * @param data The elements; they are not copied, and must not be written to afterwards.
 * @param shape The lengths of the axes; by default one axis as long as `data`.
 * @param stride The steps along the axes, in elements; row-major by default.
 * @param offset The position of the first element.
 * @throws {DTypeError} If `data` is neither a `Float32Array` nor a `Float64Array`.
 * @throws {ShapeError} If an element of the view would lie outside `data`, or beyond its first 2^31 - 1 elements.
 *
 * @example A transposed matrix shares its elements with the matrix
 * ```ts
 * import { transposeView, view } from "@nanograd/nanograd/blas";
 * import { assertEquals } from "@std/assert";
 *
 * const matrix = view(new Float64Array([1, 2, 3, 4, 5, 6]), [2, 3]);
 * assertEquals(transposeView(matrix).get(2, 0), 3);
 * ```
 */
export function view<D extends DType>(
  data: ReadonlyDataOf<D>,
  shape: Shape = [data?.length ?? 0], // code without types may pass nothing; the error is below
  stride?: readonly number[],
  offset = 0,
): View<D> {
  checkShape("view", shape);
  return checkedView(data, shape, stride === undefined ? rowMajorStrides(shape) : stride, offset);
}

function checkedView<D extends DType>(
  data: ReadonlyDataOf<D>,
  shape: Shape,
  stride: readonly number[],
  offset: number,
): View<D> {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    throw new DTypeError({
      op: "view",
      given: [Object.prototype.toString.call(data).slice(8, -1)],
      problem: "elements must be in a Float32Array or a Float64Array",
      remedy: "convert with Float32Array.from",
    });
  }
  const whole = Number.isInteger(offset) && Array.isArray(stride) && stride.length === shape.length &&
    stride.every(Number.isInteger);
  const [low, high] = whole ? extent(shape, stride, offset) : [0, 0];
  const count = Math.min(data.length, MOST_ELEMENTS); // ndarray's offsets are 32-bit integers
  if (!whole || (sizeOf(shape) > 0 && (low < 0 || high >= count))) {
    throw new ShapeError({
      op: "view",
      given: {
        shape,
        stride: Array.isArray(stride) ? stride : textOf(stride),
        offset: textOf(offset),
        data: `of ${data.length} elements`,
      },
      problem: whole
        ? `the view needs elements ${low} to ${high}, and the data has 0 to ${count - 1}`
        : "offset and strides must be whole numbers, one stride for each axis",
      remedy: "correct the shape, the strides or the offset",
    });
  }
  return unsafeView(data, shape, stride, offset);
}

/**
 * Makes a view for callers that have computed shape, stride and offset themselves: of the checks of {@link view}, only
 * those of the rank and of the number of elements are made, because nothing else limits these.
 *
 * @throws {ShapeError} If there are more than 64 axes, or more than 2^31 - 1 elements.
 */
export function unsafeView<D extends DType>(
  data: ReadonlyDataOf<D>,
  shape: Shape,
  stride: readonly number[],
  offset: number,
): MutableView<D> {
  checkResultShape("view", shape);
  // Callers write only to what they have allocated; the class that newView makes has the fields of a view.
  return newView(data as DataOf<D>, shape, stride, offset) as MutableView<D>;
}

/**
 * Makes a view of the same elements that cannot be changed: it is frozen, strides included, and has a copy of the
 * elements if they are few enough for copying to cost nothing. Otherwise the elements are shared, and only their type
 * forbids writing.
 */
export function frozenView<D extends DType>({ data, shape, stride, offset, size }: View<D>): View<D> {
  const [low, high] = size === 0 ? [offset, offset - 1] : extent(shape, stride, offset), few = high - low < FEW;
  const made = few
    // The slice of a read-only array has the array's class, which the types do not say.
    ? unsafeView<D>(data.slice(low, high + 1) as unknown as ReadonlyDataOf<D>, shape, stride, offset - low)
    : unsafeView<D>(data, shape, stride, offset);
  Object.freeze(made.shape);
  Object.freeze(made.stride);
  return Object.freeze(made) as View<D>; // the class that newView makes has the fields of a view
}

/** Returns the lowest and the highest position in the data that a view of this shape, stride and offset reaches. */
export function extent(shape: Shape, stride: readonly number[], offset: number): readonly [number, number] {
  let low = offset, high = offset;
  for (let axis = 0; axis < shape.length; axis++) {
    const reach = (shape[axis]! - 1) * stride[axis]!;
    if (reach < 0) low += reach;
    else high += reach;
  }
  return [low, high];
}

/**
 * The most elements of an array of a few numbers, and of one that is allocated from a slab. Making a typed array takes several
 * hundred nanoseconds, more than computing 32 elements. A slab is freed together with the last view into it: arrays of a few
 * numbers, such as losses that a program keeps, share theirs with no larger ones.
 */
const FEW = 64, SLAB_RUN = 128, SLAB_SIZE = 1024;

/** A slab, and how many of its elements are taken. */
type Slab<D extends DType> = { readonly data: DataOf<D>; used: number };

/** The slabs that are being filled: for arrays of few numbers, and for larger ones. */
const slabs: { readonly [D in DType]: Slab<D>[] } = { float32: [], float64: [] };

/**
 * Allocates a row-major array of zeros for a kernel to fill.
 *
 * @param dtype The element type.
 * @param shape The shape, checked by the caller.
 */
export function allocate<D extends DType>(dtype: D, shape: Shape): MutableView<D> {
  return allocated(dtype, shape, true);
}

/** Allocates like {@link allocate}, for a kernel that writes every element and reads none: they may have any values. */
export function allocateUnset<D extends DType>(dtype: D, shape: Shape): MutableView<D> {
  return allocated(dtype, shape, false);
}

function allocated<D extends DType>(dtype: D, shape: Shape, cleared: boolean): MutableView<D> {
  const size = sizeOf(shape);
  checkResultShape("allocate", shape);
  let data: DataOf<D>, offset = 0;
  if (size > SLAB_RUN) {
    const owned = hasOwner() && size * BYTES_PER_ELEMENT[dtype] >= LEAST_BYTES;
    data = owned ? ownedData(dtype, size, cleared) : newData(dtype, size);
  } else {
    const own = slabs[dtype], k = size > FEW ? 1 : 0;
    let slab = own[k];
    if (slab === undefined || slab.used + size > SLAB_SIZE) {
      slab = own[k] = { data: newData(dtype, SLAB_SIZE), used: 0 };
    }
    data = slab.data;
    offset = slab.used;
    slab.used += size;
  }
  // The class that newView makes has the fields of a view.
  return newView(data, shape, rowMajorStrides(shape), offset) as MutableView<D>;
}

/** Tells whether the elements lie in row-major order without gaps, as those of an empty view always do. */
export function isContiguous({ shape, stride }: View): boolean {
  let dense = true;
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    const length = shape[axis]!;
    if (length === 0) return true;
    if (length !== 1 && stride[axis] !== step) dense = false;
    step *= length;
  }
  return dense;
}

/**
 * Permutes the axes.
 *
 * @param axes Axis `k` of the result is axis `axes[k]` of `v`; by default the order is reversed.
 */
export function transposeView<D extends DType>(v: View<D>, axes?: readonly number[]): View<D> {
  const order = axes ?? allAxes(v.shape.length).reverse();
  const rank = order.length, shape = new Array<number>(rank), stride = new Array<number>(rank);
  for (let k = 0; k < rank; k++) {
    shape[k] = v.shape[order[k]!]!;
    stride[k] = v.stride[order[k]!]!;
  }
  return unsafeView(v.data, shape, stride, v.offset);
}

/** What {@link sliceView} takes along one axis: `count` elements, the first at `start`, `step` apart. */
export type Range = { readonly start: number; readonly step: number; readonly count: number };

/** Takes some of the elements along each axis. The ranges must lie inside the view. */
export function sliceView<D extends DType>(v: View<D>, ranges: readonly Range[]): MutableView<D> {
  const offset = ranges.reduce(
    (sum, { start, count }, axis) => count === 0 ? sum : sum + start * v.stride[axis]!,
    v.offset,
  );
  return unsafeView(v.data, ranges.map(({ count }) => count), ranges.map(({ step }, k) => step * v.stride[k]!), offset);
}

/**
 * Repeats a view along new leading axes and along axes of length 1, by stride 0.
 *
 * @param shape A shape that the view's own broadcasts to.
 */
export function broadcastView<D extends DType>(v: View<D>, shape: Shape): View<D> {
  if (sameShape(v.shape, shape)) return v;
  const lead = shape.length - v.shape.length;
  const stride = new Array<number>(shape.length);
  for (let axis = 0; axis < shape.length; axis++) {
    const repeats = axis < lead || (v.shape[axis - lead] === 1 && shape[axis] !== 1);
    stride[axis] = repeats ? 0 : v.stride[axis - lead]!;
  }
  return unsafeView(v.data, shape, stride, v.offset);
}

/**
 * Gives a view another shape of the same size without copying, if its strides allow.
 *
 * @returns The view, or `undefined` if elements would have to move.
 */
export function reshapeView<D extends DType>(v: View<D>, shape: Shape): View<D> | undefined {
  if (isContiguous(v)) return unsafeView(v.data, shape, rowMajorStrides(shape), v.offset);
  const stride = new Array<number>(shape.length).fill(0);
  const from = v.shape.map((length, axis) => ({ length, step: v.stride[axis]! })).filter(({ length }) => length !== 1);
  let to = 0;
  for (let axis = 0; axis < from.length;) {
    // The shortest groups of old and of new axes with the same number of elements must be one evenly spaced run.
    let oldSize = from[axis]!.length, newSize = 1, last = axis;
    const first = to;
    while (newSize !== oldSize) {
      if (newSize < oldSize) newSize *= shape[to++]!;
      else {
        const outer = from[last]!, inner = from[last + 1]!;
        if (outer.step !== inner.length * inner.step) return undefined;
        oldSize *= inner.length;
        last++;
      }
    }
    for (let k = to - 1, step = from[last]!.step; k >= first; k--) {
      stride[k] = step;
      step *= shape[k]!;
    }
    axis = last + 1;
  }
  return unsafeView(v.data, shape, stride, v.offset);
}
