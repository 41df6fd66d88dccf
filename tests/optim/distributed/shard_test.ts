import { assert, assertEquals, assertLessOrEqual, assertThrows } from "@std/assert";
import fc from "fast-check";
import { arange, batches, reshape, ShapeError, tensor64, toArray, toList } from "../../../mod.ts";
import { shard } from "../../../optim/distributed/mod.ts";

const ranks = (size: number) => Array.from({ length: size }, (_, rank) => ({ rank, size }));

Deno.test("the shares of a batch are the batch, and differ by one sample at most", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(100), (size, more) => {
      const indices = Array.from({ length: size + more }, (_, k) => 3 * k),
        shares = ranks(size).map((r) => shard(indices, r));
      assertEquals(shares.flat(), indices);
      const lengths = shares.map(({ length }) => length);
      assertLessOrEqual(Math.max(...lengths) - Math.min(...lengths), 1);
    }),
  );
});

Deno.test("no rank is without a sample, even where a batch has fewer samples than there are ranks", () => {
  assertEquals(ranks(5).map((r) => shard([7, 8], r)), [[7], [8], [7], [8], [7]]);
  assertEquals(ranks(3).map((r) => shard([], r)), [[], [], []]);
});

Deno.test("shard() takes lists of batches of indices, and shares out the last, smaller one", () => {
  assertEquals(ranks(2).map((r) => shard([[1, 2, 3, 4], [5, 6]], r)), [[[1, 2], [5]], [[3, 4], [6]]]);
});

Deno.test("shard() takes batches of tensors one by one, as they are asked for", () => {
  const data = { x: reshape(arange(14), [7, 2]), y: arange(7) };
  let made = 0;
  function* counted() {
    for (const batch of batches(data, { size: 4 })) {
      made++;
      yield batch;
    }
  }
  const shares = shard(counted(), { rank: 1, size: 2 });
  assertEquals(made, 0);
  const [first, last] = [...shares];
  assertEquals([toList(first!.y), toList(last!.y)], [[2, 3], [6]]);
  assertEquals(toArray(first!.x), [[4, 5], [6, 7]]);
});

Deno.test("shard() takes one batch of tensors", () => {
  assertEquals(toList(shard({ y: arange(5) }, { rank: 0, size: 2 }).y), [0, 1, 2]);
  assertEquals(toList(shard(arange(5), { rank: 1, size: 2 })), [3, 4]);
});

Deno.test("shard() says what it cannot share out", () => {
  const world = { rank: 0, size: 2 };
  assertThrows(
    () => shard({ x: tensor64([1, 2]), y: tensor64([1]) }, world),
    ShapeError,
    "the first axes of all tensors must count the same samples",
  );
  // @ts-expect-error no batches
  assertThrows(() => shard(3, world), TypeError, "Cannot shard 3: it must be a list of indices");
  for (const [rank, size] of [[2, 2], [-1, 2], [0.5, 2], [0, 0], [0, NaN]] as const) {
    assertThrows(
      () => shard([1, 2], { rank, size }),
      RangeError,
      `Cannot shard for rank ${rank} of ${size}: both must be`,
    );
  }
  // @ts-expect-error no ranks
  assertThrows(() => shard([1], {}), TypeError, "Cannot shard over a record of nothing");
  assert(shard([1, 2], world).length === 1);
});
