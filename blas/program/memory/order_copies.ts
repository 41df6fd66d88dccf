/**
 * Orders copies so that they have the effect of happening simultaneously.
 *
 * @module
 */

/** A copy from one address to another, in bytes. */
export type Copy = { readonly from: number; readonly to: number; readonly bytes: number };

/**
 * Orders copies so that nothing is overwritten before it has been copied. If copies form a cycle, one of the arrays is
 * first copied aside.
 *
 * @param moves Copies with different targets, of arrays that are the same or do not overlap.
 * @param aside The address of memory for the largest of them.
 */
export function orderCopies(moves: readonly Copy[], aside: number): readonly Copy[] {
  const ordered: Copy[] = [], pending = new Map<number, Copy>(), readers = new Map<number, Set<number>>();
  for (const move of moves) {
    if (move.from === move.to || move.bytes === 0) continue;
    pending.set(move.to, move);
    readers.set(move.from, (readers.get(move.from) ?? new Set()).add(move.to));
  }
  const isRead = (address: number): boolean => (readers.get(address)?.size ?? 0) > 0;
  /** Copies to an address from which nothing is copied any more, and then to addresses that this copy was the last to read. */
  const run = (to: number): void => {
    for (let move = pending.get(to); move !== undefined && !isRead(move.to); move = pending.get(move.from)) {
      ordered.push(move);
      pending.delete(move.to);
      readers.get(move.from)!.delete(move.to);
    }
  };
  moves.forEach(({ to }) => run(to));
  // Only cycles are left: one copy reads each address, and only copies of the same cycle wait for it.
  for (const { to, bytes } of pending.values()) {
    ordered.push({ from: to, to: aside, bytes });
    const [reader] = readers.get(to)!;
    readers.set(to, new Set());
    pending.set(reader!, { ...pending.get(reader!)!, from: aside });
    readers.set(aside, new Set([reader!]));
    run(to);
  }
  return ordered;
}
