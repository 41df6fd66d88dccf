/** Streams: `optim/data/streams/decode_ahead.ts` and `optim/data/streams/window_shuffle.ts` too. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { batchesFrom } from "../../../../optim/data/mod.ts";
import { key, tensor64, toArray, toList, toNumber } from "../../../../mod.ts";
import type { Tensor } from "../../../../mod.ts";

const flat = async (batches: AsyncIterable<Tensor>): Promise<readonly (readonly number[])[]> => {
  const all: (readonly number[])[] = [];
  for await (const batch of batches) all.push(toList(batch));
  return all;
};

/** A stream of whole numbers that counts what is asked of it, and notes when it is released. */
function counted(length: number, failAt = Infinity) {
  const seen = { read: 0, released: false };
  async function* stream() {
    try {
      for (let k = 0; k < length; k++) {
        if (k === failAt) throw new Error("the stream broke");
        seen.read++;
        yield await Promise.resolve(k);
      }
    } finally {
      seen.released = true;
    }
  }
  return { seen, stream: stream() };
}

Deno.test("batchesFrom() gives every sample once, and its order depends on key and window alone", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        length: fc.nat(40),
        size: fc.integer({ min: 1, max: 7 }),
        window: fc.integer({ min: 1, max: 50 }),
        seed: fc.nat(99),
      }),
      fc.integer({ min: 1, max: 5 }),
      async ({ length, size, window, seed }, prefetch) => {
        const options = { size, window, key: key(seed) };
        const batches = await flat(batchesFrom(counted(length).stream, options)), order = batches.flat();
        assertEquals(order.toSorted((a, b) => a - b), [...new Array(length).keys()]);
        // What is given out at place p has been read, and at most a window of items has been read beyond it.
        order.forEach((item, place) => assert(item < place + window));
        assertEquals(batches.every((batch, k) => batch.length === size || k === batches.length - 1), true);
        const late = async (item: number) => (await new Promise((wake) => setTimeout(wake, item % 2)), item);
        assertEquals(await flat(batchesFrom(counted(length).stream, { ...options, prefetch, decode: late })), batches);
      },
    ),
    { numRuns: 25 },
  );
});

Deno.test("batchesFrom() shuffles: neighbours part, and keys differ", async () => {
  const items = [...new Array(200).keys()];
  const order = async (seed: number) =>
    (await flat(batchesFrom(items, { size: 200, key: key(seed), window: 100 }))).flat();
  const [one, other] = [await order(0), await order(1)];
  assert(String(one) !== String(other));
  assert(one.filter((item, k) => item + 1 === one[k + 1]).length < 20);
  assertEquals((await flat(batchesFrom(items, { size: 200, key: key(0), window: 1 }))).flat(), items);
});

Deno.test("batchesFrom() reads no further ahead than it was told", async () => {
  const { seen, stream } = counted(1000);
  const batches = batchesFrom(stream, { size: 5, prefetch: 2 });
  await new Promise((wake) => setTimeout(wake, 5));
  assertEquals(seen.read, 0); // nothing has been asked for
  await batches.next();
  await new Promise((wake) => setTimeout(wake, 5));
  assert(seen.read <= 5 + 10 && seen.read > 5, `${seen.read} items`);
  await batches.return();
  assert(seen.released);
});

Deno.test("batchesFrom() releases the stream when the loop is left, in any way", async () => {
  for (const leave of ["break", "throw"] as const) {
    const { seen, stream } = counted(1000);
    try {
      for await (const _ of batchesFrom(stream, { size: 2, key: key(0), window: 8 })) {
        if (leave === "break") break;
        throw new Error("out");
      }
    } catch (error) {
      assert(error instanceof Error && error.message === "out");
    }
    assert(seen.released);
  }
});

Deno.test("batchesFrom() passes on errors of the stream and of the decoder, after the batches before them", async () => {
  const { seen, stream } = counted(10, 5), batches = batchesFrom(stream, { size: 2 });
  assertEquals([toList((await batches.next()).value!), toList((await batches.next()).value!)], [[0, 1], [2, 3]]);
  await assertRejects(() => batches.next(), Error, "the stream broke");
  assert(seen.released);

  const other = counted(10), decode = (k: number) => k === 3 ? Promise.reject(new Error("not 3")) : k;
  await assertRejects(() => flat(batchesFrom(other.stream, { size: 2, decode })), Error, "not 3");
  assert(other.seen.released);
});

Deno.test("batchesFrom() takes streams, arrays and samples of any structure", async () => {
  assertEquals(await flat(batchesFrom(ReadableStream.from([1, 2, 3]), { size: 2 })), [[1, 2], [3]]);
  assertEquals(await flat(batchesFrom(new Set([1, 2, 3]), { size: 2, dropLast: true })), [[1, 2]]);
  const samples = [1, 2].map((k) => ({
    a: { b: k },
    t: tensor64([k, k]),
    d: { shape: [1, 2], data: Uint8Array.of(k, 9) },
  }));
  for await (const { a: { b }, t, d } of batchesFrom(samples, { size: 2 })) {
    const wide: Tensor<"float64"> = t, narrow: Tensor<"float32"> = d;
    assertEquals([toArray(b), toArray(wide), toArray(narrow)], [[1, 2], [[1, 1], [2, 2]], [[[1, 9]], [[2, 9]]]]);
    assertEquals([t.dtype, d.dtype, b.dtype], ["float64", "float32", "float32"]);
  }
  let sum = 0;
  for await (const n of batchesFrom([], { size: 2 })) sum += toNumber(n);
  assertEquals(sum, 0);
});

Deno.test("batchesFrom() refuses wrong options at once", () => {
  // @ts-expect-error: a number is no stream
  assertThrows(() => batchesFrom(3, { size: 1 }), TypeError, "pass an async generator");
  assertThrows(() => batchesFrom([1], { size: 0 }), RangeError, "size 0");
  assertThrows(() => batchesFrom([1], { size: 1, prefetch: 0 }), RangeError, "prefetch 0");
  assertThrows(() => batchesFrom([1], { size: 1, window: 3 }), TypeError, "a window but no key");
  // @ts-expect-error: workers need a module
  assertThrows(() => batchesFrom([1], { size: 1, workers: 2 }), TypeError, "pass its URL as decode");
  // @ts-expect-error: a path is not a URL
  assertThrows(() => batchesFrom([1], { size: 1, decode: "./decoder.ts" }), TypeError, "import.meta.url");
  // @ts-expect-error: there is no such option
  assertThrows(() => batchesFrom([1], { size: 1, shuffle: true }), TypeError, "the options are");
});
