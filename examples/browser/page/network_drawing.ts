/// <reference lib="dom" />
/**
 * The network: its neurons, each as a view of the plane, and its weights as lines.
 *
 * @module
 */
import { GRID } from "../messages.ts";
import { fitted } from "./dom.ts";
import type { NetworkLayout, Tile } from "./network_layout.ts";
import { cssColor, largest, type Palette } from "./palette.ts";
import type { Pixels } from "./pixels.ts";

/** The parts of a network that are drawn, at one moment. */
export type NetworkView = {
  readonly layout: NetworkLayout;
  /** The views of the neurons, layer by layer, inputs first. */
  readonly views: readonly (readonly Float32Array[])[];
  /** The weights, `[outputs, inputs]` for each layer, one layer after the other. */
  readonly weights: Float32Array;
};

const CORNER = 7;

/** Draws a network. The canvas is as high as its layout. */
export function drawNetwork(
  canvas: HTMLCanvasElement,
  pixels: Pixels,
  { layout, views, weights }: NetworkView,
  palette: Palette,
  scale: Uint32Array,
): void {
  const { context } = fitted(canvas, layout.height);
  drawWeights(context, layout, weights, palette);
  layout.layers.forEach((tiles, layer) =>
    tiles.forEach((tile, k) => {
      const values = views[layer]?.[k];
      if (values === undefined) return;
      const most = largest(values) || 1;
      pixels.show(values, scale, -most, most);
      drawTile(context, pixels, tile, palette);
    })
  );
}

function drawTile(context: CanvasRenderingContext2D, pixels: Pixels, { x, y, size }: Tile, palette: Palette): void {
  context.save();
  context.beginPath();
  context.roundRect(x, y, size, size, CORNER);
  context.clip();
  context.drawImage(pixels.canvas, 0.5, 0.5, GRID - 1, GRID - 1, x, y, size, size);
  context.restore();
  context.beginPath();
  context.roundRect(x + 0.5, y + 0.5, size - 1, size - 1, CORNER);
  context.lineWidth = 1;
  context.strokeStyle = cssColor(palette.faint, 0.6);
  context.stroke();
}

/** Draws the weights: thicker and clearer the larger they are, in the colour of their sign. */
function drawWeights(
  context: CanvasRenderingContext2D,
  { layers }: NetworkLayout,
  weights: Float32Array,
  palette: Palette,
): void {
  let at = 0;
  for (let layer = 0; layer + 1 < layers.length; layer++) {
    const inputs = layers[layer]!, outputs = layers[layer + 1]!, count = inputs.length * outputs.length;
    const most = largest(weights.subarray(at, at + count)) || 1;
    for (const output of outputs) {
      for (const input of inputs) {
        const weight = weights[at++]! / most;
        drawWeight(context, input, output, Math.abs(weight), weight < 0 ? palette.negative : palette.positive);
      }
    }
  }
}

function drawWeight(
  context: CanvasRenderingContext2D,
  from: Tile,
  to: Tile,
  strength: number,
  color: Palette["positive"],
): void {
  const x1 = from.x + from.size, y1 = from.y + from.size / 2, x2 = to.x, y2 = to.y + to.size / 2, bend = (x2 - x1) / 2;
  context.beginPath();
  context.moveTo(x1, y1);
  context.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
  context.lineWidth = 0.6 + 2.4 * strength;
  context.strokeStyle = cssColor(color, 0.12 + 0.68 * strength);
  context.stroke();
}
