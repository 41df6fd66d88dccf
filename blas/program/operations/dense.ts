/**
 * Row-major arrays of the elements that views show.
 *
 * @module
 */
import type { Engine } from "../../engine.ts";
import { allocate, isContiguous, type View } from "../../view.ts";

/** A fresh row-major array of a view's elements. */
export function copied<D extends View["dtype"]>(engine: Engine, x: View<D>): View<D> {
  const y = allocate<D>(x.dtype, x.shape);
  engine.copy({ x, y });
  return y as View<D>;
}

/** A row-major array of a view's elements: the view itself where it is one. */
export function dense<D extends View["dtype"]>(engine: Engine, x: View<D>): View<D> {
  return isContiguous(x) ? x : copied(engine, x);
}
