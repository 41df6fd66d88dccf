/**
 * Accumulators: registers in which a reduction combines numbers, lane by lane.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import { IDENTITY, type Reduction } from "../../reduction.ts";
import { FLOAT_VECTORS, ROTATIONS, type Vector } from "../lane_instructions.ts";
import { f32x4, f64x2, type FunctionBuilder, i32, i32x4, i8x16, type Local, v128 } from "../../wasm/mod.ts";

/** The registers in which vectors are accumulated. */
export type Accumulator = {
  /** Sets all registers to the identity of the reduction. */
  readonly begin: () => void;
  /** Combines a vector with a register; different registers do not wait for one another. */
  readonly absorb: (v: Vector, way: number) => void;
  /**
   * Adds what sums of float32 have absorbed since the last time to their float64 registers: at the end of each run of code that
   * absorbs, and after at most as many vectors as a group has.
   */
  readonly settle: () => void;
  /** Returns each lane combined over all registers, in the dtype. */
  readonly lanes: () => Local<"v128">;
  /** Returns all lanes combined into the lowest lane, in the dtype. */
  readonly lowest: () => Local<"v128">;
};

/** The options of an accumulator. */
export type AccumulatorOptions = {
  readonly reduction: Reduction;
  readonly dtype: DType;
  /**
   * The number of registers. Sums of float32 have a float64 register for each half of a vector, and two of each if every
   * vector is added in float64 and this is more than 1.
   */
  readonly ways: number;
  /** Whether a number may be -0, which is smaller than 0. */
  readonly minusZero: boolean;
  /** Whether sums of float32 add every vector in float64, rather than groups of them. */
  readonly exact: boolean;
  /** What sums of float32 are divided by before they are rounded. Default: 1. */
  readonly divisor?: number | undefined;
};

/**
 * Returns how many vectors sums of float32 add in pairs before their sum is added in float64, by the instructions that one
 * vector takes. Measured, sums of 1e4 numbers: 8 take as long as chains of 12, 4 take 15 % longer, 1 takes 80 % longer; their
 * errors are a half of those, a third, and none.
 */
export const groupOf = (weight: number): number => weight <= 8 ? 8 : weight <= 24 ? 4 : 2;

/** Declares the registers of a reduction. */
export function accumulatorOf(f: FunctionBuilder, options: AccumulatorOptions): Accumulator {
  const { reduction, dtype } = options;
  if (reduction === "max" || reduction === "min") return extremumOf(f, options, reduction);
  return JOINERS[dtype][reduction](f, options);
}

type Joiner = (f: FunctionBuilder, options: AccumulatorOptions) => Accumulator;

/** The functions that accumulate sums and products of each dtype. */
const JOINERS: { readonly [D in DType]: { readonly [R in "sum" | "product"]: Joiner } } = {
  float32: { sum: sumOf, product: productOf },
  float64: {
    sum: (f, options) => plainOf(f, options, "sum"),
    product: (f, options) => plainOf(f, options, "product"),
  },
};

/** The shuffles that rotate a vector by 4 and by 8 bytes. */
const ROTATED = {
  4: [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3],
  8: [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7],
};

const rotated = (v: Vector, bytes: 4 | 8): Vector => i8x16.shuffle(v, v, ROTATED[bytes]);

/** Returns both halves of four float32 as float64. */
function widened(f: FunctionBuilder, v: Local<"v128">): readonly [Local<"v128">, Local<"v128">] {
  return [f.let(f64x2.promote_low_f32x4(v)), f.let(f64x2.promote_low_f32x4(rotated(v, 8)))];
}

/** The shuffle that takes the lower halves of two vectors. */
const LOWER_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];

/** Returns two times two float64 as four float32. */
const narrowed = (f: FunctionBuilder, low: Vector, high: Vector): Local<"v128"> =>
  f.let(i8x16.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), LOWER_HALVES));

/** Combines registers in pairs, and the pairs in pairs. */
function joined(vectors: readonly Vector[], join: (a: Vector, b: Vector) => Vector): Vector {
  if (vectors.length === 1) return vectors[0]!;
  const half = Math.ceil(vectors.length / 2);
  return join(joined(vectors.slice(0, half), join), joined(vectors.slice(half), join));
}

const registersOf = (f: FunctionBuilder, count: number) => Array.from({ length: count }, () => f.local("v128"));

/** Accumulates sums of float32: those of a group are added in pairs, and pairs of pairs, and their sum in float64. */
function sumOf(f: FunctionBuilder, { ways, exact, divisor = 1 }: AccumulatorOptions): Accumulator {
  // Where every vector is added in float64, two pairs of registers take turns: additions do not wait for one another.
  const lows = registersOf(f, exact ? Math.min(2, ways) : 1),
    highs = registersOf(f, lows.length),
    zero = f.constant(f64x2.const(0));
  let turn = 0;
  /** Sums of 1, 2, 4 … vectors of the group so far: the binary digits of their number. */
  let group: readonly { readonly count: number; readonly sum: Local<"v128"> }[] = [];
  function settle() {
    if (group.length === 0) return;
    const sum = f.let(group.map(({ sum }): Vector => sum).reduceRight((sum, larger) => f32x4.add(larger, sum)));
    const totals = [lows[turn]!, highs[turn]!];
    widened(f, sum).forEach((part, i) => f.set(totals[i]!, f64x2.add(totals[i]!, part)));
    turn = (turn + 1) % lows.length;
    group = [];
  }
  // The reciprocal is rounded in float64: no quotient that is a float32 comes out as another one.
  const divided = (sum: Vector): Vector => divisor === 1 ? sum : f64x2.mul(sum, f64x2.const(1 / divisor));
  return {
    begin: () => [...lows, ...highs].forEach((total) => f.set(total, zero)),
    absorb(v) {
      let sum = f.let(v), count = 1;
      for (let last = group.at(-1); last?.count === count; last = group.at(-1)) {
        sum = f.let(f32x4.add(last.sum, sum));
        count *= 2;
        group = group.slice(0, -1);
      }
      group = [...group, { count, sum }];
      if (exact) settle();
    },
    settle,
    lanes: () => {
      settle();
      return narrowed(f, divided(joined(lows, f64x2.add)), divided(joined(highs, f64x2.add)));
    },
    lowest() {
      settle();
      const sum = f.let(joined([...lows, ...highs], f64x2.add));
      return f.let(f32x4.demote_f64x2_zero(divided(f64x2.add(sum, rotated(sum, 8)))));
    },
  };
}

