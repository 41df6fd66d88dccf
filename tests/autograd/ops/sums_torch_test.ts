import { assertEquals, assertLessOrEqual } from "@std/assert";
import * as ng from "../../../mod.ts";
import type { DType, Shape, Tensor } from "../../../mod.ts";
import json from "../../fixtures/sums.json" with { type: "json" };

// `tests/fixtures/make_sums.py` wrote how far PyTorch's sums of float32 are off; it says what is measured, and how.

type SumCase = {
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly fill: string;
  readonly sizes: readonly (readonly Shape[])[];
  readonly worst: number;
};

type Axes = { readonly axes: readonly number[] };
type Convolution = {
  readonly axes: 1 | 2 | 3;
  readonly padding?: number;
  readonly groups?: number;
  readonly stride?: number;
  readonly dilation?: number;
};
type Spaces = { readonly axes: 1 | 2 };

const CONVOLUTIONS = { 1: ng.conv1d, 2: ng.conv2d, 3: ng.conv3d } as const;
const TRANSPOSED = { 1: ng.convTranspose1d, 2: ng.convTranspose2d } as const;

const convolve =
  ({ axes, padding = 0, groups = 1, stride = 1, dilation = 1 }: Convolution) =>
  (x: Tensor, w: Tensor, b: Tensor | null = null) => CONVOLUTIONS[axes](x, w, b, { padding, groups, stride, dilation });
const transposed = ({ axes }: Spaces) => (x: Tensor, w: Tensor) => TRANSPOSED[axes](x, w, null, { stride: 2 });
const turned = (t: Tensor, order: string): Tensor =>
  order === "n" ? t : ng.transpose(t, t.shape.length === 2 ? [1, 0] : [0, 2, 1]);
const like = (t: Tensor, shape: Shape, value: number): Tensor => ng.full(shape, value, { dtype: t.dtype });
const places = (t: Tensor, count: number): readonly number[] =>
  Array.from({ length: t.shape[0]! }, (_, i) => i % count);

/** The cotangent of one operand where that of the result is `y`. */
const cotangent = (f: (...operands: Tensor[]) => Tensor, operands: readonly Tensor[], of: number, y: Tensor): Tensor =>
  ng.gradient((t: Tensor) => ng.sum(ng.mul(f(...operands.map((x, i) => i === of ? t : x)), y)))(operands[of]!);

/** The options are those that the fixture has; a test checks that there is a case for each kind. */
const KINDS: Readonly<Record<string, (options: never) => (...operands: Tensor[]) => Tensor>> = {
  dot: () => (a, b) => ng.dot(a!, b!),
  matmul: ({ order }: { readonly order: string }) => (a, b) => ng.matmul(turned(a!, order[0]!), turned(b!, order[1]!)),
  matmulGradient: () => (x, w, y) => cotangent((x, w) => ng.matmul(x!, w!), [x!, w!], 1, y!),
  einsum: ({ equation }: { readonly equation: string }) => (a, b) => ng.einsum(equation, a!, b!),
  sum: ({ axes }: Axes) => (a) => ng.sum(a!, { axes }),
  mean: ({ axes }: Axes) => (a) => ng.mean(a!, { axes }),
  variance: ({ axes }: Axes) => (a) => ng.variance(a!, { axes }),
  logSumExp: ({ axes }: Axes) => (a) => ng.logSumExp(a!, { axes }),
  cumsum: ({ axis }: { readonly axis: number }) => (a) => ng.cumsum(a!, axis),
  convolution: (options: Convolution) => (x, w) => convolve(options)(x!, w!),
  convolutionGradient: ({ of, ...options }: Convolution & { readonly of: number }) => (x, w, b, y) =>
    cotangent((x, w, b) => convolve(options)(x!, w!, b!), [x!, w!, b!], of, y!),
  transposed: (options: Spaces) => (x, w) => transposed(options)(x!, w!),
  transposedGradient: ({ of, ...options }: Spaces & { readonly of: number }) => (x, w, y) =>
    cotangent((x, w) => transposed(options)(x!, w!), [x!, w!], of, y!),
  globalAvgPool2d: () => (x) => ng.globalAvgPool2d(x!),
  avgPool1d: () => (x) => ng.avgPool1d(x!, { size: x!.shape[2]! }),
  l2Normalize: () => (a) => ng.l2Normalize(a!, { axis: -1 }),
  cosineSimilarity: () => (a, b) => ng.cosineSimilarity(a!, b!),
  layerNorm: () => (x) => ng.layerNorm(x!, null, null),
  layerNormWeight: () => (x, y) =>
    cotangent((w) => ng.layerNorm(x!, w!, null), [like(x!, x!.shape.slice(-1), 1)], 0, y!),
  batchNorm: () => (x) => ng.batchNorm(x!, null, null),
  softmax: ({ axis }: { readonly axis: number }) => (a) => ng.softmax(a!, { axis }),
  attention: () => (q, k, v) => ng.scaledDotProductAttention(q!, k!, v!),
  attentionGradient: ({ of }: { readonly of: number }) => (q, k, v, y) =>
    cotangent((q, k, v) => ng.scaledDotProductAttention(q!, k!, v!), [q!, k!, v!], of, y!),
  mseLoss: () => (a, b) => ng.mseLoss(a!, b!),
  softmaxCrossEntropy: () => (a) => ng.softmaxCrossEntropy(a!, places(a!, 4)),
  nllLoss: () => (a) => ng.nllLoss(a!, places(a!, 4)),
  klDivergence: () => (a) => ng.klDivergence(ng.log(ng.add(a!, 1)), ng.add(a!, 0.5), { reduction: "sum" }),
  scatter: () => (a) => ng.scatter(like(a!, [3, ...a!.shape.slice(1)], 0), places(a!, 3), a!, { mode: "add" }),
  takeGradient: () => (a) => cotangent((t) => ng.take(t!, places(a!, 3)), [like(a!, [3, a!.shape[1]!], 0)], 0, a!),
  broadcastGradient: () => (a) =>
    cotangent((b) => ng.add(like(a!, a!.shape, 0), b!), [like(a!, a!.shape.slice(1), 1)], 0, a!),
};

