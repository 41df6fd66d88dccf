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

/** The operands of {@link scatterOnto}. */
export type ScatterOntoOperands<D extends DType> = {
  readonly axis: number;
  readonly combine: "set" | Extremum;
  /** Whole numbers, rounded and clamped to the axis of `y`. */
  readonly indices: View<D>;
  /** The shape of `indices`. */
  readonly values: View<D>;
  /**
   * Receives, at each position, the last of the values that go there, or the extremum of its old value and these; NaN if
   * one of them is.
   */
  readonly y: MutableView<D>;
};

const COMBINE = { set: (_: number, x: number) => x, max: Math.max, min: Math.min } as const;

/** Computes `y[indices[j]] = values[j]` along an axis, one after the other, or the maximum or minimum of both. */
export function scatterOnto<D extends DType>({ axis, combine, indices, values, y }: ScatterOntoOperands<D>): void {
  const count = indices.shape[axis]!, places = y.shape[axis]!, combined = COMBINE[combine];
  const [step, from, to] = [indices, values, y].map(({ stride }) => stride[axis]!) as [number, number, number]; // of three
  forEachLine(axis, [indices, values, y], ([r, p, q]) => {
    for (let j = 0; j < count; j++) {
      const at = q! + positionOf(indices.data[r! + j * step]!, places - 1) * to;
      y.data[at] = combined(y.data[at]!, values.data[p! + j * from]!);
    }
  });
}
