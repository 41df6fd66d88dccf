/**
 * Spans of memory put side by side, those that are not needed at the same time in the same place.
 *
 * @module
 */

/** Bytes that are needed from one time to another, both included. */
export type Interval = { readonly bytes: number; readonly from: number; readonly to: number };

/**
 * Finds a place for every span: the lowest where it does not overlap one that is needed at the same time. Spans are placed
 * from the largest to the smallest, and from the first needed to the last; the better of the two counts.
 *
 * @returns The first byte of each.
 */
export function placeSpans(spans: readonly Interval[]): readonly number[] {
  const numbers = spans.map((_, k) => k).filter((k) => spans[k]!.bytes > 0);
  const length = ({ from, to }: Interval) => to - from;
  const orders = [
    numbers.toSorted((a, b) => spans[b]!.bytes - spans[a]!.bytes || length(spans[b]!) - length(spans[a]!)),
    numbers.toSorted((a, b) => spans[a]!.from - spans[b]!.from || spans[b]!.bytes - spans[a]!.bytes),
    numbers.toSorted((a, b) => length(spans[b]!) - length(spans[a]!) || spans[b]!.bytes - spans[a]!.bytes),
  ];
  const height = (places: readonly number[]) =>
    numbers.reduce((most, k) => Math.max(most, places[k]! + spans[k]!.bytes), 0);
  return orders.map((order) => place(spans, order)).reduce((best, next) => height(next) < height(best) ? next : best);
}

function place(spans: readonly Interval[], order: readonly number[]): readonly number[] {
  const places = new Array<number>(spans.length).fill(0);
  /** Spans placed so far, by place. */
  const placed: number[] = [];
  for (const k of order) {
    const { bytes, from, to } = spans[k]!;
    let at = 0;
    for (const other of placed) {
      const span = spans[other]!;
      if (span.to < from || span.from > to) continue;
      if (places[other]! >= at + bytes) break;
      at = Math.max(at, places[other]! + span.bytes);
    }
    places[k] = at;
    const position = placed.findIndex((other) => places[other]! > at);
    placed.splice(position < 0 ? placed.length : position, 0, k);
  }
  return places;
}
