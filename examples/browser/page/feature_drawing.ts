/// <reference lib="dom" />
/**
 * The outputs of the layers of the digit reader.
 *
 * @module
 */
import type { LayerView } from "../messages.ts";
import { fitted, make } from "./dom.ts";
import { FEATURE_GAP, featureLayout } from "./feature_layout.ts";
import { largest } from "./palette.ts";
import { squareOfPixels } from "./pixels.ts";

/** Describes the views of a layer. */
const describe = ({ channels, side }: LayerView, k: number): string =>
  k === 0 ? `The image, ${side} × ${side} pixels` : `Layer ${k}: ${channels} views of ${side} × ${side}`;

/** Draws the image and the views of all layers, with a canvas for each, which are made when they are first needed. */
export function drawFeatures(container: HTMLElement, layers: readonly LayerView[], scale: Uint32Array): void {
  if (container.childElementCount !== layers.length) {
    container.replaceChildren(...layers.map((layer, k) =>
      make(
        "figure",
        {},
        make("figcaption", {}, describe(layer, k)),
        make("canvas", { role: "img", "aria-label": describe(layer, k) }),
      )
    ));
  }
  const canvases = container.querySelectorAll("canvas");
  layers.forEach((layer, k) => drawLayer(canvases[k]!, layer, scale));
}

function drawLayer(canvas: HTMLCanvasElement, { channels, side, values }: LayerView, scale: Uint32Array): void {
  const { columns, rows, size } = featureLayout(canvas.clientWidth, channels), pitch = size + FEATURE_GAP;
  const height = rows * pitch - FEATURE_GAP, pixels = squareOfPixels(side), most = largest(values) || 1;
  canvas.style.height = `${height}px`;
  const { context } = fitted(canvas, height);
  context.imageSmoothingEnabled = false;
  for (let k = 0; k < channels; k++) {
    pixels.show(values.subarray(k * side * side, (k + 1) * side * side), scale, 0, most);
    const x = (k % columns) * pitch, y = Math.floor(k / columns) * pitch;
    context.save();
    context.beginPath();
    context.roundRect(x, y, size, size, 3);
    context.clip();
    context.drawImage(pixels.canvas, x, y, size, size);
    context.restore();
  }
}
