/**
 * The messages between the page and its workers. Numbers are sent as typed arrays, which are transferred, not copied.
 *
 * @module
 */
import type { Settings } from "./settings.ts";

/** The side of the grid on which a network is evaluated, in points. */
export const GRID = 48;

/** The square of the grid extends from -EXTENT to EXTENT. */
export const EXTENT = 1.2;

/** The height and width of a digit's image, in pixels. */
export const SIDE = 28;

/** A request of the page. */
export type Request =
  | { readonly kind: "start"; readonly settings: Settings }
  | { readonly kind: "advance"; readonly steps: number; readonly learningRate: number }
  | { readonly kind: "load"; readonly url: string }
  | { readonly kind: "read"; readonly pixels: Float32Array<ArrayBuffer> };

/** Points `[x, y, x, y, …]` and their classes, 0 or 1; the first `training` points are trained with. */
export type Points = {
  readonly positions: Float32Array<ArrayBuffer>;
  readonly classes: Float32Array<ArrayBuffer>;
  readonly training: number;
};

/** The scores of a network. */
export type Scores = {
  readonly step: number;
  /** The mean loss of the points that are trained with, and of the others. */
  readonly loss: number;
  readonly testLoss: number;
  /** The share of the points on the right side, from 0 to 1. */
  readonly accuracy: number;
  readonly testAccuracy: number;
};

/** A network at one moment. */
export type Snapshot = Scores & {
  readonly kind: "snapshot";
  /**
   * `[1 + neurons, GRID, GRID]`, rows from the top: the probability of class 1, from 0 to 1, and then the output of every
   * hidden neuron, layer by layer.
   */
  readonly views: Float32Array<ArrayBuffer>;
  /** The weights, `[outputs, inputs]` for each layer, one layer after the other. */
  readonly weights: Float32Array<ArrayBuffer>;
};

/** The output of a layer of the digit reader: `[channels, side, side]`. */
export type LayerView = {
  readonly channels: number;
  readonly side: number;
  readonly values: Float32Array<ArrayBuffer>;
};

/** The answer of the digit reader for an image. */
export type Reading = {
  readonly kind: "reading";
  /** The probability of each digit. */
  readonly probabilities: Float32Array<ArrayBuffer>;
  readonly layers: readonly LayerView[];
  /** The time that the network took, in milliseconds. */
  readonly milliseconds: number;
};

/** The reply of a worker. */
export type Reply =
  | { readonly kind: "started"; readonly settings: Settings; readonly points: Points }
  | Snapshot
  | { readonly kind: "loaded"; readonly parameters: number }
  | Reading
  | { readonly kind: "failed"; readonly message: string };
