/**
 * Roots of unity.
 *
 * @module
 */

/** Cosines and sines of multiples of an angle. */
export type Roots = { readonly cos: Float64Array; readonly sin: Float64Array };

/** Returns cosine and sine of `part / whole` of a turn, for whole numbers, `part` in `[0, whole)`: exact at the eighths. */
export function rootOfUnity(part: number, whole: number): readonly [cos: number, sin: number] {
  // The angle is taken from the nearest quarter turn, so that it is at most an eighth of a turn and its error is small.
  const octant = Math.floor(8 * part / whole), rest = 8 * part - octant * whole;
  const angle = Math.PI / 4 * ((octant % 2 === 0 ? rest : whole - rest) / whole);
  const c = Math.cos(angle), s = Math.sin(angle), [x, y] = octant % 4 === 0 || octant % 4 === 3 ? [c, s] : [s, c];
  return [octant >= 2 && octant < 6 ? -x : x, octant >= 4 ? -y : y];
}

/** Lists `count` roots, at `part(k) / whole` of a turn: at every multiple of `1 / whole` by default. */
export function listRoots(count: number, whole: number, part: (k: number) => number = (k) => k): Roots {
  const cos = new Float64Array(count), sin = new Float64Array(count);
  for (let k = 0; k < count; k++) [cos[k], sin[k]] = rootOfUnity(part(k), whole);
  return { cos, sin };
}
