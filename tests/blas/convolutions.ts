/**
 * Convolution by the definition, and random convolutions: what the tests of every engine share.
 *
 * @module
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type ConvolutionGeometry, windowCount } from "../../blas/convolution.ts";
import { type DType, newData, type ReadonlyDataOf } from "../../blas/dtype.ts";
import type { Engine } from "../../blas/engine.ts";
import { rowMajorStrides, type Shape, sizeOf } from "../../blas/shape.ts";
import { type MutableView, unsafeView, type View } from "../../blas/view.ts";
import { elementsOf, viewArbitrary } from "./layouts.ts";

/** The operands of a convolution: two are given, the third is computed. */
export type Convolution<D extends DType = DType> = {
  readonly geometry: ConvolutionGeometry;
  readonly x: View<D>;
  readonly w: View<D>;
  readonly y: View<D>;
};

type Counts = { readonly min?: number; readonly max: number };

/** How large random convolutions are. */
export type Extents = {
  readonly batch: Counts;
  /** Channels and filters in a group. */
  readonly channels: Counts;
  readonly groups: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  /** The rows and columns of the image beyond those needed. */
  readonly beyond: number;
};

/** A few of everything, none included. */
export const SMALL: Extents = {
  batch: { min: 0, max: 3 },
  channels: { min: 0, max: 4 },
  groups: 3,
  kernel: 4,
  stride: 3,
  padding: 3,
  dilation: 3,
  beyond: 9,
};

/** Any geometry with the shapes of its operands. */
export function shapesArbitrary(extents: Extents = SMALL) {
  const { batch, channels, groups, kernel, stride, padding, dilation, beyond } = extents;
  const upTo = (max: number) => fc.integer({ min: 1, max });
  const axis = fc.record({
    kernel: upTo(kernel),
    stride: upTo(stride),
    dilation: upTo(dilation),
    before: fc.nat(padding),
    after: fc.nat(padding),
    beyond: fc.nat(beyond),
  }).map((a) => {
    const length = Math.max(1, a.dilation * (a.kernel - 1) + 1 - a.before - a.after) + a.beyond;
    return { ...a, length, count: windowCount(length, a.kernel, { ...a, padding: a.before + a.after }) };
  });
  return fc.record({
    batch: fc.integer(batch),
    channels: fc.integer(channels),
    filters: fc.integer(channels),
    groups: upTo(groups),
    down: axis,
    across: axis,
  }).map(({ batch, channels, filters, groups, down, across }) => ({
    geometry: {
      stride: [down.stride, across.stride],
      padding: [down.before, across.before, down.after, across.after],
      dilation: [down.dilation, across.dilation],
      groups,
    } as ConvolutionGeometry,
    x: [batch, channels * groups, down.length, across.length],
    w: [filters * groups, channels, down.kernel, across.kernel],
    y: [batch, filters * groups, down.count, across.count],
  }));
}

/** Any convolution, all three operands filled, with any strides. */
export function convolutionArbitrary<D extends DType>(
  dtype: D,
  extents: Extents = SMALL,
): fc.Arbitrary<Convolution<D>> {
  const filled = (shape: Shape) => viewArbitrary(dtype, shape) as fc.Arbitrary<View<D>>;
  return shapesArbitrary(extents).chain(({ geometry, x, w, y }) =>
    fc.record({ geometry: fc.constant(geometry), x: filled(x), w: filled(w), y: filled(y) })
  );
}

/** A row-major array that holds NaN, which shows if it is read or not overwritten. */
export function unwritten<D extends DType>(dtype: D, shape: Shape): MutableView<D> {
  const data = newData(dtype, sizeOf(shape) + 5);
  data.fill(NaN);
  return unsafeView<D>(data as ReadonlyDataOf<D>, shape, rowMajorStrides(shape), 3);
}

