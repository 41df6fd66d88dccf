/**
 * Descriptions of what is known about shapes in a model whose input shape is not.
 *
 * @module
 */
import * as either from "../blas/either.ts";
import type { AnyLayer } from "./layer.ts";
import { shapeAfter } from "./layer_calls.ts";

/** Nothing is known. */
const ANY = "[...]";

/**
 * Describes the input of a layer by its size: `[..., 784]` if the size is the length of the last axis, `[3, ...]` if it
 * is the number of channels, and `[...]` if any size will do.
 */
export function knownInput(layer: AnyLayer): string {
  const { inputSize, layers = [] } = layer;
  if (inputSize === null) return ANY;
  const [first] = layers.filter((inner) => inner.inputSize !== null);
  return first === undefined ? sized(layer, inputSize) : knownInput(first);
}

/**
 * Describes the output of a layer in the same way.
 *
 * @param before The description of its input, which also describes its output unless more is known.
 */
export function knownOutput(layer: AnyLayer, before: string): string {
  const { kind, outputSize, reshapes, layers = [] } = layer;
  // Both parts of a residual have the output's shape; other models have the output shape of their last layer.
  if (kind === "residual") return knownOutput(layers[0]!, before);
  if (layers.length > 0) return layers.reduce((known, inner) => knownOutput(inner, known), before);
  if (outputSize !== null) return sized(layer, outputSize);
  return reshapes ? ANY : before;
}

/** Describes a size: it counts channels if the layer takes an image but not a vector of that many numbers. */
function sized(layer: AnyLayer, size: number): string {
  const { inputSize } = layer, large = 1024;
  const takes = (...shape: readonly number[]): boolean =>
    inputSize !== null && either.isRight(shapeAfter(layer, shape));
  return takes(inputSize!, large, large) && !takes(inputSize!) ? `[${size}, ...]` : `[..., ${size}]`;
}
