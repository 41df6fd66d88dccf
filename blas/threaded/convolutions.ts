/**
 * Plain convolutions and their adjoints on several threads. The calling thread goes through the same code as on one
 * thread, but its kernels only record their calls, which another thread makes, so every element has the same bits.
 *
 * @module
 */
import { conv2dWeightTaps, tapSums } from "../simd/convolution/depthwise.ts";
import { type Convolution, type ConvolutionKernel, convolutionOn } from "../simd/convolution/mod.ts";
import { conv2dWeightThreeByThree, threeByThreeSums } from "../simd/convolution/three_by_three.ts";
import { conv2dWeightProduct } from "../simd/convolution/weight_product.ts";
import type { BlockThreads } from "./blocks.ts";
import { divideImages } from "./image_blocks.ts";
import { recordedKernels } from "./recorded_kernels.ts";
import { threadChoices } from "./thread_choices.ts";
import { divideChannels, divideColumns } from "./weight_blocks.ts";

/** Nanoseconds for a multiplication and addition; and for a block. */
const MULTIPLIED = 0.05, SHORT = 10_000;

/** The nanoseconds of the shortest convolution that is divided, as a multiple of a block's. */
const FEW = 20;

/** Nanoseconds for copying an element to the threads, or back, with all that goes with it; dividing what takes less gains nothing. */
const COPIED = 0.6;

/** The functions that are divided. */
export type DividedConvolutions = Convolution;

/**
 * Returns convolutions that are divided among threads if that pays.
 *
 * @param least The nanoseconds that a block should take.
 * @param copied The nanoseconds for copying an element.
 */
export function dividedConvolutions(
  threads: BlockThreads,
  least: number = SHORT,
  copied: number = COPIED,
): DividedConvolutions {
  const kernels = recordedKernels(threads),
    choose = threadChoices(threads),
    numbers = new Map<ConvolutionKernel, number>();
  /** Numbers the ways to compute: their names need not differ, since bundlers shorten them. */
  const numberOf = (compute: ConvolutionKernel): number => {
    const found = numbers.get(compute) ?? numbers.size;
    numbers.set(compute, found);
    return found;
  };
  /** Returns the way to divide what a function computes; `each` is the nanoseconds of an image. */
  const dividing = (compute: ConvolutionKernel, each: number, channels: number): ConvolutionKernel => (problem) => {
    const times = { each, least };
    switch (compute) {
      case conv2dWeightProduct:
        return divideColumns(threads, kernels, problem, times);
      case conv2dWeightTaps:
        return divideChannels(threads, kernels, problem, tapSums, times);
      case conv2dWeightThreeByThree:
        return divideChannels(threads, kernels, problem, threeByThreeSums, times);
      default:
        return divideImages(threads, kernels, compute, problem, { ...times, each: each / channels });
    }
  };
  return convolutionOn(kernels.alone, (compute, problem) => {
    const { sizes, geometry, x, y } = problem, { batch, groups, channels, filters } = sizes;
    const { outputHeight, outputWidth, kernelHeight, kernelWidth } = sizes;
    const channel = outputHeight * outputWidth * filters * channels * kernelHeight * kernelWidth * MULTIPLIED;
    const each = groups * channel, isWeight = WEIGHTS.has(compute);
    // An image, or a group of its channels, is a block, unless filters see single channels or sums go over all images.
    const isShort = !isWeight && channels > 1 && (channel < least || batch * groups < 2);
    if (isShort || batch * each < Math.max(FEW * least, copied * (x.size + y.size))) return compute(problem);
    let done = true;
    choose(
      `${numberOf(compute)} ${x.dtype} ${Object.values(sizes)} ${Object.values(geometry)}`,
      () => dividing(compute, each, groups)(problem),
      () => {
        done = compute(problem);
      },
    );
    return done;
  });
}

/** The adjoints in the kernels. */
const WEIGHTS: ReadonlySet<ConvolutionKernel> =
  /* @__PURE__ */ (() =>
    new Set<ConvolutionKernel>([conv2dWeightProduct, conv2dWeightTaps, conv2dWeightThreeByThree]))();
