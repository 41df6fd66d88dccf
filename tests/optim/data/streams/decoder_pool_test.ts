/** Decoding in workers, whose text is in `optim/data/streams/decoder_source.ts`. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { batchesFrom, DataError } from "../../../../optim/data/mod.ts";
import { startDecoders } from "../../../../optim/data/streams/decoder_pool.ts";
import { decoderSource } from "../../../../optim/data/streams/decoder_source.ts";
import { toList } from "../../../../mod.ts";
import type decode from "./decoder.ts";

type Decoded = Awaited<ReturnType<typeof decode>>;

const DECODER = new URL("./decoder.ts", import.meta.url);
const ignore = Deno.permissions.querySync({ name: "read" }).state !== "granted";

Deno.test("the text of a decoding worker is a script of its own", () => {
  assert(typeof new Function(decoderSource()) === "function");
});

Deno.test("workers decode in the order of the stream, and end with it", { ignore }, async () => {
  const items = Array.from({ length: 12 }, (_, k) => k), seen: number[] = [];
  for await (const { x, n } of batchesFrom<number, Decoded>(items, { size: 5, decode: DECODER, workers: 3 })) {
    assertEquals(toList(x), toList(n).flatMap((k) => [k, -k]));
    seen.push(...toList(n));
  }
  assertEquals(seen, items);
});

Deno.test("an error in a worker comes out of the loop with its cause, and leaving the loop ends the workers", {
  ignore,
}, async () => {
  const loop = async (items: readonly number[], decode = DECODER) => {
    for await (const { n } of batchesFrom<number, Decoded>(items, { size: 1, decode })) if (toList(n)[0] === 7) break;
  };
  const error = await assertRejects(() => loop([1, 13, 2]), DataError, "no thirteen; correct the decoder") as DataError;
  assert(error.cause instanceof RangeError);
  await loop([1, 7, 13, 2]);
  await assertRejects(
    () => loop([1], new URL("./no_decoder.ts", import.meta.url)),
    DataError,
    "must be a function of an item",
  );
  await assertRejects(() => loop([1], new URL("./missing.ts", import.meta.url)), DataError, "missing.ts");
});

Deno.test("what workers still had to do is rejected when they are closed", { ignore }, async () => {
  const pool = startDecoders(DECODER.href, 1), answer = pool.decode(2);
  pool.close();
  await assertRejects(() => answer, DataError, "the batches are over");
});
