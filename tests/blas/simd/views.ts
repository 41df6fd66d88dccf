/**
 * Random views for tests of the engines: any rank, strides of any sign, broadcast axes, offsets, sizes 0 and 1.
 *
 * @module
 */
import fc from "fast-check";
import { type DType, newData } from "../../../blas/dtype.ts";
import { type Shape, sizeOf } from "../../../blas/shape.ts";
import {
  broadcastView,
  type MutableView,
  sliceView,
  transposeView,
  unsafeView,
  type View,
} from "../../../blas/view.ts";
import { rowMajorStrides } from "../../../blas/shape.ts";

/** Shapes of all kinds, small ones above all. */
export const shapes: fc.Arbitrary<readonly number[]> = fc.oneof(
  { weight: 6, arbitrary: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 4 }) },
  { weight: 3, arbitrary: fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 70 })) },
  { weight: 1, arbitrary: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 12 }), fc.constant(33)) },
);

/** How one axis lies in memory. */
type Layout = { readonly step: number; readonly reversed: boolean; readonly repeated: boolean };

const layouts = (broadcast: boolean): fc.Arbitrary<Layout> =>
  fc.record({
    step: fc.constantFrom(1, 1, 1, 2, 3),
    reversed: fc.constantFrom(false, false, false, true),
    repeated: broadcast ? fc.constantFrom(false, false, true) : fc.constant(false),
  });

/**
 * A view of this shape, full of given numbers, with guards around every element that it does not show.
 *
 * @param broadcast Whether axes may be repeated by stride 0.
 */
export function viewsOf<D extends DType>(
  dtype: D,
  shape: Shape,
  number: fc.Arbitrary<number>,
  broadcast = true,
): fc.Arbitrary<MutableView<D>> {
  return fc.record({
    axes: fc.array(layouts(broadcast), { minLength: shape.length, maxLength: shape.length }),
    order: fc.shuffledSubarray(shape.map((_, axis) => axis), { minLength: shape.length }),
    plain: fc.boolean(),
    offset: fc.integer({ min: 0, max: 5 }),
    numbers: fc.array(number, { minLength: 1, maxLength: 40 }),
  }).map(({ axes, order, plain, offset, numbers }) => {
    const layout = plain ? shape.map(() => ({ step: 1, reversed: false, repeated: false })) : axes;
    const stored = shape.map((length, axis) => layout[axis]!.repeated ? 1 : length);
    const inMemory = (plain ? shape.map((_, axis) => axis) : order).map((axis) => stored[axis]! * layout[axis]!.step);
    const data = newData(dtype, offset + sizeOf(inMemory) + 3);
    for (let i = 0; i < data.length; i++) data[i] = numbers[i % numbers.length]!;
    const whole = unsafeView<D>(data as View<D>["data"], inMemory, rowMajorStrides(inMemory), offset);
    const back = (plain ? shape.map((_, axis) => axis) : order).map((_, axis, all) => all.indexOf(axis));
    const ranges = stored.map((count, axis) => {
      const { step, reversed } = layout[axis]!;
      return { start: reversed ? Math.max(0, (count - 1) * step) : 0, step: reversed ? -step : step, count };
    });
    return broadcastView(sliceView(transposeView(whole, back), ranges), shape) as MutableView<D>;
  });
}

/** The elements in row-major order. */
export function elements(v: View): number[] {
  const index = v.shape.map(() => 0), result: number[] = [];
  for (let i = 0, n = sizeOf(v.shape); i < n; i++) {
    result.push(v.get(...index));
    for (let axis = index.length - 1; axis >= 0 && ++index[axis]! === v.shape[axis]; axis--) index[axis] = 0;
  }
  return result;
}

/** Numbers of ordinary size, with special ones among them. */
export const numbers: fc.Arbitrary<number> = fc.oneof(
  { weight: 8, arbitrary: fc.float({ min: -4, max: 4, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, 1, Infinity, -Infinity, NaN, 2 ** -130, 1e30) },
);

/** Numbers whose products stay far from the limits of float64, with NaN, infinities and zeros among them. */
export const factors: fc.Arbitrary<number> = fc.oneof(
  { weight: 30, arbitrary: fc.float({ min: Math.fround(0.8), max: Math.fround(1.25), noNaN: true }) },
  { weight: 10, arbitrary: fc.float({ min: Math.fround(-1.25), max: Math.fround(-0.8), noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, Infinity, -Infinity, NaN) },
);

/** Numbers of ordinary size, NaN and infinities: what float32 and float64 compute alike up to rounding. */
export const moderate: fc.Arbitrary<number> = fc.oneof(
  { weight: 8, arbitrary: fc.float({ min: -4, max: 4, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, 1, Infinity, -Infinity, NaN) },
);
