/**
 * Kernels of Fourier transforms: one stage for two lines at once, one in each lane of a vector.
 *
 * @module
 */
import { rootOfUnity } from "../../fourier/roots.ts";
import {
  type Expression,
  f64x2,
  type FunctionBuilder,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
} from "../../wasm/mod.ts";
import type { KernelModule } from "../kernels.ts";
import type { Vector } from "../lane_instructions.ts";

/** A complex number for each lane. */
export type ComplexVector = { readonly re: Vector; readonly im: Vector };

/** The bytes of a vector, and of the real parts followed by the imaginary ones. */
export const VECTOR_BYTES = 16, COMPLEX_BYTES = 32;

/** Returns the kernels that compute a stage of a radix: a module for each, so that a program has only those that it uses. */
export const stageKernels = (radix: number): KernelModule => ({
  name: `fourier ${radix}`,
  build: (m) => buildStage(m, radix),
});

/**
 * Builds `stage(from, to, parts, stride, roots)`, a stage of Stockham's form of decimation in frequency: from
 * `radix * parts` sequences of `stride` complex vectors. `roots` has cosine and sine, in float64, of the roots that results
 * 1, 2, … of each part are multiplied by, from the second part on; those of the first one are 1.
 */
function buildStage(m: ModuleBuilder, radix: number): void {
  const parameters = { from: "i32", to: "i32", parts: "i32", stride: "i32", roots: "i32" } as const;
  m.function({ name: "stage", parameters }, (f, { from, to, parts, stride, roots }) => {
    const run = f.let(i32.mul(stride, COMPLEX_BYTES)), back = f.let(i32.mul(run, radix - 1));
    const sources = pointers(f, from, i32.mul(run, parts), radix), targets = pointers(f, to, run, radix);
    const butterfly = (turned: readonly ComplexVector[]) => {
      f.for({ to: stride }, () => {
        const inputs = sources.map((p) => ({ re: f.let(v128.load(p)), im: f.let(v128.load(p, VECTOR_BYTES)) }));
        butterflyOf(f, inputs).forEach((y, k) => {
          const root = turned[k - 1], z = root === undefined ? y : product(f, y, root), p = targets[k]!;
          f.do(v128.store(p, z.re), v128.store(p, z.im, VECTOR_BYTES));
        });
        for (const p of [...sources, ...targets]) f.increment(p, COMPLEX_BYTES);
      });
      // The next part's results follow the last result of this one.
      for (const p of targets) f.increment(p, back);
    };
    butterfly([]);
    f.for({ from: 1, to: parts }, () => {
      const turned = Array.from({ length: radix - 1 }, (_, k) => ({
        re: f.let(v128.load64_splat(roots, VECTOR_BYTES * k)),
        im: f.let(v128.load64_splat(roots, VECTOR_BYTES * k + 8)),
      }));
      butterfly(turned);
      f.increment(roots, VECTOR_BYTES * (radix - 1));
    });
  });
}

/** Declares pointers at equal distances. */
const pointers = (
  f: FunctionBuilder,
  first: Expression<"i32">,
  step: Expression<"i32">,
  count: number,
): readonly Local<"i32">[] => {
  const distance = f.let(step);
  return Array.from({ length: count }, (_, k) => f.let(i32.add(first, i32.mul(distance, k))));
};

/** Multiplies complex numbers. */
export function product(f: FunctionBuilder, a: ComplexVector, b: ComplexVector): ComplexVector {
  return {
    re: f.let(f64x2.sub(f64x2.mul(a.re, b.re), f64x2.mul(a.im, b.im))),
    im: f.let(f64x2.add(f64x2.mul(a.re, b.im), f64x2.mul(a.im, b.re))),
  };
}

type Butterfly = (f: FunctionBuilder, inputs: readonly ComplexVector[]) => readonly ComplexVector[];

const butterflyOf: Butterfly = (f, inputs) => {
  switch (inputs.length) {
    case 2:
      return butterflyOf2(f, inputs);
    case 4:
      return butterflyOf4(f, inputs);
    case 5:
      return butterflyOf5(f, inputs);
    default:
      return butterflyOfOdd(f, inputs);
  }
};

const sum = (f: FunctionBuilder, a: ComplexVector, b: ComplexVector): ComplexVector => ({
  re: f.let(f64x2.add(a.re, b.re)),
  im: f.let(f64x2.add(a.im, b.im)),
});

