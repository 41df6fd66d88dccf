/**
 * Depthwise convolution with kernels of 3 x 3 adjacent elements, and windows one step apart.
 *
 * @module
 */
import type { ConvolutionGeometry, ConvolutionSizes } from "../../convolution.ts";
import type { DType } from "../../dtype.ts";
import type { Kernel } from "../kernels.ts";
import { addSteps, type ChannelStep, channelSteps, type ChannelSums, stepBytes } from "./channels.ts";
import { type StagedConvolution, termsOf, transfers, withScratch } from "./scratch_transfer.ts";
import { leastWindows, MASK_BYTES, maskBits } from "./three_by_three_kernel.ts";

/** Counts the columns of padding that windows see at the right; if negative, columns of the image that none sees. */
const rightOf = ({ width, outputWidth }: ConvolutionSizes, { padding }: ConvolutionGeometry): number =>
  outputWidth + 2 - width - padding[1];

/** Tells whether the kernels of this file can compute a convolution. */
export function isThreeByThree(sizes: ConvolutionSizes, geometry: ConvolutionGeometry, bytes: number): boolean {
  const { channels, kernelHeight, kernelWidth, outputHeight, outputWidth } = sizes, least = leastWindows(bytes);
  const { stride, dilation, padding: [, left] } = geometry;
  return channels === 1 && kernelHeight === 3 && kernelWidth === 3 &&
    [...stride, ...dilation].every((step) => step === 1) &&
    (left === 0 || left === 1) && rightOf(sizes, geometry) <= 1 && outputHeight >= least.rows &&
    outputWidth >= least.columns;
}

/** Bytes before an image that windows reach into. */
const FRONT = 64;

/** Prepares what both functions share: sizes of regions, constant contents, and the calls of a kernel for a step. */
function prepare<D extends DType>(problem: StagedConvolution<D>) {
  const { sizes, geometry } = problem,
    { filters, outputHeight, outputWidth, height, width } = sizes,
    terms = termsOf(problem);
  const { bytes, p, pixels } = terms, channelBytes = (pixels + filters * p) * bytes;
  const [top, left] = geometry.padding,
    right = Math.max(0, rightOf(sizes, geometry)),
    zeroBytes = (outputWidth + 2) * bytes;
  return {
    terms,
    channelBytes,
    /** The bytes of images and windows of so many channels, and of zeros and masks. */
    regionsOf: (channels: number) => [FRONT + channels * pixels * bytes, channels * filters * p * bytes],
    shared: [zeroBytes, MASK_BYTES],
    /** Writes zeros and masks. */
    fill: (to: ReturnType<typeof transfers<D>>, zeros: number, masks: number): void => {
      to.clear(zeros, zeroBytes / bytes + 16 / bytes);
      to.table(masks, maskBits(bytes, { left, right, columns: outputWidth }));
    },
    /** Calls a kernel for every filter of the channels of a step; `each` is the bytes of an element of a kernel. */
    call: (
      kernel: Kernel,
      { parts }: ChannelStep,
      [image, windows, zeros, masks, weights]: readonly number[],
      each: number,
    ): void => {
      for (const { at, channel, count } of parts) {
        for (let filter = 0; filter < filters; filter++) {
          const weight = weights! + (channel * filters + filter) * 9 * each, weightPlane = filters * 9 * each;
          const source = image! + FRONT + (at * pixels - left) * bytes,
            target = windows! + (at * filters + filter) * p * bytes;
          const planes = [weight, weightPlane, source, pixels * bytes, target, filters * p * bytes] as const;
          kernel(count, outputHeight, outputWidth, top, height, width, zeros!, masks!, ...planes);
        }
      }
    },
  };
}

/** Computes `y = conv(x, w)`; returns false if scratch memory is too small. */
export function conv2dThreeByThree<D extends DType>(problem: StagedConvolution<D>): boolean {
  const { context, sizes, x, w, y } = problem,
    { terms, shared, regionsOf, channelBytes, fill, call } = prepare(problem);
  const { bytes, p, pixels } = terms,
    { filters } = sizes,
    { steps, most } = channelSteps(sizes, channelBytes, stepBytes(context));
  return withScratch(context.scratch, [...regionsOf(most), ...shared, w.size * bytes], (all) => {
    const [image, windows, zeros, masks, weights] = all, to = transfers(problem, terms);
    fill(to, zeros!, masks!);
    to.read(w, 0, w.size, weights!);
    for (const step of steps) {
      to.read(x, step.start * pixels, step.count * pixels, image! + FRONT);
      call(to.convolution.threeByThree!, step, all, bytes);
      to.write(y, step.start * filters * p, step.count * filters * p, windows!);
    }
  });
}

/** Computes the adjoint in `w`; returns false if scratch memory is too small. */
export const conv2dWeightThreeByThree = <D extends DType>(problem: StagedConvolution<D>): boolean =>
  addSteps(problem, threeByThreeSums);

/** Returns the sums of the adjoint in `w`. They have two lanes until all images have been read. */
export function threeByThreeSums<D extends DType>(problem: StagedConvolution<D>): ChannelSums<D> {
  const { context, sizes: { filters }, x, w, y } = problem,
    { terms, shared, regionsOf, channelBytes, fill, call } = prepare(
      problem,
    );
  const { bytes, p, pixels } = terms;
  return {
    lasting: [w.size * 16, ...shared],
    channelBytes,
    passing: regionsOf,
    calls: (images) => images * filters,
    begin: (to, [sums, zeros, masks]) => {
      fill(to, zeros!, masks!);
      to.clear(sums!, w.size * 16 / bytes);
    },
    clear: () => {},
    add: (to, step, [sums, zeros, masks], [image, windows]) => {
      for (const { at, from, count } of step.runs) {
        to.read(x, from * pixels, count * pixels, image! + FRONT + at * pixels * bytes);
        to.read(y, from * filters * p, count * filters * p, windows! + at * filters * p * bytes);
      }
      call(to.convolution.threeByThreeProducts!, step, [image!, windows!, zeros!, masks!, sums!], 16);
    },
    finish: ([sums]) => {
      const heap = context.scratch.float64, first = sums! / 8;
      for (let k = 0; k < w.size; k++) w.data[w.offset + k] = heap[first + 2 * k]! + heap[first + 2 * k + 1]!;
    },
  };
}
