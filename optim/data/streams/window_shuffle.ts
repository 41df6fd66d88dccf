/**
 * Shuffles streams that are too long to be held in memory.
 *
 * @module
 */
import { foldIn, type Key } from "../../../autograd/random/key.ts";
import { randomUniform } from "../../../autograd/random/random.ts";
import { tensorData } from "../../../autograd/values/read.ts";

/** How many numbers are drawn at a time. */
const BLOCK = 1024;

/**
 * Shuffles a stream: holds `window` items, gives out one of them drawn at random, and takes the next into its place.
 *
 * The order is a function of the key, the window and the number of items alone. Stopping early ends the
 * stream.
 *
 * @param window How many items are held, at least 1; with 1 the order stays.
 */
export async function* shuffledWithin<A>(
  source: AsyncIterable<A> | Iterable<A>,
  window: number,
  key: Key,
): AsyncGenerator<A, void, undefined> {
  const held: A[] = [], draw = drawsFrom(key);
  for await (const item of source) {
    if (held.length < window) {
      held.push(item);
      continue;
    }
    const place = Math.floor(draw() * window), drawn = held[place]!;
    held[place] = item;
    yield drawn;
  }
  while (held.length > 0) {
    const place = Math.floor(draw() * held.length), drawn = held[place]!, last = held.pop()!;
    if (place < held.length) held[place] = last;
    yield drawn;
  }
}

/** Returns a function whose calls give numbers in [0, 1), one after another. */
function drawsFrom(key: Key): () => number {
  let block: ArrayLike<number> = [], drawn = 0;
  return () => {
    if (drawn % BLOCK === 0) {
      block = tensorData(randomUniform(foldIn(key, drawn / BLOCK), [BLOCK], { dtype: "float64" }));
    }
    return block[drawn++ % BLOCK]!;
  };
}
