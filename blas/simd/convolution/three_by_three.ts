/**
 * Depthwise convolution with kernels of 3 x 3 elements, neighbours of one another, and windows one step apart.
 *
 * @module
 */
import type { ConvolutionGeometry, ConvolutionSizes } from "../../convolution.ts";
import type { DType } from "../../dtype.ts";
import { channelSteps } from "./channels.ts";
import { type Problem, termsOf, transfers, withRooms } from "./room.ts";
import { leastWindows } from "./three_by_three_kernel.ts";

/** Whether the kernels of this file take a convolution. */
export function isThreeByThree(
  sizes: ConvolutionSizes,
  { stride, dilation }: ConvolutionGeometry,
  bytes: number,
): boolean {
  const { channels, kernelHeight, kernelWidth, outputHeight, outputWidth } = sizes, least = leastWindows(bytes);
  return channels === 1 && kernelHeight === 3 && kernelWidth === 3 &&
    [...stride, ...dilation].every((step) => step === 1) &&
    outputHeight >= least.rows && outputWidth >= least.columns;
}

/** `y = conv(x, w)`; returns whether there was room. */
export function conv2dThreeByThree<D extends DType>(problem: Problem<D>): boolean {
  const { context, sizes, x, w, y } = problem,
    { filters } = sizes,
    terms = termsOf(problem),
    { grid, bytes, p, pixels } = terms;
  const { steps, most } = channelSteps(sizes, (pixels + grid.plane + filters * p) * bytes);
  const rooms = [w.size, most * pixels, most * grid.plane, most * filters * p].map((count) => count * bytes);
  return withRooms(context.scratch, rooms, ([weight, image, spread, output]) => {
    const to = transfers(problem, terms), { threeByThree } = to.convolution;
    to.read(w, 0, w.size, weight!);
    to.clear(spread!, most * grid.plane);
    for (const { start, count, parts } of steps) {
      to.read(x, start * pixels, count * pixels, image!);
      to.spread(count, image!, pixels, spread!);
      for (const { at, channel, count: own } of parts) {
        for (let filter = 0; filter < filters; filter++) {
          const kernel = weight! + (channel * filters + filter) * 9 * bytes, kernelPlane = filters * 9 * bytes;
          const source = spread! + at * grid.plane * bytes, target = output! + (at * filters + filter) * p * bytes;
          const planes = [source, grid.plane * bytes, grid.width * bytes, target, filters * p * bytes] as const;
          threeByThree!(own, sizes.outputHeight, sizes.outputWidth, kernel, kernelPlane, ...planes);
        }
      }
      to.write(y, start * filters * p, count * filters * p, output!);
    }
  });
}

/** The adjoint in `w`; returns whether there was room. Sums are vectors until all images have been seen. */
export function conv2dWeightThreeByThree<D extends DType>(problem: Problem<D>): boolean {
  const { context, sizes, x, w, y } = problem,
    { filters } = sizes,
    terms = termsOf(problem),
    { grid, bytes, p, pixels } = terms;
  const { steps, most } = channelSteps(sizes, (pixels + grid.plane + filters * p) * bytes), lanes = 16 / bytes;
  const rooms = [lanes * w.size, most * pixels, most * grid.plane, most * filters * p].map((count) => count * bytes);
  return withRooms(context.scratch, [...rooms, 16], ([sums, image, spread, given, mask]) => {
    const to = transfers(problem, terms), { threeByThreeProducts } = to.convolution;
    to.clear(sums!, lanes * w.size);
    to.clear(spread!, most * grid.plane);
    // All ones in the last lanes, as many as are left of a row.
    const clear = (lanes - sizes.outputWidth % lanes) * bytes;
    to.table(mask!, Array.from({ length: 4 }, (_, k) => 4 * k < clear ? 0 : -1));
    for (const { start, count, parts } of steps) {
      to.read(x, start * pixels, count * pixels, image!);
      to.read(y, start * filters * p, count * filters * p, given!);
      to.spread(count, image!, pixels, spread!);
      for (const { at, channel, count: own } of parts) {
        for (let filter = 0; filter < filters; filter++) {
          const kernel = sums! + (channel * filters + filter) * 9 * 16, kernelPlane = filters * 9 * 16;
          const source = spread! + at * grid.plane * bytes, target = given! + (at * filters + filter) * p * bytes;
          const planes = [source, grid.plane * bytes, grid.width * bytes, target, filters * p * bytes] as const;
          threeByThreeProducts!(own, sizes.outputHeight, sizes.outputWidth, kernel, kernelPlane, ...planes, mask!);
        }
      }
    }
    const heap = context.scratch.data(x.dtype), first = sums! / bytes;
    for (let k = 0; k < w.size; k++) {
      let sum = 0;
      for (let lane = 0; lane < lanes; lane++) sum += heap[first + k * lanes + lane]!;
      w.data[w.offset + k] = sum;
    }
  });
}
