/// <reference lib="dom" />
/**
 * Small images, made of numbers, that are drawn larger.
 *
 * @module
 */
import { contextOf, make } from "./dom.ts";
import { paint } from "./palette.ts";

/** A square of pixels off the page. */
export type Pixels = {
  readonly canvas: HTMLCanvasElement;
  /** Colours it by numbers, row by row. */
  show(values: Float32Array, scale: Uint32Array, low: number, high: number): void;
};

/** Makes a square of pixels. */
export function squareOfPixels(side: number): Pixels {
  const canvas = make("canvas", { width: String(side), height: String(side) }), context = contextOf(canvas);
  const image = context.createImageData(side, side), pixels = new Uint32Array(image.data.buffer);
  return {
    canvas,
    show(values, scale, low, high) {
      paint(pixels, values, scale, low, high);
      context.putImageData(image, 0, 0);
    },
  };
}
