/**
 * The bytes of x86-64 instructions: prefixes, ModRM, displacements.
 *
 * @see Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, chapter 2.
 *
 * @module
 */
import type { Datum, Memory } from "./operands.ts";
import type { Bits, General, Mask, Vector } from "./registers.ts";

/** A register of any kind. */
export type Register = General | Vector | Mask;

/** What the field `rm` of an instruction names. */
export type RegisterOrMemory = Register | Memory | Datum;

/** The bytes of an instruction. If it reads a constant, the distance to it is patched in later. */
export type Encoded = {
  readonly bytes: readonly number[];
  /** The constant, and where in the bytes its distance from the end of the instruction goes. */
  readonly patch?: { readonly at: number; readonly datum: Datum };
};

/** How memory that a vector instruction reads is counted in short displacements: by vectors, halves of them, or bytes. */
export type Tuple = "full" | "half" | number;

/** A vector instruction without its operands. */
export type VectorOpcode = {
  /** The opcode map: 1 is 0F, 2 is 0F38, 3 is 0F3A. */
  readonly map: 1 | 2 | 3;
  /** The implied prefix: 0 none, 1 is 66, 2 is F3, 3 is F2. */
  readonly prefix: 0 | 1 | 2 | 3;
  readonly opcode: number;
  /** The bit W in VEX, and in EVEX, where more instructions need it. */
  readonly vexW: 0 | 1;
  readonly evexW: 0 | 1;
  readonly tuple: Tuple;
  /** Bytes of an element that EVEX repeats, if it is asked to. */
  readonly element: 4 | 8;
  /** The only encoding that has the instruction, if both do not. */
  readonly only: "vex" | "evex" | undefined;
};

/** The directions in which AVX-512 rounds when an instruction says so, by their encoding. */
export const ROUNDINGS = ["nearest", "down", "up", "zero"] as const;

/** What EVEX adds to an instruction. */
export type EvexOptions = {
  /** The lanes that are written. */
  readonly mask?: Mask | undefined;
  /** Whether the other lanes become zero. Default: they keep their values. */
  readonly zero?: boolean | undefined;
  /** Whether one element of memory is repeated in all lanes. */
  readonly broadcast?: boolean | undefined;
  /** Rounds in this direction; for instructions between registers of 512 bits. */
  readonly rounding?: typeof ROUNDINGS[number] | undefined;
};

/** The fields of a vector instruction. */
export type VectorFields = {
  readonly bits: Bits;
  /** The field `reg`, and the field `vvvv`, by number; 0 if the instruction has none. */
  readonly reg: number;
  readonly vvvv: number;
  readonly rm: RegisterOrMemory;
  /** The byte behind the operands. */
  readonly immediate?: number;
};

const isRegister = (rm: RegisterOrMemory): rm is Register => rm.kind !== "memory" && rm.kind !== "datum";

/** Encodes a vector instruction: with VEX if that can express it, otherwise with EVEX. */
export function encodeVector(code: VectorOpcode, fields: VectorFields, options: EvexOptions = {}): Encoded {
  const { bits, reg, vvvv, rm, immediate } = fields, { mask, broadcast = false, rounding } = options;
  const high = Math.max(reg, vvvv, isRegister(rm) ? rm.number : 0) > 15;
  const isEvex = bits === 512 || code.only === "evex" || high || mask !== undefined || broadcast ||
    rounding !== undefined;
  if (isEvex && code.only === "vex") {
    throw new RangeError(
      `Cannot encode opcode ${code.opcode} with ${bits} bits and registers up to ${
        Math.max(reg, vvvv)
      }: without an EVEX ` +
        `form, it must have at most 256 bits and registers below 16; choose another instruction`,
    );
  }
  const prefix = isEvex ? evex(code, fields, options) : vex(code, fields);
  const { tuple, element } = code;
  const unit = !isEvex ? 1 : broadcast ? element : tuple === "full" ? bits / 8 : tuple === "half" ? bits / 16 : tuple;
  const operands = modrm(reg, rm, unit);
  const bytes = [...prefix, code.opcode, ...operands.bytes, ...immediate === undefined ? [] : [immediate & 255]];
  if (operands.patch === undefined) return { bytes };
  return { bytes, patch: { ...operands.patch, at: prefix.length + 1 + operands.patch.at } };
}

