/**
 * Converts strokes of a pen to an image like those of MNIST: the digit fills a box of 20 x 20 pixels, and its centre of mass is
 * the centre of 28 x 28 pixels, or as near to it as it comes without losing ink at an edge. The pen is as thick as MNIST's
 * whatever the size of the drawing.
 *
 * @module
 */
import { SIDE } from "../messages.ts";

/** A place on the pad, from 0 (left, top) to 1. */
export type Place = readonly [x: number, y: number];

/** The places where the pen was, in order; a single one is a dot. */
export type Stroke = readonly Place[];

/** Half the thickness of the pen, and the longer side of the box that its centre stays in, in pixels. */
const RADIUS = 1.1, BOX = 17.6;

/** Drawings smaller than this share of the pad are not enlarged further: a dot stays a dot. */
const SMALLEST = 0.15;

/** Returns the image of a drawing: `[SIDE, SIDE]`, row by row, from 0 (paper) to 1 (ink). */
export function inkOf(strokes: readonly Stroke[]): Float32Array<ArrayBuffer> {
  const places = strokes.flat();
  if (places.length === 0) return new Float32Array(SIDE * SIDE);
  const xs = places.map(([x]) => x), ys = places.map(([, y]) => y);
  const left = Math.min(...xs), right = Math.max(...xs), top = Math.min(...ys), bottom = Math.max(...ys);
  const scale = BOX / Math.max(right - left, bottom - top, SMALLEST), middle = (SIDE - 1) / 2;
  const toPixels = ([x, y]: Place): Place => [
    middle + scale * (x - (left + right) / 2),
    middle + scale * (y - (top + bottom) / 2),
  ];
  const fitted = strokes.map((stroke) => stroke.map(toPixels));
  const [massX, massY] = centreOfMass(rasterize(fitted));
  const byX = shiftBy(middle - massX, scale * (right - left) / 2),
    byY = shiftBy(middle - massY, scale * (bottom - top) / 2);
  return rasterize(fitted.map((stroke) => stroke.map(([x, y]) => [x + byX, y + byY])));
}

/** Limits a shift of a drawing from the middle, where it reaches `extent` pixels to both sides, to what keeps the pen inside. */
function shiftBy(wanted: number, extent: number): number {
  const free = (SIDE - 1) / 2 - extent - RADIUS;
  return Math.min(free, Math.max(-free, wanted));
}

/** Draws strokes, given in pixels, where the centre of the first pixel is 0. */
function rasterize(strokes: readonly Stroke[]): Float32Array<ArrayBuffer> {
  const pixels = new Float32Array(SIDE * SIDE);
  for (const stroke of strokes) {
    for (let k = 0; k < stroke.length; k++) inkSegment(pixels, stroke[Math.max(0, k - 1)]!, stroke[k]!);
  }
  return pixels;
}

/** Adds the ink of a straight line: full up to the pen's radius, less half a pixel, and none from half a pixel beyond. */
function inkSegment(pixels: Float32Array, [ax, ay]: Place, [bx, by]: Place): void {
  const reach = RADIUS + 0.5, clamp = (value: number) => Math.min(SIDE - 1, Math.max(0, value));
  const fromX = clamp(Math.ceil(Math.min(ax, bx) - reach)), toX = clamp(Math.floor(Math.max(ax, bx) + reach));
  const fromY = clamp(Math.ceil(Math.min(ay, by) - reach)), toY = clamp(Math.floor(Math.max(ay, by) + reach));
  const dx = bx - ax, dy = by - ay, squared = dx * dx + dy * dy;
  for (let y = fromY; y <= toY; y++) {
    for (let x = fromX; x <= toX; x++) {
      const along = squared === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / squared));
      const ink = Math.min(1, reach - Math.hypot(x - ax - along * dx, y - ay - along * dy));
      pixels[y * SIDE + x] = Math.max(pixels[y * SIDE + x]!, ink);
    }
  }
}

function centreOfMass(pixels: Float32Array): Place {
  let mass = 0, x = 0, y = 0;
  pixels.forEach((ink, k) => {
    mass += ink;
    x += ink * (k % SIDE);
    y += ink * Math.floor(k / SIDE);
  });
  return [x / mass, y / mass];
}
