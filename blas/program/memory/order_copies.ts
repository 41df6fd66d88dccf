/**
 * Copies that are meant to happen at once, in an order that makes it so.
 *
 * @module
 */

/** A copy from one address to another, in bytes. */
export type Copy = { readonly from: number; readonly to: number; readonly bytes: number };

/**
 * Orders copies so that nothing is overwritten before it has been copied. Where copies form a circle, one of the arrays is
 * copied aside first.
 *
 * @param moves Copies with different targets, of arrays that are the same or do not overlap.
 * @param aside The address of memory for the largest of them.
 */
export function orderCopies(moves: readonly Copy[], aside: number): readonly Copy[] {
  const ordered: Copy[] = [];
  let pending = moves.filter(({ from, to, bytes }) => from !== to && bytes > 0);
  while (pending.length > 0) {
    const free = pending.find((move) => pending.every(({ from }) => from !== move.to));
    if (free !== undefined) {
      ordered.push(free);
      pending = pending.filter((move) => move !== free);
      continue;
    }
    const { to, bytes } = pending[0]!;
    ordered.push({ from: to, to: aside, bytes });
    pending = pending.map((move) => move.from === to ? { ...move, from: aside } : move);
  }
  return ordered;
}
