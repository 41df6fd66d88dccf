/**
 * The fast Fourier transform of lengths whose prime factors are small.
 *
 * @module
 */
import { listRoots, type Roots } from "./roots.ts";

/** Complex numbers: real and imaginary parts. */
export type ComplexRun = { readonly re: Float64Array; readonly im: Float64Array };

/** The largest prime that a stage handles: it takes time in proportion to its square. */
const LARGEST_RADIX = 13;

/** Factors a length into 4 and primes of at most 13; `undefined` if there is a larger prime. */
export function radicesOf(length: number): readonly number[] | undefined {
  const radices: number[] = [];
  let rest = length;
  for (const radix of [4, 2, 3, 5, 7, 11, LARGEST_RADIX]) {
    for (; rest % radix === 0; rest /= radix) radices.push(radix);
  }
  return rest === 1 ? radices : undefined;
}

/** One stage: `from` and `to` hold `radix * parts` sequences, `stride` apart, and `roots` those of the whole length. */
type Stage = {
  readonly from: ComplexRun;
  readonly to: ComplexRun;
  readonly radix: number;
  readonly parts: number;
  readonly stride: number;
  readonly roots: Roots;
};

/**
 * Returns a function that transforms runs of this length in place: `X[k] = sum_j x[j] exp(-2 pi i j k / length)`.
 *
 * Stockham's form of decimation in frequency, which needs no permutation: stage by stage, between the run and a second
 * buffer.
 *
 * @see Van Loan, Computational Frameworks for the Fast Fourier Transform, 1992, section 1.7.
 */
export function mixedRadix(length: number, radices: readonly number[]): (run: ComplexRun) => void {
  const roots = listRoots(length, length);
  const spare = { re: new Float64Array(length), im: new Float64Array(length) };
  return (run) => {
    let from = run, to: ComplexRun = spare, stride = 1;
    for (const radix of radices) {
      const stage = { from, to, radix, parts: length / (stride * radix), stride, roots };
      if (radix === 4) stageOf4(stage);
      else if (radix === 2) stageOf2(stage);
      else if (radix === 5) stageOf5(stage);
      else stageOfOdd(stage);
      [from, to] = [to, from];
      stride *= radix;
    }
    if (from === run) return;
    run.re.set(from.re);
    run.im.set(from.im);
  };
}

function stageOf2({ from: { re, im }, to, parts, stride, roots }: Stage): void {
  for (let p = 0; p < parts; p++) {
    const c = roots.cos[p * stride]!, s = -roots.sin[p * stride]!;
    for (let q = 0; q < stride; q++) {
      const i = q + stride * p, j = i + stride * parts, k = q + stride * 2 * p;
      const x = re[i]! - re[j]!, y = im[i]! - im[j]!;
      to.re[k] = re[i]! + re[j]!;
      to.im[k] = im[i]! + im[j]!;
      to.re[k + stride] = x * c - y * s;
      to.im[k + stride] = x * s + y * c;
    }
  }
}

function stageOf4({ from: { re, im }, to: { re: outRe, im: outIm }, parts, stride, roots: { cos, sin } }: Stage): void {
  const step = stride * parts;
  for (let p = 0; p < parts; p++) {
    const at = p * stride;
    const c1 = cos[at]!, s1 = -sin[at]!, c2 = cos[2 * at]!, s2 = -sin[2 * at]!, c3 = cos[3 * at]!, s3 = -sin[3 * at]!;
    for (let q = 0; q < stride; q++) {
      const a = q + at, b = a + step, c = b + step, d = c + step, k = q + 4 * at;
      const acRe = re[a]! + re[c]!, acIm = im[a]! + im[c]!, aMinusRe = re[a]! - re[c]!, aMinusIm = im[a]! - im[c]!;
      const bdRe = re[b]! + re[d]!, bdIm = im[b]! + im[d]!, bMinusRe = re[b]! - re[d]!, bMinusIm = im[b]! - im[d]!;
      const x1 = aMinusRe + bMinusIm, y1 = aMinusIm - bMinusRe, x2 = acRe - bdRe, y2 = acIm - bdIm;
      const x3 = aMinusRe - bMinusIm, y3 = aMinusIm + bMinusRe;
      outRe[k] = acRe + bdRe;
      outIm[k] = acIm + bdIm;
      outRe[k + stride] = x1 * c1 - y1 * s1;
      outIm[k + stride] = x1 * s1 + y1 * c1;
      outRe[k + 2 * stride] = x2 * c2 - y2 * s2;
      outIm[k + 2 * stride] = x2 * s2 + y2 * c2;
      outRe[k + 3 * stride] = x3 * c3 - y3 * s3;
      outIm[k + 3 * stride] = x3 * s3 + y3 * c3;
    }
  }
}

/** Cosines and sines of one and two fifths of a turn. */
const C1 = 0.30901699437494745, C2 = -0.8090169943749475;
const S1 = 0.9510565162951535, S2 = 0.5877852522924731;

