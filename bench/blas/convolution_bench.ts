/**
 * Prints how near convolution and its adjoints come to the bare micro-kernel of `gemm`, and depthwise convolution to
 * the speed of memory, with copies in and out of scratch memory included.
 *
 * `deno run bench/blas/convolution_bench.ts [rounds]`. Each round runs everything once, and the three functions twice;
 * only the second time counts, when operands that fit into a cache are in it. The best of all rounds is
 * reported, since on a shared machine it is what can be reproduced, with the median of each round's ratio in brackets.
 * Results go to existing arrays, as with `gemm`: allocating large ones takes the runtime as long as computing them.
 *
 * @module
 */
import { type ConvolutionGeometry, windowCount } from "../../blas/convolution.ts";
import { type DType, newData } from "../../blas/dtype.ts";
import type { Engine } from "../../blas/engine.ts";
import { createContext } from "../../blas/simd/context.ts";
import { convolutionOn } from "../../blas/simd/convolution/mod.ts";
import { type Shape, sizeOf } from "../../blas/shape.ts";
import { allocate, type View, view } from "../../blas/view.ts";
import { GEMM_KERNELS } from "../../blas/simd/gemm_kernel.ts";

type Case = {
  readonly x: readonly [batch: number, channels: number, height: number, width: number];
  readonly filters: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly groups?: number;
};

const PRODUCTS: readonly Case[] = [
  { x: [32, 16, 14, 14], filters: 32, kernel: 3, padding: 1 },
  { x: [32, 32, 14, 14], filters: 64, kernel: 3, padding: 1, stride: 2 },
  { x: [32, 64, 7, 7], filters: 64, kernel: 3, padding: 1 },
  { x: [8, 64, 56, 56], filters: 64, kernel: 3, padding: 1 },
  { x: [32, 3, 32, 32], filters: 32, kernel: 3, padding: 1 },
  { x: [32, 64, 14, 14], filters: 128, kernel: 1 },
  { x: [32, 32, 14, 14], filters: 32, kernel: 3, padding: 1, groups: 4 },
];

const DEPTHWISE: readonly Case[] = [
  { x: [32, 32, 14, 14], filters: 32, kernel: 3, padding: 1, groups: 32 },
  { x: [32, 32, 56, 56], filters: 32, kernel: 3, padding: 1, groups: 32 },
  { x: [32, 32, 56, 56], filters: 32, kernel: 3, padding: 1, groups: 32, stride: 2 },
];

const rounds = Number(Deno.args[0] ?? 15), context = createContext(), engine = convolutionOn(context);

/** One of the three functions on one case; `amount` is the flop, or the bytes of images read and written. */
type Work = { readonly name: string; readonly amount: number; readonly run: () => void };

function random<D extends DType>(dtype: D, shape: Shape): View<D> {
  const data = newData(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = Math.random() - 0.5;
  return view<D>(data, shape);
}

function works(dtype: DType, given: Case, unit: "flop" | "bytes"): readonly Work[] {
  const { x: shape, filters, kernel, stride = 1, padding = 0, groups = 1 } = given,
    [batch, channels, height, width] = shape;
  const geometry: ConvolutionGeometry = {
    stride: [stride, stride],
    padding: [padding, padding, padding, padding],
    dilation: [1, 1],
    groups,
  };
  const count = (length: number) => windowCount(length, kernel, { stride, dilation: 1, padding: 2 * padding });
  const x = random(dtype, shape), w = random(dtype, [filters, channels / groups, kernel, kernel]);
  const y = random(dtype, [batch, filters, count(height), count(width)]);
  const amount = unit === "flop" ? 2 * y.size * w.size / filters : (x.size + y.size) * x.data.BYTES_PER_ELEMENT;
  const to = { x: allocate(dtype, x.shape), w: allocate(dtype, w.shape), y: allocate(dtype, y.shape) };
  const functions: { readonly [K in keyof Pick<Engine, "conv2d" | "conv2dInput" | "conv2dWeight">]: () => void } = {
    conv2d: () => engine.conv2d({ geometry, x, w, y: to.y }),
    conv2dInput: () => engine.conv2dInput({ geometry, x: to.x, w, y }),
    conv2dWeight: () => engine.conv2dWeight({ geometry, x, w: to.w, y }),
  };
  return Object.entries(functions).map(([name, run]) => ({ name, amount, run }));
}

/** Returns the micro-kernel on panels that stay in the first-level cache. */
function bare(dtype: DType): Work {
  const { microKernel } = context.kernels(GEMM_KERNELS, dtype), bytes = dtype === "float32" ? 4 : 8, depth = 256;
  const run = () => {
    for (let i = 0; i < 1000; i++) microKernel!(depth, 4096, depth * bytes + 64, 32_768, 65_536, 64, 1, 0);
  };
  return { name: "micro-kernel", amount: 1000 * 2 * 6 * (32 / bytes) * depth, run };
}

/** Returns a copy between arrays that no cache holds, which shows the speed of memory for reading and writing. */
function copying(): Work {
  const from = new Float32Array(1 << 24).fill(1), to = new Float32Array(from.length);
  return { name: "copy", amount: 8 * from.length, run: () => to.set(from) };
}

/** Returns the amount per nanosecond. */
function rate({ amount, run }: Work): number {
  const start = performance.now();
  run();
  return amount / (performance.now() - start) / 1e6;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** Prints the rates of a case beside that of its bound. */
async function report(title: string, bound: Work, all: readonly Work[], unit: string): Promise<void> {
  const best = all.map(() => 0), ratios = all.map((): number[] => []);
  for (let i = 0; i < 10; i++) all.forEach(rate);
  await new Promise((resolve) => setTimeout(resolve, 200)); // the optimizing compiler works on another thread
  let peak = 0;
  for (let round = 0; round < rounds; round++) {
    const before = rate(bound), speeds = all.map((work) => (rate(work), rate(work))), after = rate(bound);
    peak = Math.max(peak, before, after);
    speeds.forEach((speed, i) => {
      best[i] = Math.max(best[i]!, speed);
      ratios[i]!.push(speed / Math.max(before, after));
    });
  }
  const cells = all.map(({ name, amount }, i) => {
    const percent = (100 * best[i]! / peak).toFixed(0), usual = (100 * median(ratios[i]!)).toFixed(0);
    return `${name} ${best[i]!.toFixed(1)} (${(amount / best[i]! / 1e6).toFixed(2)} ms) ${percent} % (${usual})`;
  });
  console.log(`  ${title.padEnd(42)} ${bound.name} ${peak.toFixed(1)} ${unit}   ${cells.join("   ")}`);
}

const titleOf = ({ x, filters, kernel, stride = 1, padding = 0, groups = 1 }: Case): string =>
  `${x.join("x")} -> ${filters}, ${kernel}x${kernel}` + (stride > 1 ? ` stride ${stride}` : "") +
  (padding > 0 ? ` pad ${padding}` : "") + (groups > 1 ? ` groups ${groups}` : "");

for (const dtype of ["float32", "float64"] as const) {
  console.log(dtype);
  for (const given of PRODUCTS) await report(titleOf(given), bare(dtype), works(dtype, given, "flop"), "GFLOP/s");
  for (const given of DEPTHWISE) {
    await report(titleOf(given), copying(), works(dtype, given, "bytes"), "GB/s");
  }
}
