/**
 * Writing elements to positions along an axis, where several may have the same position; `gather.ts` adds those up.
 *
 * @module
 */
import type { DType } from "./dtype.ts";
import { positionOf } from "./gather.ts";
import { forEachLine } from "./lines.ts";
import type { Extremum } from "./search.ts";
import type { MutableView, View } from "./view.ts";

/** The operands of {@link lastWriters}. */
export type LastWritersOperands<D extends DType> = {
  readonly axis: number;
  /** Whole numbers, rounded and clamped to the axis of `y`. */
  readonly indices: View<D>;
  /** The shape of `indices` except along the axis. */
  readonly y: MutableView<D>;
};

/** Writes, for each position along the axis of `y`, the position of the last index that names it; -1 if none does. */
export function lastWriters<D extends DType>({ axis, indices, y }: LastWritersOperands<D>): void {
  const count = indices.shape[axis]!, places = y.shape[axis]!, step = indices.stride[axis]!, yStep = y.stride[axis]!;
  forEachLine(axis, [y], ([q]) => {
    for (let i = 0; i < places; i++) y.data[q! + i * yStep] = -1;
  });
  forEachLine(axis, [indices, y], ([r, q]) => {
    for (let j = 0; j < count; j++) y.data[q! + positionOf(indices.data[r! + j * step]!, places - 1) * yStep] = j;
  });
}

/** The operands of {@link scatterExtremum}. */
export type ScatterExtremumOperands<D extends DType> = {
  readonly axis: number;
  readonly extremum: Extremum;
  /** Whole numbers, rounded and clamped to the axis of `y`. */
  readonly indices: View<D>;
  /** The shape of `indices`. */
  readonly values: View<D>;
  /** Receives, at each position, the extremum of its old value and the values that go there; NaN if one of them is. */
  readonly y: MutableView<D>;
};

/** Computes `y[indices[j]] = max(y[indices[j]], values[j])` along an axis, or the minimum. */
export function scatterExtremum<D extends DType>(
  { axis, extremum, indices, values, y }: ScatterExtremumOperands<D>,
): void {
  const count = indices.shape[axis]!, places = y.shape[axis]!, better = extremum === "max" ? Math.max : Math.min;
  const [step, from, to] = [indices, values, y].map(({ stride }) => stride[axis]!) as [number, number, number]; // of three
  forEachLine(axis, [indices, values, y], ([r, p, q]) => {
    for (let j = 0; j < count; j++) {
      const at = q! + positionOf(indices.data[r! + j * step]!, places - 1) * to;
      y.data[at] = better(y.data[at]!, values.data[p! + j * from]!);
    }
  });
}
