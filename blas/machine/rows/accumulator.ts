/**
 * Accumulators: registers in which numbers of a row are combined, lane by lane.
 *
 * @module
 */
import type { Vector as Register } from "../assembler/registers.ts";
import type { Code } from "../code/code.ts";
import { type Edge, type Flags, Lanes } from "../code/lanes.ts";
import { type Access, at } from "../code/regions.ts";

/** The reductions that have machine code. */
export type MachineReduction = "sum" | "max" | "min";

/** An accumulator. */
export type Accumulator = {
  /** Sets it to the identity. */
  readonly begin: () => void;
  /** Combines a vector, or those of its lanes that an edge has. The register may be changed. */
  readonly absorb: (v: Register, edge: Edge | undefined) => void;
  /** Combines another one of the same kind with it. */
  readonly join: (other: Accumulator) => void;
  /** Its vectors, and for extrema the flags of lanes that are NaN. */
  readonly registers: readonly Register[];
  readonly unordered?: Flags;
  /** Stores the combination of all lanes, or every lane, to memory. */
  readonly storeOne: (to: Access) => void;
  readonly storeLanes: (to: Access) => void;
  /** Gives its registers back. */
  readonly free: () => void;
};

/** Makes an accumulator. Sums of float32 that are `long` are added in float64. */
export function accumulatorOf(code: Code, lanes: Lanes, reduction: MachineReduction, long: boolean): Accumulator {
  if (reduction !== "sum") return extremumOf(code, lanes, reduction);
  return long && lanes.bytes === 4 ? wideSum(code, lanes) : plainSum(code, lanes);
}

/** Replaces the lanes that an edge does not have. */
function filled(code: Code, lanes: Lanes, v: Register, edge: Edge | undefined, identity: number): void {
  if (edge === undefined) return;
  const { mask } = edge;
  if (mask.kind === "mask") {
    const other = code.vector();
    lanes.set(other, identity);
    lanes.select(v, mask, v, other);
    code.free(other);
  } else if (identity === 0) lanes.binary("and", v, v, mask);
  else {
    const other = code.vector();
    lanes.set(other, identity);
    lanes.select(v, mask, v, other);
    code.free(other);
  }
}

function plainSum(code: Code, lanes: Lanes): Accumulator {
  const sum = code.vector();
  return {
    registers: [sum],
    join: ({ registers: [other] }) => lanes.binary("add", sum, sum, other!),
    begin: () => lanes.zero(sum),
    absorb: (v, edge) => {
      filled(code, lanes, v, edge, 0);
      lanes.binary("add", sum, sum, v);
    },
    storeLanes: (to) => lanes.store(to, sum),
    storeOne: (to) => {
      if (lanes.bytes === 8) {
        foldInto(code, lanes, sum, "add");
        return lanes.storeOne(to, sum);
      }
      const [low, high] = code.vectors(2) as [Register, Register];
      widened(code, lanes, sum, low, high);
      storeFolded(code, lanes, low, high, to);
      code.free(low, high);
    },
    free: () => code.free(sum),
  };
}

function wideSum(code: Code, lanes: Lanes): Accumulator {
  const [low, high] = code.vectors(2) as [Register, Register], doubles = new Lanes(code, "float64", lanes.bits);
  return {
    registers: [low, high],
    join: ({ registers }) => [low, high].forEach((sum, k) => doubles.binary("add", sum, sum, registers[k]!)),
    begin: () => [low, high].forEach((sum) => lanes.zero(sum)),
    absorb: (v, edge) => {
      filled(code, lanes, v, edge, 0);
      const half = code.vector();
      code.assembler.vector("unary", "vcvtps2pd", lanes.bits, [half, v]);
      doubles.binary("add", low, low, half);
      upperHalf(code, lanes, v, v);
      code.assembler.vector("unary", "vcvtps2pd", lanes.bits, [half, v]);
      doubles.binary("add", high, high, half);
      code.free(half);
    },
    storeLanes: (to) => {
      const half = code.vector(), narrow = new Lanes(code, "float32", lanes.bits === 512 ? 256 : 128);
      [low, high].forEach((sum, k) => {
        code.assembler.vector("unary", "vcvtpd2ps", lanes.bits, [half, sum]);
        narrow.store(at(to.pointer, to.offset + k * narrow.width), half);
      });
      code.free(half);
    },
    storeOne: (to) => storeFolded(code, lanes, low, high, to),
    free: () => code.free(low, high),
  };
}

