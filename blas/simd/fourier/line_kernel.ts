/**
 * Kernels that bring lines of numbers into the lanes of vectors, and back.
 *
 * @module
 */
import { f32x4, f64x2, type FunctionBuilder, i32, type Local, type ModuleBuilder, v128 } from "../../wasm/mod.ts";
import type { KernelModule } from "../kernels.ts";
import { type LaneInstructions, shuffle, type Vector } from "../lane_instructions.ts";
import { COMPLEX_BYTES, type ComplexVector, product, VECTOR_BYTES } from "./stage_kernel.ts";

/** The kernels on vectors alone. Addresses of real and imaginary parts are apart, so that either can be taken for the other. */
export const TURN_KERNELS: KernelModule = { name: "fourier turn", build: buildTurn };

/** The kernels on lines of a dtype. Lines are `line` bytes apart; they read and write one more element if `n` is odd. */
export const LINE_KERNELS: KernelModule = { name: "fourier lines", build: buildLines };

const all = <N extends string>(...names: readonly N[]): { readonly [K in N]: "i32" } =>
  Object.fromEntries(names.map((name) => [name, "i32"])) as { [K in N]: "i32" }; // one for each name

/** Builds `turn(n, from, fromIm, to, toIm, factors)`: multiplies complex numbers by cosines and sines in float64. */
function buildTurn(m: ModuleBuilder): void {
  const parameters = all("n", "from", "fromIm", "to", "toIm", "factors");
  m.function({ name: "turn", parameters }, (f, { n, from, fromIm, to, toIm, factors }) => {
    f.for({ to: n }, () => {
      const factor = { re: v128.load64_splat(factors), im: v128.load64_splat(factors, 8) };
      const own = { re: f.let(factor.re), im: f.let(factor.im) };
      const z = product(f, { re: f.let(v128.load(from)), im: f.let(v128.load(fromIm)) }, own);
      f.do(v128.store(to, z.re), v128.store(toIm, z.im));
      for (const p of [from, fromIm, to, toIm]) f.increment(p, COMPLEX_BYTES);
      f.increment(factors, VECTOR_BYTES);
    });
  });
}

/**
 * Builds, for the first and the second line of a pair, or the four lines of which two each are one complex line:
 *
 * - `read(n, a, b, to)`, `write(n, from, a, b)`: two lines into the lanes of vectors, and back;
 * - `split(n, z, zIm, re, im, line)`: from the transforms of four real lines, the first and third of which are the real
 *   and the second and fourth the imaginary parts, the first `floor(n / 2) + 1` results of each;
 * - `join(n, re, im, line, z, zIm)`: the adjoint of the transform followed by `split`, before the inverse transform.
 */
function buildLines(m: ModuleBuilder, lanes: LaneInstructions): void {
  const { bytes } = lanes;
  m.function({ name: "read", parameters: all("n", "a", "b", "to") }, (f, { n, a, b, to }) => {
    f.for({ to: n, step: 2 }, () => {
      const x = f.let(loadTwo(lanes, a)), y = f.let(loadTwo(lanes, b));
      f.do(v128.store(to, shuffle(x, y, [0, 2])), v128.store(to, shuffle(x, y, [1, 3]), COMPLEX_BYTES));
      f.increment(a, 2 * bytes);
      f.increment(b, 2 * bytes);
      f.increment(to, 2 * COMPLEX_BYTES);
    });
  });
  m.function({ name: "write", parameters: all("n", "from", "a", "b") }, (f, { n, from, a, b }) => {
    f.for({ to: n, step: 2 }, () => {
      const x = f.let(v128.load(from)), y = f.let(v128.load(from, COMPLEX_BYTES));
      storeTwo(f, lanes, a, shuffle(x, y, [0, 2]));
      storeTwo(f, lanes, b, shuffle(x, y, [1, 3]));
      f.increment(a, 2 * bytes);
      f.increment(b, 2 * bytes);
      f.increment(from, 2 * COMPLEX_BYTES);
    });
  });
  buildSplit(m, lanes);
  buildJoin(m, lanes);
}

