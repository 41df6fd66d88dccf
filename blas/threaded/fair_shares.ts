/**
 * Cutting work into pieces for threads that take one after another.
 *
 * @module
 */

/** Units `from` to `to - 1`. */
export type Units = { readonly from: number; readonly to: number };

/**
 * Cuts units into pieces that become smaller: each is half of what a thread's share of the rest would be, so that the
 * threads finish at about the same time.
 *
 * @param least The fewest units in a piece.
 * @param most The most units in a piece.
 */
export function fairShares(units: number, threads: number, least: number, most: number): readonly Units[] {
  const pieces: Units[] = [];
  for (let from = 0; from < units;) {
    const fair = Math.ceil((units - from) / (2 * threads)),
      to = Math.min(units, from + Math.max(least, Math.min(most, fair)));
    pieces.push({ from, to });
    from = to;
  }
  return pieces;
}
