/**
 * A loss curve of bounded length: once it is full, every second point is dropped, and only every second one is kept.
 *
 * @module
 */

/** A point: a step, the loss of the points that are trained with, and that of the others. */
export type CurvePoint = { readonly step: number; readonly loss: number; readonly testLoss: number };

/** A curve. */
export type Curve = {
  readonly points: readonly CurvePoint[];
  /** The smallest distance between two points, in steps. */
  readonly spacing: number;
};

/** The curve before training. */
export const EMPTY_CURVE: Curve = { points: [], spacing: 1 };

const MOST_POINTS = 400;

/** Returns the curve with a point at its end, unless that is too close to the last one. */
export function extend({ points, spacing }: Curve, point: CurvePoint): Curve {
  const last = points.at(-1);
  if (last !== undefined && point.step - last.step < spacing) return { points, spacing };
  const next = [...points, point];
  return next.length <= MOST_POINTS
    ? { points: next, spacing }
    : { points: next.filter((_, k) => k % 2 === 0), spacing: 2 * (next[1]!.step - next[0]!.step) };
}

/** Returns the powers of ten, as exponents, between which all losses of a curve are; at most from 0.0001 to 10. */
export function decades({ points }: Curve): readonly [low: number, high: number] {
  const losses = points.flatMap(({ loss, testLoss }) => [loss, testLoss]).filter((loss) => loss > 0 && loss < Infinity);
  const low = Math.floor(Math.log10(Math.min(1, ...losses))), high = Math.ceil(Math.log10(Math.max(0.5, ...losses)));
  return [Math.max(-4, Math.min(low, high - 1)), Math.min(1, high)];
}
