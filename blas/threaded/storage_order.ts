/**
 * Views as parameters of programs, in the order of their elements in memory, so that one copy of a range copies them.
 *
 * @module
 */
import type { Operand, ValueType } from "../program/program.ts";
import { rowMajorStrides } from "../shape.ts";
import { isContiguous, unsafeView, type View } from "../view.ts";

/** A parameter, the view to be written to it, and how the parameter is read. */
export type Stored = {
  readonly type: ValueType;
  readonly view: View;
  /** Reads the parameter as the view that was given. */
  readonly operand: (value: number) => Operand;
};

/**
 * Returns how a view is given to a program. Axes along which elements repeat are left out, and the others are sorted by
 * their strides if the view then has no gaps.
 */
export function inStorageOrder({ dtype, data, shape, stride, offset }: View): Stored {
  const axes = shape.map((_, axis) => axis).filter((axis) => shape[axis] !== 1 && stride[axis] !== 0);
  const sorted = axes.toSorted((a, b) => stride[b]! - stride[a]! || a - b);
  const viewOf = (order: readonly number[]): View =>
    unsafeView(data, order.map((axis) => shape[axis]!), order.map((axis) => stride[axis]!), offset);
  const dense = viewOf(sorted),
    order = isContiguous(dense) ? sorted : axes,
    view = order === sorted ? dense : viewOf(axes);
  const strides = rowMajorStrides(view.shape), own = new Array<number>(shape.length).fill(0);
  order.forEach((axis, k) => own[axis] = strides[k]!);
  return { type: { dtype, shape: view.shape }, view, operand: (value) => ({ value, shape, stride: own, offset: 0 }) };
}
