/**
 * Decoding items of a stream before they are asked for.
 *
 * @module
 */

/** Decodes an item, at once or later. */
export type Decode<A, B> = (item: A) => B | Promise<B>;

/**
 * Decodes the items of a stream, up to `count` of them before they are asked for, and gives them out in the order of the
 * stream.
 *
 * Nothing is read or decoded until the first item is asked for, and no more than `count` items are ever waiting. An
 * error, of the stream or of a decoder, comes at its item's place. Stopping early ends the stream.
 *
 * @param source A stream that may be asked for an item before it has given the last one, as generators may.
 */
export async function* decodedAhead<A, B>(
  source: AsyncGenerator<A, void, undefined>,
  decode: Decode<A, B>,
  count: number,
): AsyncGenerator<B, void, undefined> {
  const waiting: Promise<IteratorResult<B, void>>[] = [];
  let over = false;
  const pull = async (): Promise<IteratorResult<B, void>> => {
    const next = await source.next();
    if (next.done) return { done: over = true, value: undefined };
    return { done: false, value: await decode(next.value) };
  };
  const fill = (): void => {
    while (!over && waiting.length < count) {
      const pulled = pull();
      pulled.catch(() => over = true); // it is thrown at its place, below
      waiting.push(pulled);
    }
  };
  try {
    for (;;) {
      fill();
      const next = await waiting.shift();
      if (next === undefined || next.done) return;
      fill();
      yield next.value;
    }
  } finally {
    over = true;
    await source.return();
  }
}
