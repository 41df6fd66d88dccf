/**
 * Finds addresses for spans of memory: spans that are not needed at the same time may share addresses.
 *
 * @module
 */

/** The bytes of a span, needed from one time to another, inclusive. */
export type Interval = { readonly bytes: number; readonly from: number; readonly to: number };

/** Up to this many spans are placed in several orders, each compared with all spans placed before. */
const FEW = 1000;

/**
 * Finds an address for every span: the lowest at which it overlaps no span that is needed at the same time. Spans are
 * placed in several orders until one result is as low as any can be, and the best one is used: by size, by the time when
 * they are first needed, and by the time for which they are needed. Many spans are placed only by time, forwards and
 * backwards, without comparing each with all others.
 *
 * @param least The bytes that all spans need at least, however they are placed.
 * @returns The address of each span.
 */
export function placeSpans(spans: readonly Interval[], least = 0): readonly number[] {
  const numbers = spans.map((_, k) => k).filter((k) => spans[k]!.bytes > 0);
  const ways = numbers.length > FEW ? sweeps(spans, numbers) : searches(spans, numbers);
  let best: readonly number[] = [], lowest = Infinity;
  for (const place of ways) {
    const places = place();
    const height = numbers.reduce((most, k) => Math.max(most, places[k]! + spans[k]!.bytes), 0);
    if (height < lowest) [best, lowest] = [places, height];
    if (lowest <= least) break;
  }
  return best;
}

/** Functions that each find an address for every span. */
type Ways = readonly (() => readonly number[])[];

function searches(spans: readonly Interval[], numbers: readonly number[]): Ways {
  const length = ({ from, to }: Interval) => to - from;
  const orders: readonly ((a: Interval, b: Interval) => number)[] = [
    (a, b) => b.bytes - a.bytes || length(b) - length(a),
    (a, b) => a.from - b.from || b.bytes - a.bytes,
    (a, b) => length(b) - length(a) || b.bytes - a.bytes,
  ];
  return orders.map((compare) => () => search(spans, numbers.toSorted((a, b) => compare(spans[a]!, spans[b]!))));
}

function search(spans: readonly Interval[], order: readonly number[]): readonly number[] {
  const places = new Array<number>(spans.length).fill(0);
  /** The spans placed so far, by address. */
  const placed: number[] = [];
  for (let i = 0; i < order.length; i++) {
    const k = order[i]!, { bytes, from, to } = spans[k]!;
    let at = 0;
    for (let j = 0; j < placed.length; j++) {
      const other = placed[j]!, span = spans[other]!;
      if (span.to < from || span.from > to) continue;
      const place = places[other]!;
      if (place >= at + bytes) break;
      if (at < place + span.bytes) at = place + span.bytes;
    }
    places[k] = at;
    let position = placed.length; // from the end, to which most are added
    while (position > 0 && places[placed[position - 1]!]! > at) position--;
    placed.splice(position, 0, k);
  }
  return places;
}

function sweeps(spans: readonly Interval[], numbers: readonly number[]): Ways {
  const reversed = spans.map(({ bytes, from, to }): Interval => ({ bytes, from: -to, to: -from }));
  return [spans, reversed].map((all) => () => sweep(all, numbers));
}

/** Places spans in the order in which they are needed, each in the first hole that is large enough. */
function sweep(spans: readonly Interval[], numbers: readonly number[]): readonly number[] {
  const places = new Array<number>(spans.length).fill(0), holes = new Holes();
  const beginning = numbers.toSorted((a, b) => spans[a]!.from - spans[b]!.from || spans[b]!.bytes - spans[a]!.bytes);
  const ending = numbers.toSorted((a, b) => spans[a]!.to - spans[b]!.to);
  let ended = 0;
  for (const k of beginning) {
    for (; spans[ending[ended]!]!.to < spans[k]!.from; ended++) {
      holes.give(places[ending[ended]!]!, spans[ending[ended]!]!.bytes);
    }
    places[k] = holes.take(spans[k]!.bytes);
  }
  return places;
}

/** The holes in memory of unlimited size. */
class Holes {
  /** The free ranges by address, `from` to `to - 1`; the last one is unlimited. */
  readonly #holes: { from: number; to: number }[] = [{ from: 0, to: Infinity }];

  /** Takes memory from the first range that is large enough, and returns its address. */
  take(bytes: number): number {
    const index = this.#holes.findIndex(({ from, to }) => to - from >= bytes), hole = this.#holes[index]!;
    const { from } = hole;
    hole.from += bytes;
    if (hole.from === hole.to) this.#holes.splice(index, 1);
    return from;
  }

  /** Frees a range. */
  give(from: number, bytes: number): void {
    const holes = this.#holes, to = from + bytes;
    let low = 0, high = holes.length - 1; // the last one is after everything
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holes[middle]!.from < from) low = middle + 1;
      else high = middle;
    }
    const before = holes[low - 1], after = holes[low]!;
    const joinsBefore = before?.to === from, joinsAfter = after.from === to;
    if (joinsBefore && joinsAfter) {
      after.from = before.from;
      holes.splice(low - 1, 1);
    } else if (joinsBefore) before.to = to;
    else if (joinsAfter) after.from = from;
    else holes.splice(low, 0, { from, to });
  }
}
