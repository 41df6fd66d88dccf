/**
 * Batches of data larger than memory.
 *
 * @module
 */
import { checkOptions } from "../../../blas/options.ts";
import { describe } from "../../../blas/describe.ts";
import { checkKey, type Key } from "../../../autograd/random/key.ts";
import { checkCount } from "../../check_setting.ts";
import { type Sample, type SampleBatch, type SampleOf, stackSamples } from "./data_array.ts";
import { type Decode, decodedAhead } from "./decode_ahead.ts";
import { startDecoders } from "./decoder_pool.ts";
import { shuffledWithin } from "./window_shuffle.ts";

/** The options of {@link batchesFrom}. */
export type StreamOptions = {
  /** The number of samples in a batch. */
  readonly size: number;
  /** How many batches are read and decoded before they are asked for; 2 if left out. */
  readonly prefetch?: number | undefined;
  /** The key that the order is drawn from; without a key the items keep their order. */
  readonly key?: Key | undefined;
  /** How many items are held to be shuffled, not yet decoded; 1024 if left out. */
  readonly window?: number | undefined;
  /** Whether to leave out a last batch that is smaller than the others; false if left out. */
  readonly dropLast?: boolean | undefined;
};

/** How {@link batchesFrom} makes samples of items. */
export type DecodeOptions<A, S> = {
  /** A function that makes a sample of an item; or the URL of a module whose default export does, in workers. */
  readonly decode: Decode<A, S> | URL;
  /** How many workers decode, 2 if left out; only with the URL of a module. */
  readonly workers?: number | undefined;
};

/** How many items are held to be shuffled by default. */
const WINDOW = 1024;

/**
 * Cuts a stream of samples into batches, reading and decoding the next ones while a step computes.
 *
 * A stream is anything that `for await` takes: an async generator that reads a file, a `ReadableStream`, an array of
 * file names. With a key it is shuffled within a window: `window` items are held, not yet decoded, and the next one is
 * drawn from them. The order depends on the key and the window alone, not on `prefetch`, on workers, or on which item is
 * decoded first; `foldIn(key, epoch)` gives each epoch its own.
 *
 * No more than `prefetch` batches are read ahead: a slow step makes the stream wait. An error of the stream or the
 * decoder comes out of the loop; leaving the loop, by `break` too, waits for the reads that are under way, and ends the
 * stream and the workers.
 *
 * A decoder in a worker is a module of its own, `export default (item) => …`. Items and samples are copied between
 * threads, so samples are numbers, records, and arrays `{ shape, data }` there, but no tensors.
 *
 * @typeParam S The type of the samples: numbers, arrays `{ shape, data }`, tensors, or records of them.
 * @param source The samples; or the items that `decode` makes samples of.
 * @param options `size`, `prefetch`, `key` and `window`, `dropLast`; `decode` and `workers`.
 * @returns A generator of trees like the samples, of tensors `[size, …]`.
 * @throws {TypeError} If the source cannot be iterated, an option is wrong, or samples differ in structure or shape.
 * @throws {RangeError} If a number is not a whole number of 1 or more.
 *
 * @example
 * ```ts
 * import { batchesFrom } from "@nanograd/nanograd/data";
 * import { key, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * async function* lines() {
 *   for (const line of ["1 2", "3 4", "5 6"]) yield await Promise.resolve(line);
 * }
 * const decode = (line: string) => {
 *   const [x = 0, y = 0] = line.split(" ").map(Number);
 *   return { x: { shape: [1], data: Float32Array.of(x) }, y };
 * };
 * const seen: unknown[] = [];
 * for await (const { x, y } of batchesFrom(lines(), { size: 2, decode })) seen.push([x.shape, toArray(y)]);
 * assertEquals(seen, [[[2, 1], [2, 4]], [[1, 1], [6]]]);
 *
 * const order: unknown[] = [];
 * for await (const batch of batchesFrom([1, 2, 3, 4, 5], { size: 5, key: key(2) })) order.push(toArray(batch));
 * assertEquals(order, [[2, 1, 3, 5, 4]]);
 * ```
 */
