/**
 * Images of another size, averaged where they become smaller.
 *
 * @module
 */

/** For one place of the result: the first element that counts, and the weights from it on, which add up to 1. */
type Taps = { readonly first: number; readonly weights: readonly number[] };

/**
 * Changes rows and columns by a triangle filter, which is as wide as the image shrinks: between pixels it interpolates, and
 * over many it averages. These are the numbers of Pillow's `resize(…, BILINEAR)`, and of torchvision's with `antialias`.
 *
 * @param data Planes of `height * width` numbers, one after another.
 * @param from `[height, width]` of the planes.
 * @param to `[height, width]` of the result.
 */
export function resample(
  data: Float32Array,
  from: readonly [height: number, width: number],
  to: readonly [height: number, width: number],
): Float32Array {
  const planes = data.length / (from[0] * from[1]);
  // Elements along the last axis lie side by side; rows are a whole row apart.
  const across = along(data, planes * from[0], from[1], 1, tapsOf(from[1], to[1]));
  return along(across, planes, from[0], to[1], tapsOf(from[0], to[0]));
}

/** Filters the middle one of three axes `[before, length, after]`. */
function along(data: Float32Array, before: number, length: number, after: number, taps: readonly Taps[]): Float32Array {
  const result = new Float32Array(before * taps.length * after);
  for (let block = 0; block < before; block++) {
    for (let place = 0; place < taps.length; place++) {
      const { first, weights } = taps[place]!, to = (block * taps.length + place) * after;
      for (let k = 0; k < weights.length; k++) {
        const weight = weights[k]!, at = (block * length + first + k) * after;
        for (let i = 0; i < after; i++) result[to + i]! += weight * data[at + i]!;
      }
    }
  }
  return result;
}

function tapsOf(from: number, to: number): readonly Taps[] {
  const scale = from / to, reach = Math.max(1, scale);
  return Array.from({ length: to }, (_, place) => {
    const centre = (place + 0.5) * scale, first = Math.max(0, Math.floor(centre - reach + 0.5));
    const end = Math.min(from, Math.floor(centre + reach + 0.5));
    const heights = Array.from(
      { length: end - first },
      (_, k) => Math.max(0, 1 - Math.abs(first + k + 0.5 - centre) / reach),
    );
    const sum = heights.reduce((total, height) => total + height, 0);
    return { first, weights: heights.map((height) => height / sum) };
  });
}

/** Returns the largest part of the wanted shape, around the middle: where it begins, and `[height, width]`. */
export function partOfShape(
  [height, width]: readonly [number, number],
  [rows, columns]: readonly [number, number],
): { readonly top: number; readonly left: number; readonly size: readonly [height: number, width: number] } {
  const scale = Math.min(height / rows, width / columns);
  const fitted = (most: number, wanted: number): number => Math.max(1, Math.min(most, Math.round(wanted * scale)));
  const size = [fitted(height, rows), fitted(width, columns)] as const;
  return { top: Math.floor((height - size[0]) / 2), left: Math.floor((width - size[1]) / 2), size };
}
