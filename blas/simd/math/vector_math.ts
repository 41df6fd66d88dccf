/**
 * The instructions in which the vectorised functions are written, under common names for float32 and float64 lanes.
 *
 * A function of this folder takes vectors and returns a vector; it adds the instructions that compute it to the
 * WebAssembly function being built. A vector that is used more than once must come from `keep`.
 *
 * @module
 */
import { type DType, DTYPES } from "../../dtype.ts";
import { FLOAT_VECTORS, type Vector } from "../lane_instructions.ts";
import type { SlowPaths } from "./slow_paths.ts";
import type { VectorFunctions } from "./vector_functions.ts";
import { f32x4, f64x2, type FunctionBuilder, i32x4, i64x2, i8x16, v128 } from "../../wasm/mod.ts";

/** The binary format of a dtype's numbers, and the constants that follow from it. */
export type Format = {
  /** Bits of the fraction. */
  readonly fractionBits: number;
  /** The number that is added to the exponent. */
  readonly bias: number;
  /** The smallest number with a full fraction. */
  readonly minNormal: number;
  /**
   * 1.5 * 2^fractionBits: adding it to a small number leaves the nearest whole number in the lowest bits of the sum.
   */
  readonly rounder: number;
  /** The same, but it leaves the whole number plus the bias; shifted left, these bits are that power of two. */
  readonly exponentRounder: number;
  /** log 2 in two parts; products of the first with whole numbers up to the largest exponent are exact. */
  readonly log2Parts: readonly [high: number, low: number];
};

/** Returns the format of numbers whose fraction has `fractionBits` bits. */
const formatOf = (
  fractionBits: number,
  bias: number,
  { smallestNormal: minNormal }: { readonly smallestNormal: number },
  log2Parts: Format["log2Parts"],
): Format => {
  const rounder = 1.5 * 2 ** fractionBits;
  return { fractionBits, bias, minNormal, rounder, exponentRounder: rounder + bias, log2Parts };
};

/** The formats of IEEE 754; mpmath computed the parts of log 2. */
export const FORMATS: { readonly [D in DType]: Format } = /* @__PURE__ */ (() => ({
  float32: formatOf(23, 127, DTYPES.float32, [0.693115234375, 3.194618329871446e-5]),
  float64: formatOf(52, 1023, DTYPES.float64, [0.6931471804855391, 7.440617110012397e-11]),
}))();

/** The constants of the kernel being built, each computed once at its start. */
export type ConstantPool = {
  readonly get: (key: string, make: () => Vector) => Vector;
  /** Keeps a constant that has no key. */
  readonly keep: (made: Vector) => Vector;
  /** The vectors of numbers so far. */
  readonly numbers: { readonly [D in DType]: Map<number, Vector> };
};

/** Returns the constants of a function. */
export function constantsOf(f: FunctionBuilder): ConstantPool {
  const known = new Map<string, Vector>();
  return {
    get(key, make) {
      const found = known.get(key);
      if (found !== undefined) return found;
      const made = f.constant(make());
      known.set(key, made);
      return made;
    },
    keep: (made) => f.constant(made),
    numbers: { float32: new Map(), float64: new Map() },
  };
}

/** Returns constants that are part of the instructions that use them. */
export const inlineConstants = (): ConstantPool => (
  { get: (_, make) => make(), keep: (made) => made, numbers: { float32: new Map(), float64: new Map() } }
);

/** What the vectorised functions add instructions to. */
export type VectorCode = Pick<FunctionBuilder, "let" | "set" | "if" | "while">;

/** The options of {@link vectorMathOf}. */
export type VectorMathOptions<F extends VectorCode = VectorCode> = {
  readonly f: F;
  readonly dtype: DType;
  /** Whether relaxed SIMD may be used: multiply-add, and choosing between lanes, in one instruction. */
  readonly relaxed: boolean;
  readonly constants: ConstantPool;
  readonly slowPaths: SlowPaths;
  /** The functions that have vector code. */
  readonly functions: VectorFunctions;
};

