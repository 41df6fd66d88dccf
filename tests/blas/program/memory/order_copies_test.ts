/**
 * Copies that happen at once.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { orderCopies } from "../../../../blas/program/memory/order_copies.ts";

const ROOMS = 6, ASIDE = ROOMS;

/** What each of some rooms holds after copies one after the other; at first, its own number. */
function run(moves: readonly { readonly from: number; readonly to: number }[]): readonly number[] {
  const rooms = Array.from({ length: ROOMS + 1 }, (_, k) => k);
  for (const { from, to } of moves) rooms[to] = rooms[from]!;
  return rooms;
}

Deno.test("orderCopies() gives every target the contents of its source before any copy", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(ROOMS - 1), { minLength: ROOMS, maxLength: ROOMS }), fc.nat(ROOMS), (sources, n) => {
      const moves = sources.slice(0, n).map((from, to) => ({ from, to, bytes: 4 }));
      const epilogue = run(orderCopies(moves, ASIDE));
      assertEquals(epilogue.slice(0, ROOMS), Array.from({ length: ROOMS }, (_, to) => to < n ? sources[to]! : to));
    }),
  );
});

Deno.test("orderCopies() copies an array aside only if copies form a circle", () => {
  const chain = orderCopies([{ from: 1, to: 0, bytes: 4 }, { from: 2, to: 1, bytes: 4 }], ASIDE);
  assert(chain.every(({ to }) => to !== ASIDE));
  assertEquals(chain.length, 2);
  const swap = orderCopies([{ from: 1, to: 0, bytes: 4 }, { from: 0, to: 1, bytes: 8 }], ASIDE);
  assertEquals(swap.length, 3);
});

Deno.test("orderCopies() omits copies in place, and empty ones", () => {
  assertEquals(orderCopies([{ from: 3, to: 3, bytes: 4 }, { from: 0, to: 1, bytes: 0 }], ASIDE), []);
});

Deno.test("orderCopies() orders 30,000 copies in a moment: chains, circles, and one that all read", () => {
  const count = 30_000, bytes = 64, aside = -1;
  const chain = Array.from({ length: count }, (_, k) => ({ from: k + 1, to: k, bytes }));
  const circle = [...chain.slice(0, -1), { from: 0, to: count - 1, bytes }];
  const star = Array.from({ length: count }, (_, k) => ({ from: 0, to: k + 1, bytes }));
  const began = performance.now();
  assertEquals([chain, circle, star].map((moves) => orderCopies(moves, aside).length), [count, count + 1, count]);
  assert(performance.now() - began < 2000); // 0.1 s alone; minutes if each looks at all others
});
