/**
 * Accumulators: registers in which a reduction combines numbers, lane by lane, in the precision of `blas/simd/program/accumulator.ts`.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import { accumulatorType, type Reduction } from "../../reduction.ts";
import type { Vector } from "../assembler/registers.ts";
import type { Code } from "../code/code.ts";
import { Lanes } from "../code/lanes.ts";
import type { Access } from "../code/regions.ts";
import { divisionOf } from "./division.ts";
import { extremumOf } from "./extremum.ts";
import { foldLanes, foldRegisters, type Join } from "./fold.ts";
import { widen } from "./halves.ts";

/** The registers in which vectors are accumulated. */
export type Accumulator = {
  /** Sets all registers to the identity of the reduction. */
  readonly begin: () => void;
  /** Combines a vector, which stays as it is, with a register; different registers do not wait for one another. */
  readonly absorb: (x: Vector, way: number) => void;
  /** Adds the float32 registers of a sum to its float64 totals. */
  readonly settle: () => void;
  /** Writes each lane, combined over all registers, to a register of none of them. */
  readonly lanes: (to: Vector) => void;
  /** Writes all lanes, combined, to all lanes of a register of none of them; for a reduction, maybe to the first only. */
  readonly everywhere: (to: Vector) => void;
  /** Gives the registers back. */
  readonly free: () => void;
};

/** The options of an accumulator. */
export type AccumulatorOptions = {
  readonly reduction: Reduction;
  readonly dtype: DType;
  /** The number of registers. */
  readonly ways: number;
  /**
   * The place of the float64 totals of a sum of float32, two vectors; `settle` must be called. Without it, sums stay float32
   * until lanes are joined.
   */
  readonly totals?: Access | undefined;
  /** Whether a number may be -0, which is smaller than 0. */
  readonly minusZero: boolean;
  /** What sums of float32 add in float64, if not groups of vectors; then there are no totals, and runs of code end by `settle`. */
  readonly exact?: Exactness | undefined;
  /** What sums of float32 are divided by. Default: 1. */
  readonly divisor?: number | undefined;
  /**
   * Whether this is a reduction, of whose results nothing but the first lane is read where all lanes are combined. A sum of
   * float32 is then rounded before it is divided: beyond float32 it is infinite, as in plain calls. Default false.
   */
  readonly ofReduction?: boolean | undefined;
};

/** What is added in float64: every vector, or the sums of two. */
export type Exactness = "each" | "pairs";

/**
 * The vectors that a register of float32 adds before its sum is added in float64. Those registers are added in pairs before, so that
 * there are as many as 16 vectors to an addition in float64.
 */
export const SUM_DEPTH = 2;

/** Tells whether sums of this many vectors in a register must be carried over to float64 on the way. */
export function needsSettling(reduction: Reduction, dtype: DType, perRegister: number): boolean {
  return reduction === "sum" && accumulatorType(reduction, dtype) !== dtype && perRegister > SUM_DEPTH;
}

/** Takes the registers of a reduction. */
export function accumulatorOf(code: Code, options: AccumulatorOptions): Accumulator {
  const { reduction, dtype } = options;
  if (reduction === "max" || reduction === "min") return extremumOf(code, options, reduction);
  if (dtype === "float64") return plainOf(code, options, reduction === "sum" ? "add" : "mul");
  if (reduction === "sum" && options.exact === undefined) return sumOf(code, options);
  return inFloat64(code, options, reduction === "sum" ? "add" : "mul");
}

