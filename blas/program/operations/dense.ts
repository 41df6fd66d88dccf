/**
 * Copying views to row-major arrays.
 *
 * @module
 */
import type { Engine } from "../../engine.ts";
import { allocate, isContiguous, type View } from "../../view.ts";

/** Returns a new row-major array of a view's elements. */
export function copied<D extends View["dtype"]>(engine: Pick<Engine, "copy">, x: View<D>): View<D> {
  const y = allocate<D>(x.dtype, x.shape);
  engine.copy({ x, y });
  return y;
}

/** Returns the view itself if it is row-major, otherwise a row-major copy. */
export function dense<D extends View["dtype"]>(engine: Pick<Engine, "copy">, x: View<D>): View<D> {
  return isContiguous(x) ? x : copied(engine, x);
}
