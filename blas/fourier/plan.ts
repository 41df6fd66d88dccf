/**
 * Fourier transforms of runs of any length.
 *
 * @module
 */
import { type ComplexRun, mixedRadix, radicesOf } from "./mixed_radix.ts";
import { listRoots } from "./roots.ts";

/** Transforms a run in place: `X[k] = sum_j x[j] exp(-2 pi i j k / length)`. */
export type FourierPlan = (run: ComplexRun) => void;

/** The latest plans, oldest first: making one takes longer than several transforms. */
const plans: Map<number, FourierPlan> = /* @__PURE__ */ new Map();

/** The number of plans kept, and the longest: a plan holds a few arrays of its length. */
const MOST_PLANS = 16, LONGEST_KEPT = 0x4_0000;

/** Returns the function that transforms runs of this length, 1 or more. */
export function planFourier(length: number): FourierPlan {
  const known = plans.get(length);
  if (known !== undefined) return known;
  const radices = radicesOf(length), made = radices === undefined ? bluestein(length) : mixedRadix(length, radices);
  if (length > LONGEST_KEPT) return made;
  if (plans.size >= MOST_PLANS) { for (const oldest of [...plans.keys()].slice(0, 1)) plans.delete(oldest); }
  plans.set(length, made);
  return made;
}

/**
 * Transforms a length that has a large prime factor, as a convolution of a power of two: with `w[k] = exp(-pi i k^2 / n)`,
 * `j k = (j^2 + k^2 - (k - j)^2) / 2` makes the sum over `j` that of `x[j] w[j]` times the conjugate of `w[k - j]`.
 *
 * @see Bluestein, A linear filtering approach to the computation of discrete Fourier transform, 1970.
 */
function bluestein(length: number): FourierPlan {
  const size = 2 ** Math.ceil(Math.log2(2 * length - 1)), inner = mixedRadix(size, radicesOf(size)!);
  const chirp = listRoots(length, 2 * length, (k) => k * k % (2 * length));
  const kernel = { re: new Float64Array(size), im: new Float64Array(size) };
  for (let k = 0; k < length; k++) {
    for (const at of [k, (size - k) % size]) {
      kernel.re[at] = chirp.cos[k]!;
      kernel.im[at] = chirp.sin[k]!;
    }
  }
  inner(kernel);
  const work = { re: new Float64Array(size), im: new Float64Array(size) };
  return ({ re, im }) => {
    work.re.fill(0);
    work.im.fill(0);
    for (let k = 0; k < length; k++) {
      const c = chirp.cos[k]!, s = -chirp.sin[k]!;
      work.re[k] = re[k]! * c - im[k]! * s;
      work.im[k] = re[k]! * s + im[k]! * c;
    }
    inner(work);
    // The inverse transform is the transform with real and imaginary parts exchanged.
    for (let k = 0; k < size; k++) {
      const x = work.re[k]!, y = work.im[k]!;
      work.re[k] = x * kernel.re[k]! - y * kernel.im[k]!;
      work.im[k] = x * kernel.im[k]! + y * kernel.re[k]!;
    }
    inner({ re: work.im, im: work.re });
    for (let k = 0; k < length; k++) {
      const c = chirp.cos[k]! / size, s = -chirp.sin[k]! / size, x = work.re[k]!, y = work.im[k]!;
      re[k] = x * c - y * s;
      im[k] = x * s + y * c;
    }
  };
}
