/**
 * Spans of memory side by side, in programs of thousands of values too.
 *
 * @module
 */
import { assert, assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { type Interval, placeSpans } from "../../../../blas/program/memory/place_spans.ts";
import { randomOf } from "../programs.ts";

/** Spans that begin one after the other, most of them short. */
function spansOf(seed: number, count: number, longest: number): readonly Interval[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, (_, from) => ({
    bytes: 64 * random.pick([0, 1, 1, 2, 5, 16, 100]),
    from,
    to: from + random.pick([0, 1, 2, 5, longest]),
  }));
}

const peakOf = (spans: readonly Interval[], places: readonly number[]): number =>
  spans.reduce((most, { bytes }, k) => bytes === 0 ? most : Math.max(most, places[k]! + bytes), 0);

function mostAtOneTime(spans: readonly Interval[]): number {
  const at = (time: number) =>
    spans.reduce((sum, { bytes, from, to }) => sum + (from <= time && time <= to ? bytes : 0), 0);
  return spans.reduce((most, { from }) => Math.max(most, at(from)), 0);
}

Deno.test("placeSpans() keeps spans apart that are needed at one time, few or many, within 1.3 times what they take", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 30), fc.constantFrom(30, 300, 1500), fc.constantFrom(20, 100), (seed, count, longest) => {
      const spans = spansOf(seed, count, longest), places = placeSpans(spans);
      for (let a = 0; a < count; a++) {
        const { bytes, to } = spans[a]!;
        for (let b = a + 1; b < count && spans[b]!.from <= to; b++) {
          const apart = places[a]! + bytes <= places[b]! || places[b]! + spans[b]!.bytes <= places[a]!;
          assert(apart || bytes === 0 || spans[b]!.bytes === 0, `spans ${a} and ${b} overlap`);
        }
      }
      assertLessOrEqual(peakOf(spans, places), 1.3 * mostAtOneTime(spans));
    }),
    { numRuns: 30 },
  );
});

Deno.test("placeSpans() takes no more memory if it knows the least that is needed, and stops there", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 30), fc.constantFrom(5, 30, 1100), (seed, count) => {
      const spans = spansOf(seed, count, 20), best = placeSpans(spans), least = mostAtOneTime(spans);
      assertEquals(peakOf(spans, placeSpans(spans, least)), peakOf(spans, best));
      assertLessOrEqual(peakOf(spans, best), peakOf(spans, placeSpans(spans, Infinity))); // the first order
    }),
    { numRuns: 30 },
  );
});

Deno.test("placeSpans() places 50,000 spans in a moment, those of a chain that is walked back too", () => {
  const count = 50_000, chain = Array.from({ length: count }, (_, k) => ({ bytes: 64, from: k, to: 2 * count - k }));
  const began = performance.now(), places = placeSpans(chain);
  assertLess(performance.now() - began, 2000); // 0.1 s alone; a minute if each looks at all others
  assert(peakOf(chain, places) === count * 64);
});