/** Accumulates products of float32, in float64. */
function productOf(f: FunctionBuilder, { ways }: AccumulatorOptions): Accumulator {
  const registers = registersOf(f, 2 * ways), one = f.constant(f64x2.const(1));
  const half = (which: 0 | 1) => joined(registers.filter((_, i) => i % 2 === which), f64x2.mul);
  return {
    begin: () => registers.forEach((register) => f.set(register, one)),
    absorb(v, way) {
      return widened(f, f.let(v)).forEach((part, i) => {
        const register = registers[2 * way + i]!;
        f.set(register, f64x2.mul(register, part));
      });
    },
    settle: () => {},
    lanes: () => narrowed(f, half(0), half(1)),
    lowest: () => {
      const all = f.let(f64x2.mul(half(0), half(1)));
      return f.let(f32x4.demote_f64x2_zero(f64x2.mul(all, rotated(all, 8))));
    },
  };
}

/** Accumulates sums and products of float64. */
function plainOf(
  f: FunctionBuilder,
  { ways }: AccumulatorOptions,
  reduction: "sum" | "product",
): Accumulator {
  const registers = registersOf(f, ways), identity = f.constant(f64x2.const(IDENTITY[reduction]));
  const join = reduction === "sum" ? f64x2.add : f64x2.mul, all = () => f.let(joined(registers, join));
  return {
    begin: () => registers.forEach((register) => f.set(register, identity)),
    absorb: (v, way) => f.set(registers[way]!, join(registers[way]!, v)),
    settle: () => {},
    lanes: all,
    lowest: () => {
      const lanes = all();
      return f.let(join(lanes, rotated(lanes, 8)));
    },
  };
}

/**
 * The registers for signs, and for NaN, that extrema alternate between: some processors take two cycles for `or`. Measured, rows
 * of 178 float64: 39 GB/s with one, 46 with two, 43 with four; 2044 float32: 32, 45 and 37.
 */
const CHAINS = 2;

/**
 * Accumulates the maximum or minimum by one instruction, where `max` of WebAssembly takes eight. That instruction loses
 * NaN, which is detected separately, and does not order -0 and 0, so signs are combined separately: the maximum is
 * negative, or -0, if all numbers are; the minimum is if any number is.
 */
function extremumOf(
  f: FunctionBuilder,
  { dtype, ways, minusZero }: AccumulatorOptions,
  reduction: "max" | "min",
): Accumulator {
  const float = FLOAT_VECTORS[dtype], join = reduction === "max" ? float.pmax : float.pmin;
  const registers = registersOf(f, ways), chains = Math.min(ways, CHAINS);
  const nans = registersOf(f, chains), allSigns = registersOf(f, chains), unordered = nans[0]!, signs = allSigns[0]!;
  const joinSigns = reduction === "max" ? v128.and : v128.or, signBit = f.constant(float.const(-0));
  const signed = (v: Vector) => minusZero ? v128.bitselect(signs, v, signBit) : v;
  const identity = f.constant(float.const(IDENTITY[reduction])), none = f.constant(i32x4.const(0));
  const joinChains = () => {
    if (chains === 1) return;
    f.set(unordered, joined(nans, v128.or));
    if (minusZero) f.set(signs, joined(allSigns, joinSigns));
  };
  return {
    begin() {
      registers.forEach((register) => f.set(register, identity));
      nans.forEach((nan) => f.set(nan, none));
      if (minusZero) allSigns.forEach((sign) => f.set(sign, identity));
    },
    absorb(v, way) {
      const x = f.let(v), nan = nans[way % chains]!, sign = allSigns[way % chains]!;
      f.set(nan, v128.or(nan, float.ne(x, x)));
      if (minusZero) f.set(sign, joinSigns(sign, x));
      f.set(registers[way]!, join(registers[way]!, x));
    },
    settle: () => {},
    // A lane with all bits set is NaN.
    lanes: () => {
      joinChains();
      return f.let(v128.or(signed(joined(registers, join)), unordered));
    },
    lowest() {
      joinChains();
      const lanes = f.let(joined(registers, join));
      for (const bytes of ROTATIONS[dtype]) {
        f.set(lanes, join(lanes, rotated(lanes, bytes)));
        if (minusZero) f.set(signs, joinSigns(signs, rotated(signs, bytes)));
      }
      return f.let(v128.or(signed(lanes), i32x4.splat(i32.sub(0, v128.any_true(unordered)))));
    },
  };
}
