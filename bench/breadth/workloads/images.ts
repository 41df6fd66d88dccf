/**
 * Convolutions and pooling.
 *
 * @module
 */
import {
  avgPool2d,
  conv1d,
  conv2d,
  convTranspose2d,
  globalAvgPool2d,
  globalMaxPool2d,
  maxPool2d,
  type Shape,
  type Tensor,
  upsampleNearest2d,
} from "@nanograd/nanograd";
import type { Draw } from "../draw.ts";
import { uniform } from "../fill.ts";
import { operation, type Workload } from "../workload.ts";

const MODES = { modes: ["forward", "backward"] } as const;

/** Settings of a convolution, the same numbers for PyTorch. */
type Geometry = {
  readonly stride?: number;
  readonly padding?: number;
  readonly dilation?: number;
  readonly groups?: number;
};

/** Makes a convolution of a drawn batch from `geometry`: channels in and out, and the kernel. */
function convolution(
  name: string,
  kernel: (d: Draw) => number,
  geometry: (channels: number, kernel: number) => Geometry,
): readonly Workload[] {
  return operation("convolution", name, (d) => {
    const channels = d.between(8, 64), side = kernel(d), options = geometry(channels, side), size = d.between(9, 30);
    const out = options.groups === undefined ? d.between(8, 64) : channels, batch = d.between(4, 17);
    const inputs = [
      uniform([batch, channels, size, size]),
      uniform([out, channels / (options.groups ?? 1), side, side], { scale: 0.3 }),
      uniform([out]),
    ];
    return { inputs, settings: { ...options }, run: ([x, w, b]) => conv2d(x!, w!, b!, options) };
  }, MODES);
}

/** Convolutions. */
export const convolutions: readonly Workload[] = [
  ...convolution("1x1 convolution", () => 1, () => ({})),
  ...convolution("3x3 convolution", () => 3, () => ({ padding: 1 })),
  ...convolution("strided convolution", (d) => d.pick([3, 4, 5]), () => ({ stride: 2, padding: 1 })),
  ...convolution("dilated convolution", () => 3, () => ({ dilation: 2, padding: 2 })),
  ...convolution("depthwise convolution", (d) => d.pick([3, 5]), (groups, side) => ({ groups, padding: side >> 1 })),
  ...operation("convolution", "convolution of few channels", (d) => {
    const size = d.between(28, 65), side = d.pick([3, 5, 7]), padding = side >> 1;
    const from = d.pick([1, 3]), to = d.between(8, 33), batch = d.between(4, 17);
    const inputs = [uniform([batch, from, size, size]), uniform([to, from, side, side], { scale: 0.3 }), uniform([to])];
    return { inputs, settings: { padding }, run: ([x, w, b]) => conv2d(x!, w!, b!, { padding }) };
  }, MODES),
  ...operation("convolution", "transposed convolution", (d) => {
    const [from, to, size, side] = [d.between(8, 48), d.between(8, 48), d.between(7, 20), d.pick([2, 3, 4])];
    const inputs = [
      uniform([d.between(4, 16), from, size, size]),
      uniform([from, to, side, side], { scale: 0.3 }),
      uniform([to]),
    ];
    return { inputs, settings: { stride: 2 }, run: ([x, w, b]) => convTranspose2d(x!, w!, b!, { stride: 2 }) };
  }, MODES),
  ...operation("convolution", "convolution of sequences", (d) => {
    const [from, to, time, width] = [d.between(8, 64), d.between(8, 64), d.between(50, 300), d.pick([3, 5, 7])];
    const padding = width >> 1,
      inputs = [uniform([d.between(4, 17), from, time]), uniform([to, from, width], { scale: 0.3 }), uniform([to])];
    return { inputs, settings: { padding }, run: ([x, w, b]) => conv1d(x!, w!, b!, { padding }) };
  }, MODES),
];

const ofImages = (d: Draw): Shape => {
  const channels = d.between(6, 64), size = 2 * d.count(6, 20) + d.pick([0, 1]);
  return [Math.ceil(d.between(1.5e5, 8e5) / (channels * size * size)), channels, size, size];
};

const pool = (name: string, f: (x: Tensor) => Tensor): readonly Workload[] =>
  operation("pooling", name, (d) => ({ inputs: [uniform(ofImages(d), { offset: 0.5 })], run: ([x]) => f(x!) }), MODES);

/** Pooling, and its inverse. */
export const pooling: readonly Workload[] = [
  ...pool("max pooling 2x2", (x) => maxPool2d(x, { size: 2 })),
  ...pool("max pooling 3x3, stride 2", (x) => maxPool2d(x, { size: 3, stride: 2, padding: 1 })),
  ...pool("average pooling 2x2", (x) => avgPool2d(x, { size: 2 })),
  ...pool("average pooling 3x3, stride 1", (x) => avgPool2d(x, { size: 3, stride: 1, padding: 1 })),
  ...pool("global average pooling", (x) => globalAvgPool2d(x)),
  ...pool("global max pooling", (x) => globalMaxPool2d(x)),
  ...pool("nearest upsampling", (x) => upsampleNearest2d(x, 2)),
];
