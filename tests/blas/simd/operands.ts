/**
 * Operands for the tests of the `simd` engine's BLAS: views of every kind, comparison, and the engines with fused
 * multiply-add and without.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type DType, newData, type ReadonlyDataOf } from "../../../blas/dtype.ts";
import { blasOn } from "../../../blas/simd/blas.ts";
import { createContext } from "../../../blas/simd/context.ts";
import { hasRelaxedSimd } from "../../../blas/simd/features.ts";
import { extent, type MutableView, unsafeView, type View } from "../../../blas/view.ts";

const DTYPES: readonly DType[] = ["float32", "float64"];
/** The distance from 1 to the next number. */
export const EPSILON = { float32: 2 ** -23, float64: 2 ** -52 };
const contexts = new Map(
  (hasRelaxedSimd() ? [true, false] : [false]).map((fused) => [fused ? "fused" : "unfused", createContext({ fused })]),
);
/** Both dtypes, unfused, and fused where the runtime has it. */
export const VARIANTS = [...contexts].flatMap(([name, context]) =>
  DTYPES.map((dtype) => ({ name: `${name} ${dtype}`, dtype, blas: blasOn(context) }))
);

/** Where a view's elements lie: a factor to spread them, and the order and direction of axes. */
export type Layout = { readonly permuted: boolean; readonly step: number; readonly repeat: boolean };

/** Layouts of all kinds. */
export const layout: fc.Arbitrary<Layout> = fc.record({
  permuted: fc.boolean(),
  step: fc.constantFrom(1, 1, 1, 2, -1, -3),
  repeat: fc.nat(7).map((v) => v === 0),
});

/** Returns a view of a shape with a layout, in a buffer filled by `fill()`, gaps included. */
export function viewOf<D extends DType>(
  dtype: D,
  shape: readonly number[],
  how: Layout,
  fill: () => number,
): MutableView<D> {
  const stride = new Array<number>(shape.length).fill(0);
  const order = shape.map((_, axis) => how.permuted ? axis : shape.length - 1 - axis);
  let step = how.step;
  for (const axis of order) {
    stride[axis] = step;
    step *= shape[axis]! + (how.step % 2 === 0 ? 1 : 0);
  }
  if (how.repeat && shape.length > 0) stride[0] = 0;
  const [low, high] = extent(shape, stride, 0), offset = 3 - Math.min(0, low);
  const data = newData(dtype, Math.max(0, offset + high) + 5);
  for (let i = 0; i < data.length; i++) data[i] = fill();
  return unsafeView<D>(data as ReadonlyDataOf<D>, shape, stride, offset);
}

/** Row-major, without gaps. */
export const plain: Layout = { permuted: false, step: 1, repeat: false };
/** Returns a source of numbers from -1 to 1 that depend on the seed alone. */
export const random = (seed: number) => {
  let state = seed >>> 0 || 1;
  return () => {
    state = Math.imul(state, 1664525) + 1013904223 >>> 0;
    return state / 2 ** 31 - 1;
  };
};

/** Every element of a view in row-major order. */
export function list(v: View): number[] {
  const visit = (axis: number, offset: number): number[] =>
    axis === v.shape.length
      ? [v.data[offset]!]
      : Array.from({ length: v.shape[axis]! }, (_, i) => visit(axis + 1, offset + i * v.stride[axis]!)).flat();
  return visit(0, v.offset);
}

/**
 * Compares what two engines wrote: elements within the tolerance, the same NaN and infinities, and no other memory
 * written.
 */
export function assertSame(given: MutableView, wanted: MutableView, tolerance: number): void {
  assertEquals(given.data.length, wanted.data.length);
  for (let i = 0; i < given.data.length; i++) {
    const x = given.data[i]!, y = wanted.data[i]!;
    if (Object.is(x, y) || (Number.isNaN(x) && Number.isNaN(y))) continue;
    assert(Math.abs(x - y) <= tolerance, `element ${i}: ${x} where ${y} is wanted, tolerance ${tolerance}`);
  }
}

/** A view of a copy of the whole buffer. */
export function clone<D extends DType>({ dtype, data, shape, stride, offset }: MutableView<D>): MutableView<D> {
  const copy = newData(dtype, data.length);
  copy.set(data);
  return unsafeView<D>(copy as ReadonlyDataOf<D>, shape, stride, offset);
}

/** Lengths of axes: small ones, and multiples of the tile and their neighbours. */
export const size = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(1, 6, 8, 24, 37, 50));
/** Values of alpha and beta. */
export const factor = fc.constantFrom(0, 1, -1, 0.5, 1.7);
