/**
 * The playground's problems: points in the plane, in two classes.
 *
 * @module
 */
import { type Key, randomNormal, randomUniform, split, tensorData } from "../../../mod.ts";
import type { Points } from "../messages.ts";
import type { DataName } from "../settings.ts";

/** The number of points to train with, and to test with. */
const TRAINING = 240, TEST = 120;

type Point = readonly [x: number, y: number];

/** A curve around which the points of a class lie, given for numbers from 0 to 1, and their spread around it. */
type Problem = { readonly spread: number; readonly curve: (along: number, label: number) => Point };

const onCircle = (radius: number, angle: number): Point => [radius * Math.cos(angle), radius * Math.sin(angle)];

const PROBLEMS: Readonly<Record<DataName, Problem>> = {
  spirals: {
    spread: 0.02,
    curve: (along, label) => onCircle(0.08 + 0.95 * along, 2 * Math.PI * (1.25 * along + label / 2)),
  },
  moons: {
    spread: 0.08,
    curve: (along, label) => {
      const [x, y] = onCircle(0.62, Math.PI * along);
      return label === 0 ? [x - 0.31, y - 0.15] : [x + 0.31, 0.15 - y];
    },
  },
  circles: {
    spread: 0.08,
    curve: (along, label) => onCircle(label === 0 ? 0.38 : 0.92, 2 * Math.PI * along),
  },
};

/** Draws the points of a problem: half of them in each class, alternating. */
export function drawPoints(name: DataName, key: Key): Points {
  const { spread, curve } = PROBLEMS[name], count = TRAINING + TEST, [alongKey, strayKey] = split(key, 2);
  const along = tensorData(randomUniform(alongKey, [count])), stray = tensorData(randomNormal(strayKey, [count, 2]));
  const positions = new Float32Array(2 * count), classes = new Float32Array(count);
  for (let k = 0; k < count; k++) {
    const label = k % 2, [x, y] = curve(along[k]!, label);
    positions[2 * k] = x + spread * stray[2 * k]!;
    positions[2 * k + 1] = y + spread * stray[2 * k + 1]!;
    classes[k] = label;
  }
  return { positions, classes, training: TRAINING };
}
