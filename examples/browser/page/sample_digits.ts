/**
 * Ten digits like handwritten ones, for visitors who would rather not draw.
 *
 * @module
 */
import type { Place, Stroke } from "./ink.ts";

/** Returns points of an arc around a centre, from one angle to another, in degrees clockwise from the right. */
function arc([x, y]: Place, [rx, ry]: Place, from: number, to: number): Stroke {
  const count = 2 + Math.ceil(Math.abs(to - from) / 8);
  return Array.from({ length: count }, (_, k) => {
    const angle = (from + (to - from) * k / (count - 1)) * Math.PI / 180;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });
}

/** The strokes of each digit. */
export const SAMPLE_DIGITS: readonly (readonly Stroke[])[] = [
  [arc([0.5, 0.5], [0.22, 0.34], -80, 285)],
  [[[0.4, 0.28], [0.53, 0.16], [0.5, 0.84]]],
  [[...arc([0.49, 0.34], [0.2, 0.18], -165, 45), [0.3, 0.82], [0.47, 0.78], [0.74, 0.82]]],
  [[...arc([0.46, 0.33], [0.2, 0.17], -150, 95), ...arc([0.46, 0.66], [0.23, 0.18], -85, 150)]],
  [[[0.36, 0.18], [0.3, 0.54], [0.72, 0.52]], [[0.63, 0.2], [0.58, 0.86]]],
  [[[0.68, 0.17], [0.4, 0.19], [0.37, 0.46], ...arc([0.48, 0.64], [0.22, 0.2], -105, 150)]],
  [[[0.6, 0.15], [0.43, 0.33], ...arc([0.5, 0.66], [0.2, 0.19], -190, 175)]],
  [[[0.28, 0.2], [0.5, 0.19], [0.73, 0.18], [0.58, 0.5], [0.48, 0.86]]],
  [[...arc([0.5, 0.33], [0.17, 0.17], -20, -270), ...arc([0.49, 0.68], [0.2, 0.18], -90, 270), [0.6, 0.46], [
    0.66,
    0.27,
  ]]],
  [[...arc([0.5, 0.34], [0.18, 0.18], 0, -360), [0.66, 0.52], [0.6, 0.86]]],
];
