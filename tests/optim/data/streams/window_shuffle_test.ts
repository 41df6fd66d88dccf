import { assert, assertEquals } from "@std/assert";
import { key } from "../../../../autograd/mod.ts";
import { shuffledWithin } from "../../../../optim/data/streams/window_shuffle.ts";

const shuffled = (count: number, window: number, seed: number): Promise<number[]> =>
  Array.fromAsync(shuffledWithin(Array.from({ length: count }, (_, k) => k), window, key(seed)));

Deno.test("each of the items that are held may come next, at first, later and at the end", async () => {
  const orders = await Promise.all(Array.from({ length: 60 }, (_, seed) => shuffled(6, 4, seed)));
  for (const order of orders) assertEquals(order.toSorted(), [0, 1, 2, 3, 4, 5]);
  for (const place of [0, 1, 2, 3, 4, 5]) {
    const found = [...new Set(orders.map((order) => order[place]!))].sort();
    assertEquals(found, [0, 1, 2, 3, 4, 5].filter((item) => item < 4 + place));
  }
});

Deno.test("a long stream is not shuffled in the same way again and again", async () => {
  const block = 1024, order = await shuffled(4 * block, 2, 3);
  // With two items held, the next one is the latest or the other one, as is drawn.
  const isLatest = order.map((item, k) => item === k + 1);
  for (const period of [block, 2 * block]) {
    assert(isLatest.slice(1, block).some((one, k) => one !== isLatest[1 + k + period]), `the same ${period} later`);
  }
});
