/**
 * The same elements laid out differently in memory, and the naive loops that read them back: what the tests of views,
 * engines and operations share.
 *
 * @module
 */
import fc from "fast-check";
import { type DType, newData, type ReadonlyDataOf } from "../../blas/dtype.ts";
import { type Shape, sizeOf } from "../../blas/shape.ts";
import { type MutableView, unsafeView, type View } from "../../blas/view.ts";

/** Where the elements of an array lie. */
export type Layout = {
  /** The axes from the outermost in memory to the innermost. */
  readonly order: readonly number[];
  /** For each axis the step between neighbours, in units of the dense one: 2 leaves gaps, -1 runs backwards, 0 repeats. */
  readonly steps: readonly number[];
  /** The number of elements before the first one. */
  readonly offset: number;
};

/** All indices of a shape, in row-major order. */
export function indicesOf(shape: Shape): number[][] {
  return shape.reduce<number[][]>(
    (prefixes, length) => prefixes.flatMap((prefix) => Array.from({ length }, (_, i) => [...prefix, i])),
    [[]],
  );
}

/** Returns the position of an element of a view, by the definition of strides. */
export function positionOf({ offset, stride }: View, index: readonly number[]): number {
  return index.reduce((sum, i, axis) => sum + i * stride[axis]!, offset);
}

/** Returns the elements of a view in row-major order, each looked up by itself. */
export function elementsOf(v: View): number[] {
  return indicesOf(v.shape).map((index) => v.data[positionOf(v, index)]!);
}

/**
 * Writes elements, given in row-major order, with a layout. Gaps hold NaN, so that a kernel that reads one shows it. Where
 * a step is 0, the element written last is the one repeated.
 */
export function layOut<D extends DType>(
  dtype: D,
  shape: Shape,
  values: ArrayLike<number>,
  { order, steps, offset }: Layout = rowMajor(shape),
): MutableView<D> {
  const stride = new Array<number>(shape.length).fill(0);
  let span = 1, first = offset;
  for (const axis of [...order].reverse()) {
    stride[axis] = span * steps[axis]!;
    if (stride[axis]! < 0) first -= stride[axis]! * Math.max(0, shape[axis]! - 1);
    span *= Math.max(1, shape[axis]!) * Math.max(1, Math.abs(steps[axis]!));
  }
  const data = newData(dtype, offset + span + 2);
  data.fill(NaN);
  const v = unsafeView<D>(data as ReadonlyDataOf<D>, shape, stride, first);
  indicesOf(shape).forEach((index, k) => data[positionOf(v as View, index)] = values[k]!);
  return v;
}

/** The layout of a fresh array. */
export function rowMajor(shape: Shape): Layout {
  return { order: shape.map((_, axis) => axis), steps: shape.map(() => 1), offset: 0 };
}

/** Layouts by name: everything that transposition, slicing, reversal and broadcasting can do to a view. */
export const LAYOUTS: { readonly [name: string]: (shape: Shape) => Layout } = {
  "transposed views": (shape) => ({ ...rowMajor(shape), order: shape.map((_, axis) => axis).reverse() }),
  "slices with an offset": (shape) => ({ ...rowMajor(shape), steps: shape.map(() => 2), offset: 3 }),
  "views that run backwards": (shape) => ({ ...rowMajor(shape), steps: shape.map(() => -1), offset: 1 }),
  "transposed slices that run backwards by 3": (shape) => ({
    order: shape.map((_, axis) => axis).reverse(),
    steps: shape.map((_, axis) => axis % 2 === 0 ? -3 : 1),
    offset: 2,
  }),
  "views broadcast along the first axis": (shape) => ({
    ...rowMajor(shape),
    steps: shape.map((_, axis) => axis === 0 ? 0 : 1),
  }),
  "views broadcast along the last axis": (shape) => ({
    ...rowMajor(shape),
    steps: shape.map((_, axis) => axis === shape.length - 1 ? 0 : 1),
  }),
  "one element broadcast everywhere": (shape) => ({ ...rowMajor(shape), steps: shape.map(() => 0) }),
};

/** Any layout of a shape; with `repeat`, steps of 0 among them. */
export function layoutArbitrary(shape: Shape, { repeat = true } = {}): fc.Arbitrary<Layout> {
  const steps = repeat ? [1, 1, -1, 2, -3, 0] : [1, 1, -1, 2, -3];
  return fc.record({
    order: fc.shuffledSubarray(shape.map((_, axis) => axis), { minLength: shape.length }),
    steps: fc.tuple(...shape.map(() => fc.constantFrom(...steps))),
    offset: fc.nat(5),
  });
}

/** Shapes of few elements, 0-d ones and empty ones among them. */
export function shapeArbitrary({ maxRank = 4, maxLength = 4 } = {}): fc.Arbitrary<number[]> {
  return fc.array(fc.oneof({ arbitrary: fc.integer({ min: 1, max: maxLength }), weight: 6 }, fc.constant(0)), {
    maxLength: maxRank,
  });
}

/** Moderate numbers, exact in float32. */
export const numberArbitrary: fc.Arbitrary<number> = fc.integer({ min: -512, max: 512 }).map((x) => x / 64);

/** A view of moderate numbers with any layout. */
export function viewArbitrary<D extends DType>(
  dtype: D,
  shape: Shape,
  { repeat = true, element = numberArbitrary }: {
    readonly repeat?: boolean;
    readonly element?: fc.Arbitrary<number>;
  } = {},
): fc.Arbitrary<MutableView<D>> {
  const size = sizeOf(shape);
  return fc.tuple(fc.array(element, { minLength: size, maxLength: size }), layoutArbitrary(shape, { repeat })).map(
    ([values, layout]) => layOut(dtype, shape, values, layout),
  );
}

/** Every subset of some items. */
export function subsetsOf<A>(items: readonly A[]): A[][] {
  return items.reduce<A[][]>((subsets, item) => subsets.flatMap((subset) => [subset, [...subset, item]]), [[]]);
}
