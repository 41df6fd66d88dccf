/**
 * The adjoints of convolutions in the kernels, in blocks that several threads compute: each adds some images to a share
 * of the sums, a range of columns of the matrix of windows, or of channels. Every sum gets its images in order.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import { PIECE_BYTES } from "../simd/block_sizes.ts";
import { type ChannelSumsOf, stepOver } from "../simd/convolution/channels.ts";
import { type StagedConvolution, termsOf, transfers } from "../simd/convolution/scratch_transfer.ts";
import { type Columns, columnSums } from "../simd/convolution/weight_product.ts";
import { LARGE_ALIGNMENT, MARGIN } from "../simd/scratch.ts";
import type { BlockThreads } from "./blocks.ts";
import { listBytes } from "./recorded_calls.ts";
import type { RecordedKernels } from "./recorded_kernels.ts";

/**
 * The shares for each thread: while some are computed, others are copied in. All shares go through the gradients: with 2,
 * 16 channels of 28 x 28 took 5 % longer on two threads, and with 1, 32 channels 8 % longer.
 */
const SHARES = 1.5;

/** How long blocks take. */
export type BlockTimes = {
  /** The estimated nanoseconds of all sums for an image. */
  readonly each: number;
  /** The nanoseconds that a block should take. */
  readonly least: number;
};

/** Shares of sums, and how they are computed; addresses are in the memory of the threads. */
type Shares = {
  readonly count: number;
  /** The most images of a block. */
  readonly images: number;
  /** The bytes of regions that stay, and of those of a slot. */
  readonly lasting: readonly number[];
  readonly passing: readonly number[];
  /** The most calls of kernels in a block. */
  readonly calls: number;
  /** Runs before the first block. */
  readonly begin: (lasting: readonly number[]) => void;
  /** Records the calls that add some images to a share, and that come after the last image. */
  readonly add: (share: number, from: number, to: number, passing: readonly number[]) => void;
  /** Runs after the last block. */
  readonly finish: () => void;
};

/** Computes the adjoint of filters that see several channels; `false` if the memory is too small, or there is one share. */
export function divideColumns(
  threads: BlockThreads,
  kernels: RecordedKernels,
  given: StagedConvolution<DType>,
  times: BlockTimes,
): boolean {
  kernels.forget();
  const problem = { ...given, context: kernels.context }, writing = { ...given, context: kernels.writing };
  const { sizes: { batch, groups } } = problem, terms = termsOf(problem), { k, width } = terms;
  const tiles = Math.ceil(k / width), pieces = Math.min(tiles, Math.ceil(SHARES * threads.size / groups));
  const bound = (piece: number): number => Math.min(k, Math.floor(piece * tiles / pieces) * width);
  const sums = Array.from({ length: groups * pieces }, (_, share): ReturnType<typeof columnSums<DType>> => {
    const group = Math.floor(share / pieces), piece = share % pieces;
    const columns: Columns = { group, from: bound(piece), to: bound(piece + 1) };
    return columnSums(problem, terms, columns);
  });
  const most = (of: (one: typeof sums[number]) => number): number => Math.max(...sums.map(of)), [first] = sums;
  const image = most(({ image }) => image), gradients = first!.given; // there are groups and columns
  const images = imagesOf(batch, image + gradients, sums.length, times);
  const passing = first!.passing.map((_, k) => most(({ passing }) => passing[k]!));
  const widest = sums.reduce((one, other) => other.image > one.image ? other : one), cleared = new Set<number>();
  let starts: readonly number[] = [], ring = 0;
  return divide(threads, kernels, problem, {
    count: sums.length,
    images,
    // The gradients are those of all shares of a group.
    lasting: [
      ...sums.map(({ lasting }) => lasting),
      ...Array.from({ length: threads.slots }, () => images * gradients),
    ],
    passing: [images * image, ...passing],
    calls: 4 + images * most(({ calls }) => calls),
    begin: (lasting) => {
      starts = lasting;
      ring = sums.length;
    },
    add: (share, from, to, [at, ...own]) => {
      const one = sums[share]!, turn = (from / images * groups + Math.floor(share / pieces)) % threads.slots;
      if (from === 0) one.begin(transfers(writing, terms), starts[share]!);
      const transfer = transfers(problem, terms);
      // What is between elements stays 0.
      if (!cleared.has(at!)) widest.clear(transfer, own);
      cleared.add(at!);
      for (let index = from; index < to; index++) {
        const k = index - from;
        one.add(transfer, index, at! + k * image, starts[ring + turn]! + k * gradients, own);
      }
      if (to === batch) one.finish(transfer);
    },
    finish: () => {},
  });
}