const difference = (f: FunctionBuilder, a: ComplexVector, b: ComplexVector): ComplexVector => ({
  re: f.let(f64x2.sub(a.re, b.re)),
  im: f.let(f64x2.sub(a.im, b.im)),
});

/** Returns `a - i b`. */
const minusQuarter = (f: FunctionBuilder, a: ComplexVector, b: ComplexVector): ComplexVector => ({
  re: f.let(f64x2.add(a.re, b.im)),
  im: f.let(f64x2.sub(a.im, b.re)),
});

/** Returns `a + i b`. */
const plusQuarter = (f: FunctionBuilder, a: ComplexVector, b: ComplexVector): ComplexVector => ({
  re: f.let(f64x2.sub(a.re, b.im)),
  im: f.let(f64x2.add(a.im, b.re)),
});

const butterflyOf2: Butterfly = (f, [a, b]) => [sum(f, a!, b!), difference(f, a!, b!)];

const butterflyOf4: Butterfly = (f, [a, b, c, d]) => {
  const ac = sum(f, a!, c!), bd = sum(f, b!, d!), even = difference(f, a!, c!), odd = difference(f, b!, d!);
  return [sum(f, ac, bd), minusQuarter(f, even, odd), difference(f, ac, bd), plusQuarter(f, even, odd)];
};

/** As for an odd radix, with fewer products: the cosines of one and two fifths of a turn are `-1 / 4` plus and minus a number. */
const butterflyOf5: Butterfly = (f, [a, b, c, d, e]) => {
  const root = Math.sqrt(5), sine1 = Math.sqrt((5 + root) / 8), sine2 = Math.sqrt((5 - root) / 8);
  const times = (z: ComplexVector, factor: number): ComplexVector => ({
    re: f64x2.mul(z.re, f64x2.const(factor)),
    im: f64x2.mul(z.im, f64x2.const(factor)),
  });
  const be = sum(f, b!, e!), cd = sum(f, c!, d!), beGap = difference(f, b!, e!), cdGap = difference(f, c!, d!);
  const rest = sum(f, be, cd),
    middle = difference(f, a!, times(rest, 0.25)),
    gap = times(difference(f, be, cd), root / 4);
  const even1 = sum(f, middle, gap), even2 = difference(f, middle, gap);
  const odd1 = sum(f, times(beGap, sine1), times(cdGap, sine2)),
    odd2 = difference(f, times(beGap, sine2), times(cdGap, sine1));
  return [
    sum(f, a!, rest),
    minusQuarter(f, even1, odd1),
    minusQuarter(f, even2, odd2),
    plusQuarter(f, even2, odd2),
    plusQuarter(f, even1, odd1),
  ];
};

/** An odd radix: elements `j` and `radix - j` have conjugate roots, so only their sums and differences are needed. */
const butterflyOfOdd: Butterfly = (f, inputs) => {
  const first = inputs[0]!, radix = inputs.length, half = (radix - 1) / 2;
  const pairs = Array.from({ length: half }, (_, k) => [inputs[k + 1]!, inputs[radix - 1 - k]!] as const);
  const sums = pairs.map(([a, b]) => sum(f, a, b)), gaps = pairs.map(([a, b]) => difference(f, a, b));
  /** Adds the multiples of one part of some numbers, by cosines (0) or sines (1) of the multiples of a root. */
  const weighted = (start: Vector | undefined, parts: readonly Vector[], k: number, which: 0 | 1): Vector => {
    const terms = parts.map((x, j) => f64x2.mul(x, f64x2.const(rootOfUnity((j + 1) * k % radix, radix)[which])));
    return f.let((start === undefined ? terms : [start, ...terms]).reduce((a, b) => f64x2.add(a, b)));
  };
  const re = (list: readonly ComplexVector[]) => list.map((z) => z.re),
    im = (list: typeof sums) => list.map((z) => z.im);
  const results: ComplexVector[] = [sums.reduce((a, b) => sum(f, a, b), first)];
  for (let k = 1; k <= half; k++) {
    const even = { re: weighted(first.re, re(sums), k, 0), im: weighted(first.im, im(sums), k, 0) };
    const odd = { re: weighted(undefined, re(gaps), k, 1), im: weighted(undefined, im(gaps), k, 1) };
    results[k] = minusQuarter(f, even, odd);
    results[radix - k] = plusQuarter(f, even, odd);
  }
  return results;
};
