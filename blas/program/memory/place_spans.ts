/**
 * Rooms put side by side in memory, those that are not needed at the same time in the same place.
 *
 * @module
 */

/** So many bytes, needed from one time to another, both included. */
export type Interval = { readonly bytes: number; readonly from: number; readonly to: number };

/**
 * Finds a place for every room: the lowest where it does not overlap one that is needed at the same time. Rooms are placed
 * from the largest to the smallest, and from the first needed to the last; the better of the two counts.
 *
 * @returns The first byte of each.
 */
export function placeSpans(rooms: readonly Interval[]): readonly number[] {
  const numbers = rooms.map((_, k) => k).filter((k) => rooms[k]!.bytes > 0);
  const length = ({ from, to }: Interval) => to - from;
  const orders = [
    numbers.toSorted((a, b) => rooms[b]!.bytes - rooms[a]!.bytes || length(rooms[b]!) - length(rooms[a]!)),
    numbers.toSorted((a, b) => rooms[a]!.from - rooms[b]!.from || rooms[b]!.bytes - rooms[a]!.bytes),
    numbers.toSorted((a, b) => length(rooms[b]!) - length(rooms[a]!) || rooms[b]!.bytes - rooms[a]!.bytes),
  ];
  const height = (places: readonly number[]) =>
    numbers.reduce((most, k) => Math.max(most, places[k]! + rooms[k]!.bytes), 0);
  return orders.map((order) => place(rooms, order)).reduce((best, next) => height(next) < height(best) ? next : best);
}

function place(rooms: readonly Interval[], order: readonly number[]): readonly number[] {
  const places = new Array<number>(rooms.length).fill(0);
  /** Rooms placed so far, by place. */
  const placed: number[] = [];
  for (const k of order) {
    const { bytes, from, to } = rooms[k]!;
    let at = 0;
    for (const other of placed) {
      const room = rooms[other]!;
      if (room.to < from || room.from > to) continue;
      if (places[other]! >= at + bytes) break;
      at = Math.max(at, places[other]! + room.bytes);
    }
    places[k] = at;
    const position = placed.findIndex((other) => places[other]! > at);
    placed.splice(position < 0 ? placed.length : position, 0, k);
  }
  return places;
}
