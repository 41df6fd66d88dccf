/**
 * Running sums along an axis.
 *
 * @module
 */
import type { DType } from "./dtype.ts";
import { coalesce, forEachRun } from "./walk.ts";
import type { MutableView, View } from "./view.ts";

/** The operands of {@link cumulativeSum}. */
export type CumulativeSumOperands<D extends DType> = {
  readonly axis: number;
  /** Whether sums start at the end of the axis. Default: false. */
  readonly reverse?: boolean;
  /** Any strides. */
  readonly x: View<D>;
  /** The shape of `x`. */
  readonly y: MutableView<D>;
};

/** `y[…, j, …] = x[…, 0, …] + … + x[…, j, …]` along an axis, or from its other end; accumulated in float64. */
export function cumulativeSum<D extends DType>({ axis, reverse = false, x, y }: CumulativeSumOperands<D>): void {
  const rest = x.shape.map((_, k) => k).filter((k) => k !== axis), count = x.shape[axis]!;
  if (count === 0) return;
  const across = coalesce(
    rest.map((k) => x.shape[k]!),
    [x, y].map(({ stride }) => rest.map((k) => stride[k]!)),
  );
  const last = across.shape.length - 1,
    n = across.shape[last]!,
    turn = reverse ? -1 : 1,
    first = reverse ? count - 1 : 0;
  const [xStep, yStep] = across.strides.map((strides) => strides[last]!) as [number, number]; // a step of each operand
  const xAlong = x.stride[axis]!, yAlong = y.stride[axis]!, alongFirst = yAlong <= yStep || n === 1;
  const sums = new Float64Array(alongFirst ? 0 : n);
  forEachRun(across, [x.offset + first * xAlong, y.offset + first * yAlong], ([p, q]) => {
    if (alongFirst) {
      const from = x.data as Data, to = y.data; // the operand is only read
      let i = 0;
      for (; i + 4 <= n; i += 4) {
        addFour(from, to, p! + i * xStep, q! + i * yStep, count, turn * xAlong, turn * yAlong, xStep, yStep);
      }
      for (; i < n; i++) addAlong(from, to, p! + i * xStep, q! + i * yStep, count, turn * xAlong, turn * yAlong);
      return;
    }
    sums.fill(0);
    for (let j = 0; j < count; j++) {
      // Likewise.
      addAcross(x.data as Data, y.data, sums, p! + j * turn * xAlong, q! + j * turn * yAlong, xStep, yStep);
    }
  });
}

type Data = MutableView["data"];

/** Computes the running sums of one line. */
function addAlong(x: Data, y: Data, p: number, q: number, count: number, xStep: number, yStep: number): void {
  let sum = 0;
  for (let j = 0; j < count; j++) {
    sum += x[(p + Math.imul(j, xStep)) | 0]!;
    y[(q + Math.imul(j, yStep)) | 0] = sum;
  }
}

/** Computes the running sums of four lines at once: none of them waits for the additions of another. */
function addFour(
  x: Data,
  y: Data,
  p: number,
  q: number,
  count: number,
  xStep: number,
  yStep: number,
  xAcross: number,
  yAcross: number,
): void {
  let a = 0, b = 0, c = 0, d = 0;
  for (let j = 0; j < count; j++) {
    let read = (p + Math.imul(j, xStep)) | 0, write = (q + Math.imul(j, yStep)) | 0;
    a += x[read]!;
    y[write] = a;
    b += x[read = (read + xAcross) | 0]!;
    y[write = (write + yAcross) | 0] = b;
    c += x[read = (read + xAcross) | 0]!;
    y[write = (write + yAcross) | 0] = c;
    d += x[(read + xAcross) | 0]!;
    y[(write + yAcross) | 0] = d;
  }
}

/** Computes the next running sum of each of many lines. */
function addAcross(x: Data, y: Data, sums: Float64Array, p: number, q: number, xStep: number, yStep: number): void {
  for (let i = 0; i < sums.length; i++) {
    y[(q + Math.imul(i, yStep)) | 0] = sums[i] = sums[i]! + x[(p + Math.imul(i, xStep)) | 0]!;
  }
}
