/**
 * Running results along an axis, other than the sums of `cumsum.ts`: linear recurrences, products, extrema and their
 * positions, logarithms of sums.
 *
 * @module
 */
import type { DType } from "./dtype.ts";
import { forEachLine } from "./lines.ts";
import type { Extremum } from "./search.ts";
import type { MutableView, View } from "./view.ts";

/** The operands of {@link linearRecurrence}. */
export type RecurrenceOperands<D extends DType> = {
  readonly axis: number;
  /** Whether it starts at the end of the axis. */
  readonly reverse: boolean;
  /** The factors, of any strides. */
  readonly a: View<D>;
  /** The shape of `a`. */
  readonly b: View<D>;
  /** The shape of `a`. */
  readonly y: MutableView<D>;
};

/**
 * Computes `y[j] = a[j] * y[j - 1] + b[j]` along an axis, or from its other end, in float64; before the first it is 0. A factor
 * of 0 begins anew, whatever comes before it: infinities and NaN too.
 */
export function linearRecurrence<D extends DType>({ axis, reverse, a, b, y }: RecurrenceOperands<D>): void {
  const count = y.shape[axis]!, first = reverse ? count - 1 : 0, turn = reverse ? -1 : 1;
  const views = [a, b, y].map(({ shape, stride, offset }) => ({
    shape,
    stride,
    offset: offset + first * stride[axis]!,
  }));
  const [aStep, bStep, yStep] = [a, b, y].map(({ stride }) => turn * stride[axis]!) as [number, number, number]; // of three
  forEachLine(axis, views, (starts) => {
    let [p, q, r] = starts as readonly [number, number, number]; // one for each view
    for (let j = 0, value = 0; j < count; j++, p += aStep, q += bStep, r += yStep) {
      const factor = a.data[p]!;
      y.data[r] = value = j === 0 ? b.data[q]! : (factor === 0 ? 0 : factor * value) + b.data[q]!;
    }
  });
}

/** The operands of the other functions. */
export type RunningOperands<D extends DType> = {
  readonly axis: number;
  /** Any strides. */
  readonly x: View<D>;
  /** The shape of `x`. */
  readonly y: MutableView<D>;
};

/** Computes `y[j] = x[0] * … * x[j]` along an axis, in float64. */
export function runningProduct<D extends DType>({ axis, x, y }: RunningOperands<D>): void {
  const count = x.shape[axis]!, xStep = x.stride[axis]!, yStep = y.stride[axis]!;
  forEachLine(axis, [x, y], ([p, q]) => {
    let product = 1;
    for (let j = 0; j < count; j++) y.data[q! + j * yStep] = product *= x.data[p! + j * xStep]!;
  });
}

/** Writes, for each element, the largest or smallest of it and all before it along the axis; NaN from the first NaN on. */
export function runningExtremum<D extends DType>(given: RunningOperands<D> & { readonly extremum: Extremum }): void {
  walkExtrema(given, (data, q, best) => data[q] = best);
}

/**
 * Writes, for each element, the position of the largest or smallest of it and all before it along the axis: the last of
 * equal ones, and from the first NaN on the position of that.
 */
export function runningSearch<D extends DType>(given: RunningOperands<D> & { readonly extremum: Extremum }): void {
  walkExtrema(given, (data, q, _, at) => data[q] = at);
}

function walkExtrema<D extends DType>(
  { axis, extremum, x, y }: RunningOperands<D> & { readonly extremum: Extremum },
  write: (data: MutableView["data"], q: number, best: number, at: number) => void,
): void {
  const count = x.shape[axis]!, xStep = x.stride[axis]!, yStep = y.stride[axis]!, sign = extremum === "max" ? 1 : -1;
  forEachLine(axis, [x, y], ([p, q]) => {
    let best = sign * x.data[p!]!, at = 0;
    for (let j = 0; j < count; j++) {
      const value = sign * x.data[p! + j * xStep]!;
      if (value >= best || (value !== value && best === best)) at = j;
      best = Math.max(best, value); // 0, not -0, if both are there
      write(y.data, q! + j * yStep, sign * best, at);
    }
  });
}

/** Computes `log(exp(x[0]) + … + exp(x[j]))` along an axis, without overflow. */
export function runningLogSumExp<D extends DType>({ axis, x, y }: RunningOperands<D>): void {
  const count = x.shape[axis]!, xStep = x.stride[axis]!, yStep = y.stride[axis]!;
  forEachLine(axis, [x, y], ([p, q]) => {
    let peak = -Infinity, sum = 0; // of exp(x - peak)
    for (let j = 0; j < count; j++) {
      const value = x.data[p! + j * xStep]!;
      if (value === peak) sum += value === -Infinity ? 0 : 1;
      else if (value < peak) sum += Math.exp(value - peak);
      else {
        sum = sum * Math.exp(peak - value) + 1;
        peak = value;
      }
      y.data[q! + j * yStep] = sum === 0 ? -Infinity : peak + Math.log(sum);
    }
  });
}
