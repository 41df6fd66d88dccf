/**
 * `copy` and `join` of the `simd` engine against plain loops.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { reference } from "../../../blas/reference/mod.ts";
import { sizeOf } from "../../../blas/shape.ts";
import type { Range } from "../../../blas/view.ts";
import { assertSame, clone, layout, list, plain, random, VARIANTS, viewOf } from "./operands.ts";

for (const { name, dtype, blas } of VARIANTS) {
  Deno.test(`copy() copies views of any rank (${name})`, () => {
    const shape = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constantFrom(9, 17)), { maxLength: 4 });
    fc.assert(
      fc.property(shape, layout, layout, fc.nat(), (shape, h, g, seed) => {
        const x = viewOf(dtype, shape, h, random(seed)), y = viewOf(dtype, shape, { ...g, repeat: false }, () => 7);
        const wanted = clone(y);
        reference.copy({ x, y: wanted });
        blas.copy({ x, y });
        assertSame(y, wanted, 0);
        assertEquals(list(y), list(x));
      }),
      { numRuns: 150 },
    );
  });
}

/** Lengths of axes, such that arrays have up to some 20,000 elements. */
const lengths = fc.array(fc.constantFrom(2, 3, 5, 9, 17, 26, 60), { minLength: 2, maxLength: 4 })
  .filter((shape) => sizeOf(shape) <= 20_000);

for (const { name, dtype, blas } of VARIANTS) {
  Deno.test(`copy() moves thousands of elements of any strides (${name})`, () => {
    fc.assert(
      fc.property(lengths, layout, layout, fc.nat(), (shape, h, g, seed) => {
        const x = viewOf(dtype, shape, h, random(seed)), y = viewOf(dtype, shape, { ...g, repeat: false }, () => 7);
        const wanted = clone(y);
        reference.copy({ x, y: wanted });
        blas.copy({ x, y });
        assertSame(y, wanted, 0);
      }),
      { numRuns: 100 },
    );
  });

  Deno.test(`copy() turns matrices of every form (${name})`, () => {
    for (const shape of [[300, 700], [700, 300], [1000, 9], [9, 1000], [40, 3, 500], [3, 500, 40], [2, 9, 4, 300]]) {
      const x = viewOf(dtype, shape, { permuted: true, step: 1, repeat: false }, random(1));
      const y = viewOf(dtype, shape, plain, () => 7), wanted = clone(y);
      reference.copy({ x, y: wanted });
      blas.copy({ x, y });
      assertSame(y, wanted, 0);
    }
  });

  Deno.test(`join() writes each array to its place and the fill elsewhere (${name})`, () => {
    fc.assert(
      fc.property(lengths, joinOf, fc.constantFrom(0, -0, 2.5, NaN), fc.nat(), (shape, how, fill, seed) => {
        const places = placesIn(shape, how), next = random(seed), y = viewOf(dtype, shape, plain, () => 0);
        const inputs = places.map((place, k) =>
          viewOf(dtype, place.map(({ count }) => count), how.layouts[k % how.layouts.length]!, next)
        );
        const wanted = clone(y);
        reference.join({ inputs, places, fill, y: wanted });
        blas.join({ inputs, places, fill, y });
        assertSame(y, wanted, 0);
        assertEquals(list(y).map((v) => Object.is(v, -0)), list(wanted).map((v) => Object.is(v, -0)));
      }),
      { numRuns: 150 },
    );
  });
}

for (const { name, dtype, blas } of VARIANTS) {
  Deno.test(`join() puts together what is larger than a block, one index of an axis after the other (${name})`, () => {
    const shape = [2, 900, 130], next = random(5);
    const places = [[0, 20], [25, 70], [100, 30]].map(([start, count]) => [
      { start: 1, step: -1, count: 2 },
      { start: 10, step: 2, count: 400 },
      { start: start!, step: 1, count: count! },
    ]);
    const inputs = places.map((place, k) =>
      viewOf(dtype, place.map(({ count }) => count), { ...plain, step: [1, -1, 2][k]! }, next)
    );
    const y = viewOf(dtype, shape, plain, () => 0), wanted = clone(y);
    reference.join({ inputs, places, fill: 0.5, y: wanted });
    blas.join({ inputs, places, fill: 0.5, y });
    assertSame(y, wanted, 0);
  });
}

/** How an array is cut: along which axis, into how many, with which steps, and how much of each part is used. */
const joinOf = fc.record({
  axis: fc.nat(3),
  cuts: fc.integer({ min: 1, max: 4 }),
  interleaved: fc.boolean(),
  backwards: fc.boolean(),
  margin: fc.nat(2),
  layouts: fc.array(layout, { minLength: 1, maxLength: 3 }),
});

type How = typeof joinOf extends fc.Arbitrary<infer T> ? T : never;

/** Places that share no element: parts of one axis, without some elements at the end of every other one. */
function placesIn(shape: readonly number[], { axis, cuts, interleaved, backwards, margin }: How): readonly Range[][] {
  const along = axis % shape.length, length = shape[along]!, step = interleaved ? cuts : 1;
  return Array.from({ length: cuts }, (_, k) =>
    shape.map((own, other): Range => {
      if (other !== along) return { start: 0, step: 1, count: Math.max(1, own - margin) };
      const first = interleaved ? k : Math.floor(k * length / cuts);
      const count = interleaved
        ? Math.max(0, Math.ceil((length - k) / cuts))
        : Math.floor((k + 1) * length / cuts) - first;
      return backwards ? { start: first + (count - 1) * step, step: -step, count } : { start: first, step, count };
    })).filter((place) => place.every(({ count }) => count > 0));
}
