/**
 * The layers inside a layer.
 *
 * @module
 */
import type { AnyLayer } from "./layer.ts";

/** Returns the layers inside a layer: those to which it passes its params, or the one that it wraps; most have none. */
export const insideOf = ({ layers, wraps }: AnyLayer): readonly AnyLayer[] | undefined =>
  layers ?? (wraps === undefined ? undefined : [wraps]);
