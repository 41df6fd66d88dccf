/**
 * The taps of a resized axis: which elements of the axis each element of the result is computed from.
 *
 * @module
 */

/** The settings of one axis. */
export type AxisSettings = {
  readonly from: number;
  readonly to: number;
  /** How much longer the axis becomes; not always `to / from`, which is rounded. */
  readonly scale: number;
  readonly mode: string;
  readonly coordinates: string;
  readonly nearest: string;
  readonly cubic: number;
  readonly excludeOutside: boolean;
  readonly antialias: boolean;
  /** The part of the axis that is seen, from 0 to 1, for `tf_crop_and_resize`. */
  readonly part: readonly [start: number, end: number];
};

/** For each element of the result, the elements it is made of and their weights; no weights for a place outside. */
export type AxisTaps = readonly {
  readonly indices: readonly number[];
  readonly weights: readonly number[];
  readonly isOutside: boolean;
}[];

/** Returns what the elements of a resized axis are made of. */
export function axisTaps(settings: AxisSettings): AxisTaps {
  const { from, to, mode, coordinates } = settings;
  return Array.from({ length: to }, (_, k) => {
    const x = positionOf(settings, k), isOutside = coordinates === "tf_crop_and_resize" && (x < 0 || x > from - 1);
    if (mode === "nearest") return { indices: [clip(nearestTo(settings, x), from)], weights: [1], isOutside };
    return { ...weighted(settings, x), isOutside };
  });
}

const clip = (index: number, length: number): number => Math.min(Math.max(index, 0), length - 1);

/** Where on the old axis element `k` of the new one is, in float32 as other runtimes have it. */
function positionOf({ from, to, scale, coordinates, part: [start, end] }: AxisSettings, k: number): number {
  const f = Math.fround, centered = f(f(f(k + 0.5) / f(scale)) - 0.5);
  switch (coordinates) {
    case "asymmetric":
      return f(k / f(scale));
    case "align_corners":
      return to === 1 ? 0 : f(k * (from - 1) / (to - 1));
    case "pytorch_half_pixel":
      return to === 1 ? 0 : centered;
    case "tf_half_pixel_for_nn":
      return f(f(k + 0.5) / f(scale));
    case "half_pixel_symmetric":
      return f(f(f(from / 2 * f(1 - f(to / f(f(scale) * from)))) + f(f(k + 0.5) / f(scale))) - 0.5);
    case "tf_crop_and_resize":
      return to === 1
        ? 0.5 * (start + end) * (from - 1)
        : start * (from - 1) + k * (end - start) * (from - 1) / (to - 1);
    default:
      return centered;
  }
}

function nearestTo({ nearest }: AxisSettings, x: number): number {
  switch (nearest) {
    case "floor":
      return Math.floor(x);
    case "ceil":
      return Math.ceil(x);
    case "round_prefer_ceil":
      return Math.floor(x + 0.5);
    default: // round_prefer_floor
      return Math.ceil(x - 0.5);
  }
}

/** Elements around a place, weighted by their distance. Shrinking with antialias, distances shrink too. */
function weighted(settings: AxisSettings, place: number): { indices: number[]; weights: number[] } {
  const { from, mode, cubic, scale } = settings, isLinear = mode === "linear";
  const shrinking = settings.antialias && scale < 1 ? scale : 1, reach = (isLinear ? 1 : 2) / shrinking;
  const x = isLinear && shrinking === 1 ? clip(place, from) : place;
  const kernel = isLinear ? (d: number) => Math.max(0, 1 - d) : (d: number) => cubicKernel(cubic, d);
  const excludes = settings.excludeOutside, indices: number[] = [], weights: number[] = [];
  for (let k = Math.floor(x - reach) + 1; k < Math.floor(x - reach) + 1 + Math.ceil(2 * reach); k++) {
    const weight = kernel(Math.abs(k - x) * shrinking);
    indices.push(clip(k, from));
    weights.push(excludes && (k < 0 || k >= from) ? 0 : weight);
  }
  const total = excludes || shrinking < 1 ? weights.reduce((a, b) => a + b, 0) : 1;
  return { indices, weights: weights.map((weight) => weight / total) };
}

/** Keys's kernel. */
function cubicKernel(a: number, d: number): number {
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}
