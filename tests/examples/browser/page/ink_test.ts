import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { SIDE } from "../../../../examples/browser/messages.ts";
import { inkOf, type Place } from "../../../../examples/browser/page/ink.ts";

const inked = (pixels: Float32Array) =>
  [...pixels].flatMap((ink, k) => ink > 0.5 ? [[k % SIDE, Math.floor(k / SIDE)]] : []);
const span = (values: readonly number[]) => Math.max(...values) - Math.min(...values) + 1;

Deno.test("an empty pad is paper", () => assertEquals(inkOf([]), new Float32Array(SIDE * SIDE)));

Deno.test("a drawing fills 20 pixels whatever its size and place", () => {
  for (const [size, x0, y0] of [[0.2, 0, 0], [0.2, 0.7, 0.75], [0.9, 0.05, 0.05]] as const) {
    const at = (x: number, y: number): Place => [x0 + size * x, y0 + size * y];
    const pixels = inkOf([[at(0, 0), at(1, 0), at(1, 1), at(0, 1), at(0, 0)]]), places = inked(pixels);
    assertEquals([span(places.map(([x]) => x!)), span(places.map(([, y]) => y!))], [20, 20]);
  }
});

Deno.test("the pen is as thick in a small drawing as in a large one", () => {
  const line = (size: number): Float32Array => inkOf([[[0.1, 0.1], [0.1, 0.1 + size]]]);
  const [small, large] = [line(0.3), line(0.8)];
  small.forEach((ink, k) => assertAlmostEquals(ink, large[k]!, 1e-4));
});

Deno.test("a dot stays a dot", () => {
  const places = inked(inkOf([[[0.3, 0.3]]]));
  assert(places.length >= 2 && places.length <= 9);
});

Deno.test("ink is between 0 and 1, and its centre of mass in the middle, unless an edge is in the way", () => {
  const place = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(fc.array(place, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 3 }),
      (strokes) => {
        const pixels = inkOf(strokes), mass = pixels.reduce((sum, ink) => sum + ink, 0);
        assert(pixels.every((ink) => ink >= 0 && ink <= 1) && mass > 0);
        const middle = pixels.reduce((sum, ink, k) => sum + ink * (k % SIDE), 0) / mass;
        const atEdge = pixels.some((ink, k) => ink > 0 && (k % SIDE < 1 || k % SIDE > SIDE - 2));
        // A pen that covers other parts of pixels weighs a little more or less.
        assert(atEdge || Math.abs(middle - (SIDE - 1) / 2) < 0.75, `${middle}`);
      },
    ),
  );
});

Deno.test("a dot far from the rest of a drawing is not cut off by the edge", () => {
  const pixels = inkOf([[[0, 0.14]], [[0.12, 0], [0, 0], [0.12, 0], [0, 0]]]);
  const dot = pixels.subarray(SIDE * SIDE / 2).reduce((sum, ink) => sum + ink, 0);
  const whole = inkOf([[[0.5, 0.5]]]).reduce((sum, ink) => sum + ink, 0);
  assertAlmostEquals(dot, whole, 0.5);
});
