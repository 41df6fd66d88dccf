/**
 * Accumulators of maxima and minima.
 *
 * One instruction takes the larger number. It loses NaN, which is detected separately, and does not order -0 and 0, so that
 * signs are combined separately: the maximum is negative, or -0, if all numbers are; the minimum is if any number is.
 *
 * @module
 */
import { IDENTITY } from "../../reduction.ts";
import type { Vector } from "../assembler/registers.ts";
import type { Code } from "../code/code.ts";
import { type Flags, Lanes } from "../code/lanes.ts";
import type { Accumulator, AccumulatorOptions } from "./accumulator.ts";
import { foldLanes, foldRegisters, type Join } from "./fold.ts";

/** The registers for NaN that numbers alternate between. */
const CHAINS = 2;

/** Takes the registers of a maximum or minimum. */
export function extremumOf(
  code: Code,
  { dtype, ways, minusZero }: AccumulatorOptions,
  reduction: "max" | "min",
): Accumulator {
  const lanes = new Lanes(code, dtype), chains = Math.min(ways, CHAINS);
  const registers = code.vectors(ways), nans = Array.from({ length: chains }, () => lanes.flags());
  const signs = code.vectors(minusZero ? chains : 0), signBit = dtype === "float32" ? 1n << 31n : 1n << 63n;
  // Where a number is NaN, the instruction returns its second operand: what there was before.
  const join: Join = (to, x, y) => lanes.binary(reduction, to, y, x);
  const joinSigns: Join = (to, x, y) => lanes.binary(reduction === "max" ? "and" : "or", to, x, y);
  /** Joins all registers, and writes the lanes with their signs, but without NaN. */
  const joined = (to: Vector, fold: boolean) => {
    lanes.move(to, foldRegisters(registers, join));
    if (fold) foldLanes(lanes, to, join);
    for (const nan of nans.slice(1)) eitherFlag(code, nans[0]!, nan);
    if (!minusZero) return;
    const sign = foldRegisters(signs, joinSigns);
    if (fold) foldLanes(lanes, sign, joinSigns);
    lanes.binary("and", sign, sign, lanes.integer(signBit));
    lanes.binary("and", to, to, lanes.integer(signBit - 1n));
    lanes.binary("or", to, to, sign);
  };
  return {
    begin: () => {
      [...registers, ...signs].forEach((register) => lanes.set(register, IDENTITY[reduction]));
      nans.forEach((nan) => noFlags(lanes, nan));
    },
    absorb: (x, way) => {
      const unordered = lanes.flags(), sign = signs[way % chains];
      lanes.compare("unordered", unordered, x, x);
      eitherFlag(code, nans[way % chains]!, unordered);
      code.free(unordered);
      if (sign !== undefined) joinSigns(sign, sign, x);
      join(registers[way]!, registers[way]!, x);
    },
    settle: () => {},
    lanes: (to) => {
      joined(to, false);
      lanes.select(to, nans[0]!, lanes.constant(NaN), to);
    },
    everywhere: (to) => {
      joined(to, true);
      const skip = code.assembler.label();
      lanes.testAny(nans[0]!);
      code.assembler.jumpIf("zero", skip);
      lanes.set(to, NaN);
      code.assembler.bind(skip);
    },
    free: () => code.free(...registers, ...nans, ...signs),
  };
}

function noFlags(lanes: Lanes, flags: Flags): void {
  if (flags.kind === "mask") lanes.code.assembler.combineMasks("xor", flags, flags, flags);
  else lanes.zero(flags);
}

function eitherFlag({ assembler, bits }: Code, to: Flags, other: Flags): void {
  if (to.kind === "mask" && other.kind === "mask") assembler.combineMasks("or", to, to, other);
  else if (to.kind === "vector" && other.kind === "vector") {
    assembler.vector("binary", "vorps", bits, [to, to, other]);
  }
}
