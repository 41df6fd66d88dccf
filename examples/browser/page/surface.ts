/// <reference lib="dom" />
/**
 * The large view: the output of the network, or of one of its neurons, over the plane, and the points from which it learns.
 *
 * @module
 */
import { EXTENT, GRID, type Points } from "../messages.ts";
import { contour } from "./contour.ts";
import { fitted } from "./dom.ts";
import { cssColor, type Palette } from "./palette.ts";
import type { Pixels } from "./pixels.ts";

/** Numbers on the grid, and the one that is neither class. */
export type Field = { readonly values: Float32Array; readonly low: number; readonly high: number };

/** Draws a field, and the line where it is halfway between its bounds. */
export function drawField(
  canvas: HTMLCanvasElement,
  pixels: Pixels,
  { values, low, high }: Field,
  palette: Palette,
  scale: Uint32Array,
): void {
  const { context, width, height } = fitted(canvas);
  pixels.show(values, scale, low, high);
  context.imageSmoothingQuality = "high";
  // The first and last points of the grid are at the edges, so the outer half of their pixels is beyond them.
  context.drawImage(pixels.canvas, 0.5, 0.5, GRID - 1, GRID - 1, 0, 0, width, height);
  const line = contour(values, GRID, (low + high) / 2), unit = width / (GRID - 1);
  context.beginPath();
  for (let k = 0; k < line.length; k += 4) {
    context.moveTo(line[k]! * unit, line[k + 1]! * unit);
    context.lineTo(line[k + 2]! * unit, line[k + 3]! * unit);
  }
  context.lineWidth = 1.5;
  context.lineCap = "round";
  context.strokeStyle = cssColor(palette.ink, 0.55);
  context.stroke();
}

/** Draws the points: training points filled, the others hollow. */
export function drawPoints(canvas: HTMLCanvasElement, points: Points, palette: Palette): void {
  const { context, width } = fitted(canvas), radius = Math.max(2.2, width / 150);
  const toPixels = (value: number): number => (value / EXTENT + 1) / 2 * width;
  const { positions, classes, training } = points;
  context.lineWidth = 1.25;
  classes.forEach((label, k) => {
    const color = label === 1 ? palette.positive : palette.negative, isTraining = k < training;
    context.beginPath();
    context.arc(toPixels(positions[2 * k]!), toPixels(-positions[2 * k + 1]!), radius, 0, 2 * Math.PI);
    context.fillStyle = cssColor(isTraining ? color : palette.ground);
    context.strokeStyle = cssColor(isTraining ? palette.ground : color);
    context.fill();
    context.stroke();
  });
}
