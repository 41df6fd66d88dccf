/**
 * Sums over the windows of one channel: the elements of a kernel stay in registers while lines of windows go by.
 *
 * @module
 */
import type { Vector } from "../assembler/registers.ts";
import type { Code } from "../code/code.ts";
import type { Edge, Lanes } from "../code/lanes.ts";
import { at, type Pointer } from "../code/regions.ts";
import type { Windows } from "./windows.ts";

/** The filters of a channel for which each is summed by itself. */
const MOST_FILTERS = 3;

/** The fewest independent sums that hide how long a multiplication takes. */
const LEAST_SUMS = 4;

/** The most independent sums. */
const MOST_SUMS = 8;

/** Tells whether windows are of one channel, and few filters. */
export const isDepthwise = ({ channels, filters }: Pick<Windows, "channels" | "filters">): boolean =>
  channels === 1 && filters <= MOST_FILTERS;

/** A vector of windows: its offsets in planes and results. */
type Place = { readonly b: number; readonly c: number; readonly edge?: Edge };

/** Writes the sums. The pointers to weights, planes and results are the same afterwards. */
export function emitDepthwise(
  code: Code,
  lanes: Lanes,
  windows: Windows,
  { weights, planes, results }: { readonly weights: Pointer; readonly planes: Pointer; readonly results: Pointer },
): void {
  const { filters, filterWeights, filterResults, taps, lines, length, linePlanes, lineResults } = windows;
  const { count, width } = lanes, perLine = Math.ceil(length / count), rest = length % count;
  const edge = rest === 0 ? undefined : lanes.edge(rest);
  // Two registers more: for what several sums read, and for elements of kernels that are too large for registers.
  const free = code.freeVectors - 2, isKept = taps.length + LEAST_SUMS <= free;
  const most = Math.min(MOST_SUMS, isKept ? free - taps.length : free);
  // Lines of one vector, and parts of one line.
  const down = Math.min(lines, most), across = lines >= LEAST_SUMS ? 1 : Math.max(1, Math.floor(most / down));
  code.loop(filters, [[weights, filterWeights], [results, filterResults]], () => {
    const kept = isKept ? code.vectors(taps.length) : [];
    kept.forEach((register, k) => lanes.repeat(register, at(weights, taps[k]!.a)));
    const some = (from: Pointer, to: Pointer, ownLines: number, ownVectors: number, isLast: boolean) => {
      const places = Array.from(
        { length: ownLines },
        (_, line) =>
          Array.from({ length: ownVectors }, (_, v): Place => ({
            b: line * linePlanes + v * width,
            c: line * lineResults + v * width,
            ...isLast && v === ownVectors - 1 && edge && { edge },
          })),
      ).flat();
      emitSums(code, lanes, windows, kept, places, { weights, planes: from, results: to });
    };
    const column = (ownVectors: number, first: number, isLast: boolean) => {
      const from = code.pointerTo(at(planes, first * width)), to = code.pointerTo(at(results, first * width));
      const turns = Math.floor(lines / down);
      code.loop(turns, [[from, down * linePlanes], [to, down * lineResults]], () => {
        some(from, to, down, ownVectors, isLast);
      });
      if (lines % down > 0) some(from, to, lines % down, ownVectors, isLast);
      code.free(from, to);
    };
    for (let first = 0; first < perLine; first += across) {
      column(Math.min(across, perLine - first), first, first + across >= perLine);
    }
    code.free(...kept);
  });
  code.move(weights, -filters * filterWeights);
  code.move(results, -filters * filterResults);
  if (edge !== undefined) lanes.release(edge);
}

/** Writes the sums of some vectors of windows. */
function emitSums(
  code: Code,
  lanes: Lanes,
  { taps }: Windows,
  kept: readonly Vector[],
  places: readonly Place[],
  { weights, planes, results }: { readonly weights: Pointer; readonly planes: Pointer; readonly results: Pointer },
): void {
  const sums = places.map(() => code.vector()), [shared, factor] = code.vectors(2) as [Vector, Vector]; // as asked for
  sums.forEach((sum) => lanes.zero(sum)); // from 0, so that no sum is -0
  const add = (s: number, tap: number, from: Vector | undefined, offset: number) => {
    const register = kept[tap] ?? factor;
    lanes.multiplyAdd(sums[s]!, register, from ?? at(planes, offset));
  };
  if (kept.length > 0 && inOrder(taps)) {
    // Windows of neighbouring lines share elements, which are loaded once.
    const readers = new Map<number, { readonly sum: number; readonly tap: number }[]>();
    places.forEach(({ b: place }, sum) =>
      taps.forEach(({ b }, tap) => readers.set(place + b, [...readers.get(place + b) ?? [], { sum, tap }]))
    );
    const isRising = taps.length < 2 || taps[1]!.b > taps[0]!.b;
    for (const [offset, own] of [...readers].sort(([a], [b]) => isRising ? a - b : b - a)) {
      if (own.length > 1) lanes.load(shared, at(planes, offset));
      for (const { sum, tap } of own) add(sum, tap, own.length > 1 ? shared : undefined, offset);
    }
  } else {
    taps.forEach(({ a, b }, tap) => {
      if (kept.length === 0) lanes.repeat(factor, at(weights, a));
      places.forEach((place, sum) => add(sum, tap, undefined, place.b + b));
    });
  }
  places.forEach(({ c, edge }, sum) => lanes.store(at(results, c), sums[sum]!, edge));
  code.free(...sums, shared, factor);
}

/** Tells whether offsets only grow, or only fall: then every window meets its elements in the order of the kernel. */
function inOrder(taps: Windows["taps"]): boolean {
  const steps = taps.slice(1).map(({ b }, k) => b - taps[k]!.b);
  return steps.every((step) => step > 0) || steps.every((step) => step < 0);
}
