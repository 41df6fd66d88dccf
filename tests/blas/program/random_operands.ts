/**
 * Random numbers, and random ways to read a value.
 *
 * @module
 */
import type { Operand } from "../../../blas/program/program.ts";
import { rowMajorStrides, type Shape, sizeOf } from "../../../blas/shape.ts";

/** A source of random whole numbers. */
export type Random = {
  /** Returns a number from 0 to `limit - 1`. */
  readonly below: (limit: number) => number;
  /** Returns one element of a list. */
  readonly pick: <A>(list: readonly A[]) => A;
};

/** Returns random numbers that depend on a seed alone (xorshift, Marsaglia 2003). */
export function randomOf(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) | 1;
  const below = (limit: number) => {
    for (const [shift, left] of [[13, true], [17, false], [5, true]] as const) {
      state ^= left ? state << shift : state >>> shift;
    }
    return (state >>> 0) % limit;
  };
  return { below, pick: (list) => list[below(list.length)]! };
}

/** Returns an operand of a shape that fits into a value: all of it, transposed, repeated, with gaps or backwards. */
export function operandOf(random: Random, value: number, size: number, shape: Shape): Operand | undefined {
  const { below, pick } = random;
  if (sizeOf(shape) === 0) return { value, shape, stride: rowMajorStrides(shape), offset: 0 };
  if (size === 0) return undefined;
  if (size === sizeOf(shape) && below(3) > 0) return { value, shape, stride: rowMajorStrides(shape), offset: 0 };
  const axes = shape.map((_, axis) => axis), order = below(2) === 0 ? axes.toReversed() : axes;
  const stride = new Array<number>(shape.length).fill(0);
  let room = size - 1, span = 1, offset = 0;
  for (const axis of order) {
    const length = shape[axis]!, step = pick([0, span, span, span, 2 * span, 1, -span]);
    const reach = Math.abs(step) * (length - 1);
    if (reach > room) continue;
    room -= reach;
    if (step < 0) offset += reach;
    stride[axis] = step;
    span = Math.max(span, Math.abs(step) * length);
  }
  return { value, shape, stride, offset: offset + below(room + 1) };
}