/** Accumulates sums of float32. */
function sumOf(code: Code, options: AccumulatorOptions): Accumulator {
  const { ways, totals, divisor = 1, ofReduction = false } = options, division = divisionOf(code, options);
  const lanes = new Lanes(code, "float32"), wide = new Lanes(code, "float64"), registers = code.vectors(ways);
  const halves = totals === undefined ? [] : [totals, { ...totals, offset: totals.offset + lanes.width }];
  const add: Join = (to, x, y) => lanes.binary("add", to, x, y);
  const clear = () => registers.forEach((register) => lanes.zero(register));
  /** Writes what has been added so far as float64: the lower lanes, and the upper ones. */
  const widened = (low: Vector, high: Vector) => {
    widen(code, low, high, foldRegisters(registers, add));
    [low, high].forEach((half, k) => {
      const total = halves[k];
      if (total !== undefined) wide.binary("add", half, half, total);
    });
  };
  return {
    begin: () => {
      clear();
      halves.forEach((total) => wide.store(total, registers[0]!));
    },
    absorb: (x, way) => add(registers[way]!, registers[way]!, x),
    settle: () => {
      if (totals === undefined) return;
      const [low, high] = code.vectors(2) as [Vector, Vector]; // as many as asked for
      widened(low, high);
      wide.store(halves[0]!, low);
      wide.store(halves[1]!, high);
      code.free(low, high);
      clear();
    },
    lanes: (to) => {
      if (totals === undefined && (divisor === 1 || ofReduction)) {
        lanes.move(to, foldRegisters(registers, add));
        return division.rounded(to);
      }
      const high = code.vector();
      widened(to, high);
      division.lanes(to, to, high);
      code.free(high);
    },
    everywhere: (to) => {
      const high = code.vector();
      widened(to, high);
      wide.binary("add", to, to, high);
      code.free(high);
      foldLanes(wide, to, (to, x, y) => wide.binary("add", to, x, y));
      division.everywhere(to);
    },
    free: () => code.free(...registers),
  };
}

/** Accumulates sums or products of float32, in float64; sums of two vectors at a time, where that is wanted and two follow one another. */
function inFloat64(code: Code, options: AccumulatorOptions, name: "add" | "mul"): Accumulator {
  const { ways, exact } = options, division = divisionOf(code, options);
  const wide = new Lanes(code, "float64"), lows = code.vectors(ways), highs = code.vectors(ways);
  const join: Join = (to, x, y) => wide.binary(name, to, x, y);
  const single = new Lanes(code, "float32"),
    held = name === "add" && exact === "pairs" && ways > 1 ? code.vector() : undefined;
  let isHeld = false;
  const add = (x: Vector, way: number) => {
    const [low, high] = code.vectors(2) as [Vector, Vector]; // as many as asked for
    widen(code, low, high, x);
    join(lows[way]!, lows[way]!, low);
    join(highs[way]!, highs[way]!, high);
    code.free(low, high);
  };
  return {
    begin: () => [...lows, ...highs].forEach((register) => wide.set(register, name === "add" ? 0 : 1)),
    absorb: (x, way) => {
      if (held === undefined) return add(x, way);
      if (isHeld) single.binary("add", held, held, x);
      else single.move(held, x);
      if (isHeld) add(held, way);
      isHeld = !isHeld;
    },
    settle: () => {
      if (isHeld) add(held!, 0);
      isHeld = false;
    },
    lanes: (to) => {
      division.lanes(to, foldRegisters(lows, join), foldRegisters(highs, join));
    },
    everywhere: (to) => {
      join(to, foldRegisters(lows, join), foldRegisters(highs, join));
      foldLanes(wide, to, join);
      division.everywhere(to);
    },
    free: () => code.free(...lows, ...highs, ...held === undefined ? [] : [held]),
  };
}

/** Accumulates sums and products of float64. */
function plainOf(code: Code, { ways }: AccumulatorOptions, name: "add" | "mul"): Accumulator {
  const lanes = new Lanes(code, "float64"), registers = code.vectors(ways);
  const join: Join = (to, x, y) => lanes.binary(name, to, x, y);
  return {
    begin: () => registers.forEach((register) => lanes.set(register, name === "add" ? 0 : 1)),
    absorb: (x, way) => join(registers[way]!, registers[way]!, x),
    settle: () => {},
    lanes: (to) => lanes.move(to, foldRegisters(registers, join)),
    everywhere: (to) => {
      lanes.move(to, foldRegisters(registers, join));
      foldLanes(lanes, to, join);
    },
    free: () => code.free(...registers),
  };
}
