/**
 * Fourier transforms of arrays along one axis, computed in float64 whatever the dtype.
 *
 * @module
 */
import type { MutableView, View } from "../view.ts";
import { lineOffsets, newRun, readLine, writeLine } from "./lines.ts";
import { planFourier } from "./plan.ts";

/** Real and imaginary parts. */
export type ComplexView = readonly [real: View, imaginary: View];

/** Real and imaginary parts that were just allocated. */
export type MutableComplexView = readonly [real: MutableView, imaginary: MutableView];

/** The transforms of all lines of arrays along an axis, which write their results. */
export type FourierTransforms = {
  /**
   * Transforms every line: `Y[k] = sum_j x[j] exp(sign 2 pi i j k / n)`.
   *
   * @param sign -1 for the transform, 1 for its inverse times `n`.
   */
  transformLines(z: ComplexView, axis: number, sign: 1 | -1, results: MutableComplexView): void;
  /**
   * Transforms every line of real numbers; the results are the first `floor(n / 2) + 1`: the others are their
   * conjugates.
   */
  transformRealLines(x: View, axis: number, results: MutableComplexView): void;
  /**
   * Computes the adjoint of {@link transformRealLines}: the real parts of `sum_k z[k] exp(2 pi i j k / n)`, over the
   * `floor(n / 2) + 1` that are given.
   */
  transformToRealLines(z: ComplexView, axis: number, result: MutableView): void;
};

/** The transforms in plain loops. */
export const PLAIN_TRANSFORMS: FourierTransforms = { transformLines, transformRealLines, transformToRealLines };

function transformLines(
  [real, imaginary]: ComplexView,
  axis: number,
  sign: 1 | -1,
  [re, im]: MutableComplexView,
): void {
  const { shape } = real,
    starts = lineOffsets(real, axis),
    others = lineOffsets(imaginary, axis),
    ends = lineOffsets(re, axis);
  if (starts.length === 0) return;
  const plan = planFourier(shape[axis]!), run = newRun(shape[axis]!), moved = im.offset - re.offset;
  // With the parts exchanged before and after, the transform is the one with the other sign.
  const turned = sign === -1 ? run : { re: run.im, im: run.re };
  starts.forEach((start, line) => {
    readLine(real, axis, start, run.re);
    readLine(imaginary, axis, others[line]!, run.im);
    plan(turned);
    writeLine(re, axis, ends[line]!, run.re);
    writeLine(im, axis, ends[line]! + moved, run.im);
  });
}

function transformRealLines(x: View, axis: number, [re, im]: MutableComplexView): void {
  const starts = lineOffsets(x, axis), ends = lineOffsets(re, axis), length = x.shape[axis]!;
  if (starts.length === 0) return;
  const plan = planFourier(length), run = newRun(length), first = newRun(length), second = newRun(length);
  const moved = im.offset - re.offset;
  const write = (line: number, from: typeof run): void => {
    writeLine(re, axis, ends[line]!, from.re);
    writeLine(im, axis, ends[line]! + moved, from.im);
  };
  // Two lines at once, as the real and the imaginary parts of one: their transforms are the parts of it that are symmetric
  // and antisymmetric.
  for (let line = 0; line < starts.length; line += 2) {
    readLine(x, axis, starts[line]!, run.re);
    const paired = line + 1 < starts.length;
    if (paired) readLine(x, axis, starts[line + 1]!, run.im);
    else run.im.fill(0);
    plan(run);
    for (let k = 0; 2 * k <= length; k++) {
      const other = (length - k) % length;
      const a = run.re[k]!, b = run.im[k]!, c = run.re[other]!, d = run.im[other]!;
      first.re[k] = (a + c) / 2;
      first.im[k] = (b - d) / 2;
      second.re[k] = (b + d) / 2;
      second.im[k] = (c - a) / 2;
    }
    write(line, first);
    if (paired) write(line + 1, second);
  }
}

function transformToRealLines([real, imaginary]: ComplexView, axis: number, result: MutableView): void {
  const length = result.shape[axis]!, given = real.shape[axis]!;
  const starts = lineOffsets(real, axis), others = lineOffsets(imaginary, axis), ends = lineOffsets(result, axis);
  if (starts.length === 0 || ends.length === 0) return;
  const plan = planFourier(length), run = newRun(length), line = newRun(given);
  // Two lines at once: with h the conjugate-symmetric part of each, the transform of h1 + i h2 has their real parts.
  for (let at = 0; at < ends.length; at += 2) {
    run.re.fill(0);
    run.im.fill(0);
    const count = Math.min(2, ends.length - at);
    for (let own = 0; own < count; own++) {
      readLine(real, axis, starts[at + own]!, line.re);
      readLine(imaginary, axis, others[at + own]!, line.im);
      for (let k = 0; k < given; k++) {
        const x = line.re[k]! / 2, y = line.im[k]! / 2, other = (length - k) % length;
        run.re[k]! += own === 0 ? x : -y;
        run.im[k]! += own === 0 ? y : x;
        run.re[other]! += own === 0 ? x : y;
        run.im[other]! += own === 0 ? -y : x;
      }
    }
    plan({ re: run.im, im: run.re });
    writeLine(result, axis, ends[at]!, run.re);
    if (count === 2) writeLine(result, axis, ends[at + 1]!, run.im);
  }
}