/** As for an odd radix, written out: round lengths have many factors of 5. */
function stageOf5({ from: { re, im }, to: { re: outRe, im: outIm }, parts, stride, roots: { cos, sin } }: Stage): void {
  const step = stride * parts;
  for (let p = 0; p < parts; p++) {
    const at = p * stride;
    const c1 = cos[at]!, s1 = -sin[at]!, c2 = cos[2 * at]!, s2 = -sin[2 * at]!;
    const c3 = cos[3 * at]!, s3 = -sin[3 * at]!, c4 = cos[4 * at]!, s4 = -sin[4 * at]!;
    for (let q = 0; q < stride; q++) {
      const a = q + at, b = a + step, c = b + step, d = c + step, e = d + step, k = q + 5 * at;
      const x0 = re[a]!,
        y0 = im[a]!,
        beRe = re[b]! + re[e]!,
        beIm = im[b]! + im[e]!,
        cdRe = re[c]! + re[d]!,
        cdIm = im[c]! + im[d]!;
      const bMinusRe = re[b]! - re[e]!,
        bMinusIm = im[b]! - im[e]!,
        cMinusRe = re[c]! - re[d]!,
        cMinusIm = im[c]! - im[d]!;
      const even1Re = x0 + C1 * beRe + C2 * cdRe, even1Im = y0 + C1 * beIm + C2 * cdIm;
      const even2Re = x0 + C2 * beRe + C1 * cdRe, even2Im = y0 + C2 * beIm + C1 * cdIm;
      const odd1Re = S1 * bMinusIm + S2 * cMinusIm, odd1Im = -S1 * bMinusRe - S2 * cMinusRe;
      const odd2Re = S2 * bMinusIm - S1 * cMinusIm, odd2Im = S1 * cMinusRe - S2 * bMinusRe;
      const x1 = even1Re + odd1Re, y1 = even1Im + odd1Im, x4 = even1Re - odd1Re, y4 = even1Im - odd1Im;
      const x2 = even2Re + odd2Re, y2 = even2Im + odd2Im, x3 = even2Re - odd2Re, y3 = even2Im - odd2Im;
      outRe[k] = x0 + beRe + cdRe;
      outIm[k] = y0 + beIm + cdIm;
      outRe[k + stride] = x1 * c1 - y1 * s1;
      outIm[k + stride] = x1 * s1 + y1 * c1;
      outRe[k + 2 * stride] = x2 * c2 - y2 * s2;
      outIm[k + 2 * stride] = x2 * s2 + y2 * c2;
      outRe[k + 3 * stride] = x3 * c3 - y3 * s3;
      outIm[k + 3 * stride] = x3 * s3 + y3 * c3;
      outRe[k + 4 * stride] = x4 * c4 - y4 * s4;
      outIm[k + 4 * stride] = x4 * s4 + y4 * c4;
    }
  }
}

/** An odd radix: elements `j` and `radix - j` have conjugate roots, so only their sums and differences are needed. */
function stageOfOdd({ from, to: { re: outRe, im: outIm }, radix, parts, stride, roots: { cos, sin } }: Stage): void {
  const { re, im } = from, step = stride * parts, half = (radix - 1) / 2, turn = cos.length / radix;
  // Row `k` has the roots of output `k`: the multiples of `k / radix` turn.
  const own = new Float64Array(2 * half * half), sums = new Float64Array(2 * half), gaps = new Float64Array(2 * half);
  for (let k = 1, at = 0; k <= half; k++) {
    for (let j = 1; j <= half; j++) {
      own[at++] = cos[j * k % radix * turn]!;
      own[at++] = sin[j * k % radix * turn]!;
    }
  }
  for (let p = 0; p < parts; p++) {
    for (let q = 0; q < stride; q++) {
      const first = q + stride * p, out = q + stride * radix * p, x0 = re[first]!, y0 = im[first]!;
      let allRe = x0, allIm = y0;
      for (let j = 0, a = first + step, b = first + (radix - 1) * step; j < 2 * half; j += 2, a += step, b -= step) {
        const x = re[a]! + re[b]!, y = im[a]! + im[b]!;
        sums[j] = x;
        sums[j + 1] = y;
        gaps[j] = re[a]! - re[b]!;
        gaps[j + 1] = im[a]! - im[b]!;
        allRe += x;
        allIm += y;
      }
      outRe[out] = allRe;
      outIm[out] = allIm;
      for (let k = 1, at = 0; k <= half; k++) {
        let evenRe = x0, evenIm = y0, oddRe = 0, oddIm = 0;
        for (let j = 0; j < 2 * half; j += 2, at += 2) {
          evenRe += sums[j]! * own[at]!;
          evenIm += sums[j + 1]! * own[at]!;
          oddRe += gaps[j + 1]! * own[at + 1]!;
          oddIm -= gaps[j]! * own[at + 1]!;
        }
        const near = p * k * stride,
          far = p * (radix - k) * stride,
          a = out + k * stride,
          b = out + (radix - k) * stride;
        const c = cos[near]!, s = -sin[near]!, d = cos[far]!, t = -sin[far]!;
        outRe[a] = (evenRe + oddRe) * c - (evenIm + oddIm) * s;
        outIm[a] = (evenRe + oddRe) * s + (evenIm + oddIm) * c;
        outRe[b] = (evenRe - oddRe) * d - (evenIm - oddIm) * t;
        outIm[b] = (evenRe - oddRe) * t + (evenIm - oddIm) * d;
      }
    }
  }
}