/** The instructions for one dtype, bound to the function being built. */
export type VectorMath<F extends VectorCode = VectorCode> = VectorMathOptions<F> & {
  readonly format: Format;
  /** Instructions for lanes of floats. */
  readonly float: typeof f32x4 | typeof f64x2;
  /** Instructions for lanes of integers of the same width. */
  readonly integer: typeof i32x4 | typeof i64x2;
  /** Computes a vector now, so that it can be used any number of times. */
  readonly keep: (v: Vector) => Vector;
  /** Returns this number in all lanes. */
  readonly constant: (value: number) => Vector;
  /** Returns these bits in all lanes. */
  readonly bits: (value: bigint) => Vector;
  /** Computes `a * b + c`, rounded once or twice. */
  readonly multiplyAdd: (a: Vector, b: Vector, c: Vector) => Vector;
  /** Computes `c - a * b`, rounded once or twice. */
  readonly subtractProduct: (c: Vector, a: Vector, b: Vector) => Vector;
  /** Chooses the lanes of `a` where the mask's bits are set, otherwise those of `b`. */
  readonly choose: (mask: Vector, a: Vector, b: Vector) => Vector;
  /** Computes the polynomial with these coefficients, lowest power first. */
  readonly polynomial: (x: Vector, coefficients: readonly number[]) => Vector;
};

/** The integers as wide as a dtype's numbers: their instructions, and vectors of the same bits in all lanes. */
const INTEGERS: {
  readonly [D in DType]: Pick<VectorMath, "integer"> & { readonly bits: (value: bigint) => Vector };
} = {
  float32: { integer: i32x4, bits: (value) => i32x4.const(Number(value)) },
  float64: { integer: i64x2, bits: (value) => i64x2.const(value) },
};

/** Returns the instructions of a dtype. */
export function vectorMathOf<F extends VectorCode>(options: VectorMathOptions<F>): VectorMath<F> {
  const { f, dtype, relaxed, constants } = options, float = FLOAT_VECTORS[dtype];
  const { integer, bits } = INTEGERS[dtype];
  // As keys of a map, -0 and 0 are the same number.
  const numbers = constants.numbers[dtype], minusZero = () => constants.get(`${dtype} -0`, () => float.const(-0));
  function constant(value: number) {
    if (Object.is(value, -0)) return minusZero();
    const found = numbers.get(value);
    if (found !== undefined) return found;
    const made = constants.keep(float.const(value));
    numbers.set(value, made);
    return made;
  }
  const multiplyAdd: VectorMath["multiplyAdd"] = relaxed
    ? float.relaxed_madd
    : (a, b, c) => float.add(float.mul(a, b), c);
  return {
    ...options,
    format: FORMATS[dtype],
    float,
    integer,
    keep: (v) => f.let(v),
    constant,
    bits: (value) => constants.get(`${dtype} bits ${value}`, () => bits(value)),
    multiplyAdd,
    subtractProduct: relaxed ? (c, a, b) => float.relaxed_nmadd(a, b, c) : (c, a, b) => float.sub(c, float.mul(a, b)),
    choose: relaxed
      ? (mask, a, b) => integer.relaxed_laneselect(a, b, mask)
      : (mask, a, b) => v128.bitselect(a, b, mask),
    polynomial(x, coefficients) {
      const last = constant(coefficients.at(-1)!);
      return coefficients.slice(0, -1).reduceRight((sum, c) => multiplyAdd(sum, x, constant(c)), last);
    },
  };
}

/** Emits code for rare cases, which runs if any lane of the mask is set. */
export function whenAny({ f }: VectorMath, mask: Vector, then: () => void): void {
  f.if(v128.any_true(mask), then);
}

/** Shuffles that exchange the halves of a vector, and that take the lower halves of two. */
const HALVES_EXCHANGED = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7];
const LOWER_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];

/** Computes float32 lanes as float64: first the lower two, then the upper two. Every result is within 0.51 ulp. */
export function throughFloat64(
  math: VectorMath,
  inputs: readonly Vector[],
  compute: (wide: VectorMath, halves: readonly Vector[]) => Vector,
): Vector {
  const wide = vectorMathOf({ ...math, dtype: "float64" });
  const half = (x: Vector) => math.keep(f64x2.promote_low_f32x4(x));
  const low = math.keep(f32x4.demote_f64x2_zero(compute(wide, inputs.map(half))));
  const high = f32x4.demote_f64x2_zero(
    compute(wide, inputs.map((x) => half(i8x16.shuffle(x, x, HALVES_EXCHANGED)))),
  );
  return i8x16.shuffle(low, high, LOWER_HALVES);
}

/** Returns a positive number with the sign of `x`, whose absolute value is `size`. */
export function withSignOf(positive: Vector, x: Vector, size: Vector): Vector {
  return v128.or(positive, v128.xor(x, size));
}

/** Returns the sign bit of every lane. */
export function signBit(math: VectorMath): Vector {
  return math.constant(-0);
}