/** What the operands hold, the same numbers as the fixture's. */
function filled(fill: string, size: number, salt: number): Float32Array {
  if (fill === "constant") return new Float32Array(size).fill(0.1);
  if (fill === "alternating") return filled("random", size, salt).map((x, i) => x * (i % 2 === 0 ? 1000 : 0.001));
  return Float32Array.from({ length: size }, (_, i) => {
    let h = Math.imul(i + Math.imul(salt + 1, 0x9e3779b9), 0x85ebca6b);
    h = Math.imul(h ^ h >>> 16, 0x7feb352d);
    h = Math.imul(h ^ h >>> 15, 0x846ca68b);
    return ((h ^ h >>> 16) >>> 8) / 2 ** 24;
  });
}

/** The distance of neighbouring float32 numbers, relative to them: what a rounding after the sum may add. */
const ROUNDING = 2 ** -23;

/** The most elements with which the reference engine is tried, too: its sums are in float64, whatever their length. */
const FEW = 10_000;

/** The largest error, relative to the largest element. */
function errorOf(value: Tensor, exact: Tensor): number {
  const [found, wanted] = [value, exact].map((t) => ng.toList(t) as readonly number[]) as [number[], number[]];
  const top = wanted.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return found.reduce((most, x, i) => Math.max(most, Math.abs(x - wanted[i]!)), 0) / top;
}

for (const { kind, options, fill, sizes, worst } of json as unknown as readonly SumCase[]) {
  const shapes = sizes[0]!.map((shape) => `[${shape}]`).join(" and ");
  Deno.test(`sums are as exact as PyTorch's: ${kind} ${JSON.stringify(options)} of ${shapes} and longer, ${fill}`, () => {
    const f = KINDS[kind]!(options as never);
    for (const size of sizes) {
      const data = size.map((shape, i) => filled(fill, shape.reduce((count, n) => count * n, 1), i));
      const operands = <D extends DType>(dtype: D) =>
        data.map((values, i) => ng.constant(values, { dtype, shape: size[i]! }));
      const exact = f(...operands("float64")), given = operands("float32"), most = 2 * worst + ROUNDING;
      const check = (value: Tensor, how: string) =>
        assertLessOrEqual(errorOf(value, exact), most, `${size.map((shape) => `[${shape}]`)}, ${how}`);
      check(f(...given), "plain");
      check(ng.compile(f)(...given), "compiled");
      if (data.reduce((total, { length }) => total + length, 0) > FEW) continue;
      const previous = ng.setEngine(ng.engines.reference);
      try {
        check(f(...given), "reference");
      } finally {
        ng.setEngine(previous);
      }
    }
  });
}

Deno.test("every kind of sum is compared with PyTorch", () => {
  assertEquals([...new Set(json.map(({ kind }) => kind))].sort(), Object.keys(KINDS).sort());
});