/** Accumulates extrema; NaN is remembered by itself, since x86 returns the second operand then. */
function extremumOf(code: Code, lanes: Lanes, name: "max" | "min"): Accumulator {
  const best = code.vector(), unordered = lanes.flags(), identity = name === "max" ? -Infinity : Infinity;
  const combine = (v: Register) => {
    const other = code.vector();
    // In either order they differ for zeros of different signs only.
    lanes.binary(name, other, best, v);
    lanes.binary(name, best, v, best);
    lanes.binary(name === "max" ? "and" : "or", best, best, other);
    code.free(other);
  };
  return {
    registers: [best],
    unordered,
    join: (other) => {
      orInto(code, lanes, unordered, other.unordered!);
      combine(other.registers[0]!);
    },
    begin: () => {
      lanes.set(best, identity);
      lanes.compare("unordered", unordered, best, best);
    },
    absorb: (v, edge) => {
      filled(code, lanes, v, edge, identity);
      const flags = lanes.flags();
      lanes.compare("unordered", flags, v, v);
      orInto(code, lanes, unordered, flags);
      code.free(flags);
      combine(v);
    },
    storeLanes: (to) => {
      const nan = code.vector();
      lanes.set(nan, NaN);
      lanes.select(nan, unordered, nan, best);
      lanes.store(to, nan);
      code.free(nan);
    },
    storeOne: (to) => {
      const { assembler } = code, isNumber = assembler.label();
      foldInto(code, lanes, best, name);
      lanes.storeOne(to, best);
      lanes.testAny(unordered);
      assembler.jumpIf("zero", isNumber);
      lanes.set(best, NaN);
      lanes.storeOne(to, best);
      assembler.bind(isNumber);
    },
    free: () => code.free(best, unordered),
  };
}

function orInto(code: Code, lanes: Lanes, to: Flags, from: Flags): void {
  if (to.kind === "mask" && from.kind === "mask") code.assembler.combineMasks("or", to, to, from);
  else if (to.kind === "vector" && from.kind === "vector") lanes.binary("or", to, to, from);
}

/** Moves the upper half of a register to the lower half of another. */
function upperHalf({ assembler }: Code, lanes: Lanes, to: Register, from: Register): void {
  if (lanes.bits === 512) assembler.vector("store", "vextractf64x4", 512, [to, from], { immediate: 1 });
  else assembler.vector("store", "vextractf128", 256, [to, from], { immediate: 1 });
}

/** Splits float32 lanes into two registers of float64. */
function widened(code: Code, lanes: Lanes, from: Register, low: Register, high: Register): void {
  upperHalf(code, lanes, high, from);
  code.assembler.vector("unary", "vcvtps2pd", lanes.bits, [high, high]);
  code.assembler.vector("unary", "vcvtps2pd", lanes.bits, [low, from]);
}

/** Adds all lanes of two registers of float64, and stores the sum as float32. */
function storeFolded(code: Code, lanes: Lanes, low: Register, high: Register, to: Access): void {
  const doubles = new Lanes(code, "float64", lanes.bits);
  doubles.binary("add", low, low, high);
  foldInto(code, doubles, low, "add");
  code.assembler.vector("unary", "vcvtpd2ps", 128, [low, low]);
  lanes.storeOne(to, low);
}

/** Combines all lanes of a register into the first. */
function foldInto(code: Code, lanes: Lanes, v: Register, name: "add" | "max" | "min"): void {
  const other = code.vector();
  const join = (narrow: Lanes) => {
    if (name === "add") return narrow.binary("add", v, v, other);
    const again = code.vector();
    narrow.binary(name, again, v, other);
    narrow.binary(name, v, other, v);
    narrow.binary(name === "max" ? "and" : "or", v, v, again);
    code.free(again);
  };
  for (let bits = lanes.bits; bits > 128; bits = bits === 512 ? 256 : 128) {
    upperHalf(code, new Lanes(code, lanes.dtype, bits), other, v);
    join(new Lanes(code, lanes.dtype, bits === 512 ? 256 : 128));
  }
  const narrow = new Lanes(code, lanes.dtype, 128);
  if (lanes.bytes === 4) {
    code.assembler.vector("unary", "vpermilps", 128, [other, v], { immediate: 0x4e });
    join(narrow);
    code.assembler.vector("unary", "vpermilps", 128, [other, v], { immediate: 0xb1 });
  } else code.assembler.vector("unary", "vpermilpd", 128, [other, v], { immediate: 1 });
  join(narrow);
  code.free(other);
}