/** Computes the adjoint of filters that see single channels; `false` as above. */
export function divideChannels(
  threads: BlockThreads,
  kernels: RecordedKernels,
  given: StagedConvolution<DType>,
  sumsOf: ChannelSumsOf,
  times: BlockTimes,
): boolean {
  kernels.forget();
  const problem = { ...given, context: kernels.context }, writing = { ...given, context: kernels.writing };
  const { sizes } = problem, { batch, groups } = sizes, terms = termsOf(problem), sums = sumsOf(problem, terms);
  const pieces = Math.min(groups, Math.ceil(SHARES * threads.size)), channels = Math.ceil(groups / pieces);
  const count = Math.ceil(groups / channels), images = imagesOf(batch, channels * sums.channelBytes, count, times);
  const cleared = new Set<number>();
  let lasting: readonly number[] = [];
  return divide(threads, kernels, problem, {
    count,
    images,
    lasting: sums.lasting,
    passing: sums.passing(images * channels),
    calls: sums.calls(images),
    begin: (addresses) => {
      lasting = addresses;
      sums.begin(transfers(writing, terms), lasting);
    },
    add: (share, image, end, passing) => {
      const transfer = transfers(problem, terms),
        channel = share * channels,
        own = Math.min(channels, groups - channel);
      if (!cleared.has(passing[0]!)) sums.clear(transfer, passing, images * channels);
      cleared.add(passing[0]!);
      const step = stepOver(sizes, { image, images: end - image, channel, channels: own });
      sums.add(transfer, step, lasting, passing);
    },
    finish: () => sums.finish(lasting),
  });
}

/** Returns how many images a block adds: as many as stay in the second-level cache, if it takes long enough. */
function imagesOf(batch: number, bytes: number, shares: number, { each, least }: BlockTimes): number {
  const fitting = Math.max(1, Math.floor(PIECE_BYTES / bytes)), needed = Math.ceil(least * shares / each);
  return Math.max(1, Math.min(batch, fitting, needed));
}

function divide(
  { scratch, slots, run }: BlockThreads,
  { kernelFor, record, forget }: RecordedKernels,
  { sizes: { batch }, x: { dtype } }: StagedConvolution<DType>,
  { count, images, lasting, passing, calls, begin, add, finish }: Shares,
): boolean {
  const mark = scratch.mark(), regions = [...passing, listBytes(calls)];
  const bytes = (sizes: readonly number[]): number =>
    sizes.reduce((sum, size) => sum + size + MARGIN + LARGE_ALIGNMENT, 0);
  if (count < 2 || mark + bytes(lasting) + slots * bytes(regions) > scratch.maximumBytes) return false;
  const kernel = kernelFor(dtype), reserve = (size: number): number => scratch.reserve(size + MARGIN);
  try {
    const staying = lasting.map(reserve), places = Array.from({ length: slots }, () => regions.map(reserve));
    const copies: (() => void)[] = [];
    begin(staying);
    run({
      count: Math.ceil(batch / images) * count,
      // A share must have got the images before.
      after: (block) => block < count ? 0 : block - count + 1,
      load: (block, slot) => {
        const own = places[slot]!, list = own.at(-1)!, from = Math.floor(block / count) * images;
        const { copyOut } = record(
          list,
          () => add(block % count, from, Math.min(batch, from + images), own.slice(0, -1)),
        );
        copies[slot] = copyOut;
        kernel(list);
      },
      store: (_, slot) => copies[slot]!(),
    });
    finish();
  } finally {
    scratch.release(mark);
    forget();
  }
  return true;
}