/** Returns the bits that extend `base` and `index`, or a register in their place. */
function extensions(rm: RegisterOrMemory): { readonly b: number; readonly x: number } {
  if (rm.kind === "datum") return { b: 0, x: 0 };
  if (rm.kind === "memory") return { b: rm.base.number >> 3, x: (rm.index?.number ?? 0) >> 3 };
  return { b: (rm.number >> 3) & 1, x: (rm.number >> 4) & 1 };
}

function vex({ map, prefix, vexW }: VectorOpcode, { bits, reg, vvvv, rm }: VectorFields): readonly number[] {
  const { b, x } = extensions(rm),
    r = reg >> 3,
    length = bits === 256 ? 4 : 0,
    last = ((~vvvv & 15) << 3) | length | prefix;
  if (map === 1 && vexW === 0 && b === 0 && x === 0) return [0xc5, ((r ^ 1) << 7) | last];
  return [0xc4, ((r ^ 1) << 7) | ((x ^ 1) << 6) | ((b ^ 1) << 5) | map, (vexW << 7) | last];
}

function evex(
  { map, prefix, evexW }: VectorOpcode,
  { bits, reg, vvvv, rm }: VectorFields,
  { mask, zero = false, broadcast = false, rounding }: EvexOptions,
): readonly number[] {
  const { b, x } = extensions(rm), r = (reg >> 3) & 1, high = reg >> 4;
  const length = rounding === undefined ? Math.log2(bits / 128) : ROUNDINGS.indexOf(rounding);
  return [
    0x62,
    ((r ^ 1) << 7) | ((x ^ 1) << 6) | ((b ^ 1) << 5) | ((high ^ 1) << 4) | map,
    (evexW << 7) | ((~vvvv & 15) << 3) | 4 | prefix,
    (zero ? 128 : 0) | (length << 5) | (broadcast || rounding !== undefined ? 16 : 0) | ((~vvvv & 16) >> 1) |
    (mask?.number ?? 0),
  ];
}

/** Encodes an instruction on general-purpose registers, of 64 bits unless `wide` is false. */
export function encodeGeneral(opcode: readonly number[], reg: number, rm: RegisterOrMemory, wide = true): Encoded {
  const { b, x } = extensions(rm), rex = 0x40 | (wide ? 8 : 0) | ((reg >> 3) << 2) | (x << 1) | b;
  const prefix = rex === 0x40 ? [] : [rex], operands = modrm(reg, rm, 1);
  const bytes = [...prefix, ...opcode, ...operands.bytes];
  if (operands.patch === undefined) return { bytes };
  return { bytes, patch: { ...operands.patch, at: prefix.length + opcode.length + operands.patch.at } };
}

/**
 * Encodes the operands of an instruction.
 *
 * @param unit What a displacement of one byte counts; one that is not a multiple of it takes four bytes.
 */
function modrm(reg: number, rm: RegisterOrMemory, unit: number): Encoded {
  const field = (reg & 7) << 3;
  if (rm.kind === "datum") return { bytes: [field | 5, 0, 0, 0, 0], patch: { at: 1, datum: rm } };
  if (rm.kind !== "memory") return { bytes: [0xc0 | field | (rm.number & 7)] };
  const { base: { number: base }, displacement, index, scale } = rm, steps = displacement / unit;
  const isShort = Number.isInteger(steps) && steps >= -128 && steps <= 127;
  // Without a displacement, the encoding of rbp and r13 means something else.
  const mod = displacement === 0 && (base & 7) !== 5 ? 0 : isShort ? 1 : 2;
  // The encoding of rsp and r12 means that a byte with an index follows, of which 4 is none.
  const head = index === undefined && (base & 7) !== 4
    ? [(mod << 6) | field | (base & 7)]
    : [(mod << 6) | field | 4, (Math.log2(scale) << 6) | (((index?.number ?? 4) & 7) << 3) | (base & 7)];
  return { bytes: [...head, ...mod === 0 ? [] : mod === 1 ? [steps & 255] : int32(displacement)] };
}

/** Returns the bytes of an integer of 32 bits. */
export function int32(value: number): readonly number[] {
  if (value !== (value | 0)) {
    throw new RangeError(`Cannot encode ${value}: it must be an integer of 32 bits; compute it in a register`);
  }
  return [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255];
}
