/**
 * Writing arrays to places in another.
 *
 * @module
 */
import type { DType } from "./dtype.ts";
import type { Engine, JoinOperands } from "./engine.ts";
import { type Shape, sizeOf } from "./shape.ts";
import { type Range, sliceView } from "./view.ts";

/** Returns a `join` that calls `copy` for each array. */
export function joinBy(copy: Engine["copy"]): Engine["join"] {
  return <D extends DType>({ inputs, places, fill, y }: JoinOperands<D>): void => {
    if (!Object.is(fill, 0) && !isCovered(y.shape, places)) y.data.fill(fill, y.offset, y.offset + y.size);
    inputs.forEach((x, k) => copy({ x, y: sliceView(y, places[k]!) }));
  };
}

/** Tells whether places that share no element cover all elements of a shape. */
export function isCovered(shape: Shape, places: readonly (readonly Range[])[]): boolean {
  return places.reduce((sum, place) => sum + sizeOf(place.map(({ count }) => count)), 0) === sizeOf(shape);
}