export function batchesFrom<A, S extends SampleOf<S>>(
  source: AsyncIterable<A> | Iterable<A>,
  options: StreamOptions & DecodeOptions<A, S>,
): AsyncGenerator<SampleBatch<S>, void, undefined>;
/** Cuts a stream of samples that need no decoding into batches. */
export function batchesFrom<S extends SampleOf<S>>(
  source: AsyncIterable<S> | Iterable<S>,
  options: StreamOptions,
): AsyncGenerator<SampleBatch<S>, void, undefined>;
export function batchesFrom(
  source: AsyncIterable<unknown> | Iterable<unknown>,
  options: StreamOptions & Partial<DecodeOptions<unknown, Sample>>,
): AsyncGenerator<SampleBatch<Sample>, void, undefined> {
  checkStream(source);
  checkStreamOptions(options);
  return generate(source, options);
}

function checkStream(source: unknown): void {
  const iterable = typeof source === "object" && source !== null &&
    (Symbol.asyncIterator in source || Symbol.iterator in source);
  if (iterable) return;
  throw new TypeError(
    `Cannot make batches from ${
      describe(source)
    }: it must be something that for await takes; pass an async generator, ` +
      "a ReadableStream or an array",
  );
}

/** Throws unless the options are right. */
export function checkStreamOptions(options: StreamOptions & Partial<DecodeOptions<unknown, Sample>>): void {
  const names = {
    size: true,
    prefetch: true,
    key: true,
    window: true,
    dropLast: "flag",
    decode: true,
    workers: true,
  } as const;
  checkOptions("make batches from a stream", options, names);
  const { size, prefetch = 1, key, window, decode, workers } = options;
  for (const [name, value] of Object.entries({ size, prefetch, window: window ?? 1, workers: workers ?? 1 })) {
    checkCount("batches from a stream", name, value);
  }
  if (key !== undefined) checkKey("draw the order of batches", key);
  const refuse = (given: string, wanted: string): never => {
    throw new TypeError(`Cannot make batches from a stream with ${given}: ${wanted}`);
  };
  if (key === undefined && window !== undefined) refuse("a window but no key", "items are shuffled by a key; pass one");
  if (decode !== undefined && typeof decode !== "function" && !(decode instanceof URL)) {
    refuse(
      `${describe(decode)} for decode`,
      'it must be a function or the URL of a module; pass new URL("./decoder.ts", import.meta.url)',
    );
  }
  if (workers !== undefined && !(decode instanceof URL)) {
    refuse("workers but no module", "they need a decoder of their own; pass its URL as decode");
  }
}

async function* generate(
  source: AsyncIterable<unknown> | Iterable<unknown>,
  { size, prefetch = 2, key, window = WINDOW, dropLast = false, decode, workers = 2 }:
    & StreamOptions
    & Partial<DecodeOptions<unknown, Sample>>,
): AsyncGenerator<SampleBatch<Sample>, void, undefined> {
  const pool = decode instanceof URL ? startDecoders(decode.href, workers) : undefined;
  // A worker's answers, and items where nothing decodes them, are checked when they are stacked.
  const decoder = pool?.decode ?? (typeof decode === "function" ? decode : (item: unknown) => item);
  const items = key === undefined ? inOrder(source) : shuffledWithin(source, window, key);
  try {
    let samples: Sample[] = [];
    // What it returns is checked when it is stacked.
    for await (const sample of decodedAhead(items, decoder as Decode<unknown, Sample>, size * prefetch)) {
      samples.push(sample);
      if (samples.length < size) continue;
      const batch = stackSamples(samples);
      samples = [];
      yield batch;
    }
    if (samples.length > 0 && !dropLast) yield stackSamples(samples);
  } finally {
    pool?.close();
  }
}

async function* inOrder<A>(source: AsyncIterable<A> | Iterable<A>): AsyncGenerator<A, void, undefined> {
  yield* source;
}
