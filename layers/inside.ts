/**
 * The layers inside a layer.
 *
 * @module
 */
import type { AnyLayer } from "./layer.ts";

/** Returns the layers inside a layer, those that it passes its params to and the one that it wraps; none for most. */
export const insideOf = ({ layers, wraps }: AnyLayer): readonly AnyLayer[] | undefined =>
  layers ?? (wraps === undefined ? undefined : [wraps]);