function buildSplit(m: ModuleBuilder, lanes: LaneInstructions): void {
  const parameters = all("n", "z", "zIm", "re", "im", "line");
  m.function({ name: "split", parameters }, (f, { n, z, zIm, re, im, line }) => {
    const half = f.let(f64x2.const(0.5)), down = f.local("i32"), downIm = f.local("i32");
    const rows = [re, im].map((start) => [0, 1, 2, 3].map((k) => f.let(i32.add(start, i32.mul(line, k)))));
    /** Returns the results of one index, of which `a` is the number and `b` the one that is as far from the end. */
    const partsOf = (a: ComplexVector, b: ComplexVector): readonly Vector[] =>
      [f64x2.add(a.re, b.re), f64x2.add(a.im, b.im), f64x2.sub(a.im, b.im), f64x2.sub(b.re, a.re)]
        .map((x) => f.let(f64x2.mul(x, half)));
    const at = (p: Local<"i32">, q: Local<"i32">, offset: number) => ({
      re: f.let(v128.load(p, offset)),
      im: f.let(v128.load(q, offset)),
    });
    f.set(down, z);
    f.set(downIm, zIm);
    f.for({ to: i32.add(i32.shr_u(n, 1), 1), step: 2 }, (k) => {
      const first = partsOf(at(z, zIm, 0), at(down, downIm, 0));
      // The number at 0 is its own partner; from then on, partners come from the end.
      f.if(i32.eqz(k), () => {
        f.set(down, i32.add(z, i32.mul(n, COMPLEX_BYTES)));
        f.set(downIm, i32.add(zIm, i32.mul(n, COMPLEX_BYTES)));
      });
      for (const p of [down, downIm]) f.set(p, i32.sub(p, COMPLEX_BYTES));
      const second = partsOf(at(z, zIm, COMPLEX_BYTES), at(down, downIm, 0));
      first.forEach((x, part) => {
        const targets = rows[part >> 1]!, odd = part % 2;
        storeTwo(f, lanes, targets[odd]!, shuffle(x, second[part]!, [0, 2]));
        storeTwo(f, lanes, targets[odd + 2]!, shuffle(x, second[part]!, [1, 3]));
      });
      for (const p of rows.flat()) f.increment(p, 2 * lanes.bytes);
      for (const p of [z, zIm]) f.increment(p, 2 * COMPLEX_BYTES);
      for (const p of [down, downIm]) f.set(p, i32.sub(p, COMPLEX_BYTES));
    });
  });
}

function buildJoin(m: ModuleBuilder, lanes: LaneInstructions): void {
  const parameters = all("n", "re", "im", "line", "z", "zIm");
  m.function({ name: "join", parameters }, (f, { n, re, im, line, z, zIm }) => {
    const half = f.let(f64x2.const(0.5)), down = f.let(i32.add(z, i32.mul(n, COMPLEX_BYTES)));
    const downIm = f.let(i32.add(zIm, i32.mul(n, COMPLEX_BYTES)));
    const rows = [re, im].map((start) => [0, 1, 2, 3].map((k) => f.let(i32.add(start, i32.mul(line, k)))));
    f.for({ to: i32.add(i32.shr_u(n, 1), 1), step: 2 }, (k) => {
      const pairs = rows.map((row) => row.map((p) => f.let(loadTwo(lanes, p))));
      for (const [own, lanesOf] of [[0, [0, 2]], [1, [1, 3]]] as const) {
        // Real and imaginary parts, of the first line of each pair and of the second.
        const [[x, y], [u, v]] = [0, 1].map((line) =>
          pairs.map((row) => f.let(shuffle(row[line]!, row[line + 2]!, lanesOf)))
        ) as readonly Vector[][] as [[Vector, Vector], [Vector, Vector]]; // two rows for each line
        const index = own === 0 ? k : i32.add(k, 1), isMiddle = i32.eq(i32.shl(index, 1), n);
        const whole = own === 0 ? i32.or(i32.eqz(k), isMiddle) : isMiddle;
        f.if(whole, () => {
          // Its own partner: imaginary parts have no effect.
          f.do(v128.store(z, x, own * COMPLEX_BYTES), v128.store(zIm, u, own * COMPLEX_BYTES));
        }, () => {
          f.if(i32.lt_s(i32.shl(index, 1), n), () => {
            const halves = (a: Vector) => f64x2.mul(a, half);
            f.do(
              v128.store(z, halves(f64x2.sub(x, v)), own * COMPLEX_BYTES),
              v128.store(zIm, halves(f64x2.add(y, u)), own * COMPLEX_BYTES),
              v128.store(down, halves(f64x2.add(x, v))),
              v128.store(downIm, halves(f64x2.sub(u, y))),
            );
          });
        });
        for (const p of [down, downIm]) f.set(p, i32.sub(p, COMPLEX_BYTES));
      }
      for (const p of rows.flat()) f.increment(p, 2 * lanes.bytes);
      for (const p of [z, zIm]) f.increment(p, 2 * COMPLEX_BYTES);
    });
  });
}

/** Loads two numbers as float64. */
const loadTwo = ({ dtype }: LaneInstructions, p: Local<"i32">): Vector =>
  dtype === "float64" ? v128.load(p) : f64x2.promote_low_f32x4(v128.load64_zero(p));

/** Stores two numbers, rounded to the dtype. */
function storeTwo(f: FunctionBuilder, { dtype }: LaneInstructions, p: Local<"i32">, x: Vector): void {
  f.do(dtype === "float64" ? v128.store(p, x) : v128.store64_lane(p, f32x4.demote_f64x2_zero(x), 0));
}
