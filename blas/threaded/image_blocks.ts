/**
 * Convolutions, and their adjoints in the images, in blocks that several threads compute: an image, or a group of its
 * channels; several images or channels where filters see single ones.
 *
 * @module
 */
import { roundUp } from "../alignment.ts";
import type { ConvolutionSizes } from "../convolution.ts";
import type { DType } from "../dtype.ts";
import { rowMajorStrides, type Shape } from "../shape.ts";
import { PIECE_BYTES } from "../simd/block_sizes.ts";
import type { ChannelRange } from "../simd/convolution/channels.ts";
import type { ConvolutionKernel } from "../simd/convolution/mod.ts";
import type { StagedConvolution } from "../simd/convolution/scratch_transfer.ts";
import type { Context } from "../simd/kernels.ts";
import { LARGE_ALIGNMENT } from "../simd/scratch.ts";
import { type MutableView, unsafeView } from "../view.ts";
import type { BlockThreads } from "./blocks.ts";
import { listBytes } from "./recorded_calls.ts";
import type { Recorded, RecordedKernels } from "./recorded_kernels.ts";

/** The fewest blocks for each thread, if single channels can be divided at will. */
const FEWEST = 4;

/**
 * Computes a convolution, or its adjoint in the images, in blocks; returns false, without having computed anything, if
 * the memory is too small.
 *
 * @param compute The way that one thread computes it.
 * @param each The estimated nanoseconds of a channel where filters see single ones.
 * @param least The nanoseconds that a block of them should take.
 */
export function divideImages(
  { scratch, slots, size, run }: BlockThreads,
  { context, alone, kernelFor, record, forget, forgetCopies }: RecordedKernels,
  compute: ConvolutionKernel,
  problem: StagedConvolution<DType>,
  { each, least }: { readonly each: number; readonly least: number },
): boolean {
  const { sizes, x: { dtype } } = problem, isDepthwise = sizes.channels === 1;
  const blocks = isDepthwise ? blocksOfChannels(problem, size, Math.ceil(least / each)) : blocksOfImages(sizes);
  const mark = scratch.mark(), sizeOf = ({ images, channels }: ChannelRange): number => images * channels;
  try {
    forget();
    let isDone = false;
    const { calls, top } = record(undefined, () => {
      isDone = compute(partOf(problem, context, blocks[0]!)); // there are images and channels
    });
    if (!isDone) return false;
    forgetCopies(); // other memory than that of the slots
    const step = roundUp(top - mark, LARGE_ALIGNMENT) + 2 * LARGE_ALIGNMENT;
    if (mark + slots * (listBytes(calls) + step) + LARGE_ALIGNMENT > scratch.maximumBytes) return false;
    const kernel = kernelFor(dtype), recorded: Recorded[] = [];
    const lists = Array.from({ length: slots }, () => scratch.reserve(listBytes(calls))), base = scratch.mark();
    scratch.reserve(slots * step); // so that the memory does not grow any more
    let before = sizeOf(blocks[0]!);
    run({
      count: blocks.length,
      load: (index, slot) => {
        const block = blocks[index]!;
        scratch.release(base);
        scratch.reserve(slot * step);
        // A block of another size has its operands elsewhere, over those of the block before.
        if (sizeOf(block) !== before) forgetCopies();
        before = sizeOf(block);
        recorded[slot] = record(lists[slot], () => void compute(partOf(problem, context, block)));
        kernel(lists[slot]!);
      },
      store: (_, slot) => recorded[slot]!.copyOut(),
      ...isDepthwise && { directly: (index) => void compute(partOf(problem, alone, blocks[index]!)) },
    });
  } finally {
    scratch.release(mark);
    forget();
  }
  return true;
}

/** Returns blocks of an image, or of a group of its channels. */
function blocksOfImages({ batch, groups }: ConvolutionSizes): readonly ChannelRange[] {
  return Array.from({ length: batch * groups }, (_, part) => ({
    image: Math.floor(part / groups),
    images: 1,
    channel: part % groups,
    channels: 1,
  }));
}

/**
 * Returns blocks of single channels, about equal: of some channels of an image, or of some images.
 *
 * @param least The fewest channels in a block, if they fit and there are enough blocks.
 */
function blocksOfChannels(
  { sizes, x }: StagedConvolution<DType>,
  threads: number,
  least: number,
): readonly ChannelRange[] {
  const { batch, groups } = sizes, all = batch * groups;
  const bytes = (sizes.height * sizes.width + sizes.filters * sizes.outputHeight * sizes.outputWidth) *
    x.data.BYTES_PER_ELEMENT;
  const fitting = Math.max(least, Math.floor(PIECE_BYTES / bytes));
  const count = Math.max(1, Math.min(fitting, Math.ceil(all / (FEWEST * threads))));
  const images = Math.max(1, Math.floor(count / groups)), pieces = Math.ceil(groups / count);
  const channels = Math.ceil(groups / pieces);
  return Array.from({ length: Math.ceil(batch / images) }, (_, k) => k * images).flatMap((image) =>
    Array.from({ length: Math.ceil(groups / channels) }, (_, k) => ({
      image,
      images: Math.min(images, batch - image),
      channel: k * channels,
      channels: Math.min(channels, groups - k * channels),
    }))
  );
}

/** Returns the convolution of some images, or of some groups of channels of one. */
function partOf<D extends DType>(
  { sizes, geometry, x, w, y }: StagedConvolution<D>,
  context: Context,
  { image, images, channel, channels: own }: ChannelRange,
): StagedConvolution<D> {
  const { channels, filters, kernelHeight, kernelWidth, height, width, outputHeight, outputWidth, groups } = sizes;
  const view = ({ data, offset }: MutableView<D>, start: number, shape: Shape): MutableView<D> => {
    const [first, second, ...plane] = shape as readonly [number, number, number, number]; // four axes
    const all = [first, second * own, ...plane];
    return unsafeView(data, all, rowMajorStrides(all), offset + start * second * plane[0]! * plane[1]!);
  };
  const group = image * groups + channel;
  return {
    context,
    geometry: { ...geometry, groups: own },
    sizes: { ...sizes, batch: images, groups: own },
    x: view(x, group, [images, channels, height, width]),
    w: viewOfKernels(),
    y: view(y, group, [images, filters, outputHeight, outputWidth]),
  };

  function viewOfKernels(): MutableView<D> {
    const shape = [own * filters, channels, kernelHeight, kernelWidth], steps = rowMajorStrides(shape);
    return unsafeView(w.data, shape, steps, w.offset + channel * filters * steps[0]!);
  }
}