/** Visits the indices of all products: seven loops, as in the definition. */
export function forEachProduct(
  { geometry: { stride, padding, dilation, groups }, x, w, y }: Convolution,
  visit: (x: readonly number[], w: readonly number[], y: readonly number[]) => void,
): void {
  const [batch, , height, width] = x.shape as [number, number, number, number];
  const [filters, channels, kernelHeight, kernelWidth] = w.shape as [number, number, number, number];
  const [, , rows, columns] = y.shape as [number, number, number, number];
  for (let n = 0; n < batch; n++) {
    for (let f = 0; f < filters; f++) {
      for (let c = 0; c < channels; c++) {
        const channel = Math.floor(f / (filters / groups)) * channels + c;
        for (let i = 0; i < rows; i++) {
          for (let j = 0; j < columns; j++) {
            for (let u = 0; u < kernelHeight; u++) {
              for (let v = 0; v < kernelWidth; v++) {
                const row = i * stride[0] - padding[0] + u * dilation[0];
                const column = j * stride[1] - padding[1] + v * dilation[1];
                if (row < 0 || row >= height || column < 0 || column >= width) continue;
                visit([n, channel, row, column], [f, c, u, v], [n, f, i, j]);
              }
            }
          }
        }
      }
    }
  }
}

const at = ({ shape }: { readonly shape: Shape }, index: readonly number[]): number =>
  index.reduce((sum, i, axis) => sum + i * rowMajorStrides(shape)[axis]!, 0);

/** Returns what each of the three functions computes from the operands of the two others, in float64, row-major. */
export function naive(convolution: Convolution): { readonly [K in "x" | "w" | "y"]: readonly number[] } {
  const { x, w, y } = convolution, result = { x: zeros(x), w: zeros(w), y: zeros(y) };
  forEachProduct(convolution, (ix, iw, iy) => {
    const a = x.get(...ix), b = w.get(...iw), c = y.get(...iy);
    result.y[at(y, iy)]! += a * b;
    result.x[at(x, ix)]! += c * b;
    result.w[at(w, iw)]! += a * c;
  });
  return result;
}

const zeros = ({ size }: View): number[] => new Array<number>(size).fill(0);

/** Returns what an engine computes for the three. */
export function computed<D extends DType>(
  engine: Pick<Engine, "conv2d" | "conv2dInput" | "conv2dWeight">,
  { geometry, x, w, y }: Convolution<D>,
): { readonly [K in "x" | "w" | "y"]: View<D> } {
  const result = { x: unwritten(x.dtype, x.shape), w: unwritten(x.dtype, w.shape), y: unwritten(x.dtype, y.shape) };
  engine.conv2d({ geometry, x, w, y: result.y });
  engine.conv2dInput({ geometry, x: result.x, w, y });
  engine.conv2dWeight({ geometry, x, w: result.w, y });
  return result as { readonly [K in "x" | "w" | "y"]: View<D> };
}

/** Returns the largest absolute value of an array. */
const largest = (v: View): number => elementsOf(v).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/**
 * Fails unless an engine computes the result of the definition, and changes neither operands nor what surrounds
 * results.
 */
export function assertConvolves(engine: Parameters<typeof computed>[0], convolution: Convolution): void {
  const before = [convolution.x, convolution.w, convolution.y].map(({ data }) => data.slice());
  const expected = naive(convolution), actual = computed(engine, convolution);
  const tolerance = convolution.x.dtype === "float32" ? 2e-5 : 1e-12;
  const { x, w, y } = convolution,
    filters = Math.max(w.shape[0]!, 1),
    size = { x: largest(x), w: largest(w), y: largest(y) };
  // A bound on each sum, from the number of products and the largest numbers. Sums may cancel; errors do not.
  const most = {
    y: w.size / filters * size.x * size.w,
    x: w.size * size.w * size.y,
    w: y.size / filters * size.x * size.y,
  };
  for (const name of ["y", "x", "w"] as const) {
    const { data, size } = actual[name], slack = Math.max(tolerance * 64, tolerance / 10 * most[name]);
    elementsOf(actual[name]).forEach((value, k) => {
      assertAlmostEquals(value, expected[name][k]!, slack, `${name}[${k}] of ${size}`);
    });
    assertEquals([...data.slice(0, 3), ...data.slice(3 + size)].every(Number.isNaN), true, `what surrounds ${name}`);
  }
  assertEquals([convolution.x, convolution.w, convolution.y].map(({ data }) => data), before);
}
