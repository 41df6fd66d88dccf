/**
 * An assembler for x86-64: instructions, labels, and constants behind the code.
 *
 * @module
 */
import { ByteWriter } from "../../wasm/byte_writer.ts";
import { type Encoded, encodeGeneral, encodeVector, type EvexOptions, int32 } from "./encoding.ts";
import type { Datum, Memory } from "./operands.ts";
import type { Bits, General, Mask } from "./registers.ts";
import { FIELDS, type Form, type FormOperands } from "./forms.ts";
import { type NameOf, VECTOR_INSTRUCTIONS } from "./vector_instructions.ts";

/** A place in the code, to which jumps go. */
export type Label = { readonly kind: "label"; readonly number: number };

/** The conditions of jumps, by their encoding. */
const CONDITIONS = { carry: 2, notCarry: 3, zero: 4, notZero: 5, below: 2, aboveOrEqual: 3 } as const;

/** The condition of a jump. */
export type Condition = keyof typeof CONDITIONS;

/** Instructions on a register and a constant or another register: the extension and the opcode. */
const ARITHMETIC = {
  add: [0, 0x01],
  or: [1, 0x09],
  and: [4, 0x21],
  sub: [5, 0x29],
  xor: [6, 0x31],
  cmp: [7, 0x39],
} as const;

/** The options of a vector instruction. */
export type VectorOptions = EvexOptions & {
  /** The byte behind the operands: a comparison, a permutation, a count. */
  readonly immediate?: number | undefined;
};

/** The alignment of constants: a vector of 512 bits never crosses a cache line. */
const LINE = 64;

/** Writes code. */
export class Assembler {
  readonly #bytes = new ByteWriter();
  readonly #labels: (number | undefined)[] = [];
  readonly #jumps: { readonly at: number; readonly label: Label }[] = [];
  readonly #data: { readonly bytes: Uint8Array; readonly align: number }[] = [];
  readonly #dataByContent = new Map<string, Datum>();
  readonly #reads: { readonly at: number; readonly end: number; readonly datum: Datum }[] = [];

  /** The number of bytes so far. */
  get size(): number {
    return this.#bytes.length;
  }

  /** Makes a label that is not bound to a place yet. */
  label(): Label {
    return { kind: "label", number: this.#labels.push(undefined) - 1 };
  }

  /** Binds a label to this place. */
  bind(label: Label): void {
    if (this.#labels[label.number] !== undefined) {
      throw new Error(`Cannot bind label ${label.number} twice: a label must be one place; make another label`);
    }
    this.#labels[label.number] = this.size;
  }

  /** Makes a label of this place. */
  here(): Label {
    const label = this.label();
    this.bind(label);
    return label;
  }

  /** Returns a constant with these bytes, which lies behind the code; the same one for the same bytes. */
  datum(bytes: Uint8Array): Datum {
    const key = bytes.join(), known = this.#dataByContent.get(key);
    if (known !== undefined) return known;
    const align = Math.min(LINE, 2 ** Math.ceil(Math.log2(Math.max(1, bytes.length))));
    const datum: Datum = { kind: "datum", number: this.#data.push({ bytes: bytes.slice(), align }) - 1 };
    this.#dataByContent.set(key, datum);
    return datum;
  }

  /** Writes a vector instruction; its operands follow its form, the one that is written first. */
  vector<F extends Form>(
    form: F,
    name: NameOf<F>,
    bits: Bits,
    operands: FormOperands[F],
    { immediate, ...evex }: VectorOptions = {},
  ): void {
    const instruction = VECTOR_INSTRUCTIONS[form][name];
    this.#write(
      encodeVector(instruction, {
        bits,
        ...FIELDS[form](operands, instruction.extension),
        ...immediate !== undefined && { immediate },
      }, evex),
    );
  }

  /** Blends with the mask in a vector register: lanes whose sign is set come of `second`. */
  blend(
    name: "vblendvps" | "vblendvpd",
    bits: 128 | 256,
    operands: FormOperands["binary"],
    mask: { readonly number: number },
  ): void {
    this.vector("binary", name, bits, operands, { immediate: mask.number << 4 });
  }

  /** Loads 64 bits. */
  load(to: General, from: Memory | Datum): void {
    this.#write(encodeGeneral([0x8b], to.number, from));
  }

  /** Loads 32 bits, and extends them with zeros. */
  load32(to: General, from: Memory | Datum): void {
    this.#write(encodeGeneral([0x8b], to.number, from, false));
  }

  /** Stores 64 bits. */
  store(to: Memory, from: General): void {
    this.#write(encodeGeneral([0x89], from.number, to));
  }

  /** Stores the low 32 bits. */
  store32(to: Memory, from: General): void {
    this.#write(encodeGeneral([0x89], from.number, to, false));
  }

  /** Computes an address. */
  lea(to: General, address: Memory | Datum): void {
    this.#write(encodeGeneral([0x8d], to.number, address));
  }

  /** Copies a register. */
  move(to: General, from: General): void {
    this.#write(encodeGeneral([0x89], from.number, to));
  }

  /** Sets a register to an integer from -2^31 to 2^32 - 1. The flags may change. */
  set(to: General, value: number): void {
    if (value === 0) return this.#write(encodeGeneral([0x31], to.number, to, false));
    const { bytes } = encodeGeneral([0xc7], 0, to, value < 0); // without a sign, the upper half becomes zero by itself
    this.#write({ bytes: [...bytes, ...int32(value >= 2 ** 31 && value < 2 ** 32 ? value | 0 : value)] });
  }

  /** Sets 64 bits of memory to an integer of 32 bits, extended by its sign. */
  storeNumber(to: Memory, value: number): void {
    this.#write({ bytes: [...encodeGeneral([0xc7], 0, to).bytes, ...int32(value)] });
  }

  /** Adds a constant or a register to a register, or to 64 bits of memory, or does another such thing; `cmp` only sets the flags. */
  arithmetic(name: keyof typeof ARITHMETIC, to: General | Memory, by: General | number): void {
    const [extension, opcode] = ARITHMETIC[name];
    if (typeof by !== "number") return this.#write(encodeGeneral([opcode], by.number, to));
    const isShort = by >= -128 && by <= 127, { bytes } = encodeGeneral([isShort ? 0x83 : 0x81], extension, to);
    this.#write({ bytes: [...bytes, ...isShort ? [by & 255] : int32(by)] });
  }

  /** Multiplies by a constant. */
  multiply(to: General, from: General, by: number): void {
    this.#write({ bytes: [...encodeGeneral([0x69], to.number, from).bytes, ...int32(by)] });
  }

  /** Pushes a register onto the stack. */
  push({ number }: General): void {
    this.#bytes.bytes([...number > 7 ? [0x41] : [], 0x50 | (number & 7)]);
  }

  /** Pops a register off the stack. */
  pop({ number }: General): void {
    this.#bytes.bytes([...number > 7 ? [0x41] : [], 0x58 | (number & 7)]);
  }

  /** Jumps if the flags say so. */
  jumpIf(condition: Condition, label: Label): void {
    this.#jump([0x0f, 0x80 | CONDITIONS[condition]], label);
  }

  /** Jumps. */
  jump(label: Label): void {
    this.#jump([0xe9], label);
  }

  /** Calls a function of this code. */
  call(label: Label): void {
    this.#jump([0xe8], label);
  }

  /** Returns. */
  return(): void {
    this.#bytes.byte(0xc3);
  }

  /** Sets a mask register to the low 16 bits of a general-purpose one. */
  moveMask(to: Mask, from: General): void {
    const prefix = from.number > 7 ? [0xc4, 0xc1, 0x78] : [0xc5, 0xf8];
    this.#bytes.bytes([...prefix, 0x92, 0xc0 | (to.number << 3) | (from.number & 7)]);
  }

  /** Sets the flags to whether all bits of two masks together are zero, or all are one (carry). */
  testMasks(first: Mask, second: Mask): void {
    this.#bytes.bytes([0xc5, 0xf8, 0x98, 0xc0 | (first.number << 3) | second.number]);
  }

  /** Combines masks of 16 bits. */
  combineMasks(name: "and" | "or" | "xor" | "xnor" | "andNot", to: Mask, first: Mask, second: Mask): void {
    const opcode = { and: 0x41, andNot: 0x42, or: 0x45, xnor: 0x46, xor: 0x47 }[name];
    this.#bytes.bytes([0xc5, 0x80 | ((~first.number & 15) << 3) | 4, opcode, 0xc0 | (to.number << 3) | second.number]);
  }

  /** Asks what the processor can do. */
  cpuid(): void {
    this.#bytes.bytes([0x0f, 0xa2]);
  }

  /** Asks which registers the operating system keeps. */
  xgetbv(): void {
    this.#bytes.bytes([0x0f, 0x01, 0xd0]);
  }

  /** Clears the upper halves of vector registers, without which older instructions are slow afterwards. */
  vzeroupper(): void {
    this.#bytes.bytes([0xc5, 0xf8, 0x77]);
  }

  /** Asks for a line of memory to be read into the first-level cache; an address that cannot be read does no harm. */
  prefetch(from: Memory): void {
    this.#write(encodeGeneral([0x0f, 0x18], 1, from, false));
  }

  /** Fills up with instructions that do nothing until the position is a multiple of a power of two. */
  align(unit: number): void {
    for (let missing = (unit - this.size % unit) % unit; missing > 0;) {
      const length = Math.min(missing, NOTHING.length);
      this.#bytes.bytes(NOTHING[length - 1]!);
      missing -= length;
    }
  }

  /** Returns the code with its constants behind it, which expects to lie at a multiple of 64. */
  finish(): Uint8Array<ArrayBuffer> {
    const places: number[] = [];
    let size = this.size;
    for (const { bytes, align } of this.#data) {
      places.push(size = Math.ceil(size / align) * align);
      size += bytes.length;
    }
    const code = new Uint8Array(size), patches = new DataView(code.buffer);
    code.set(this.#bytes.written());
    this.#data.forEach(({ bytes }, k) => code.set(bytes, places[k]));
    for (const { at, end, datum } of this.#reads) patches.setInt32(at, places[datum.number]! - end, true);
    for (const { at, label } of this.#jumps) {
      const place = this.#labels[label.number];
      if (place === undefined) {
        throw new Error(`Cannot finish code: label ${label.number} has no place; it must be bound, call bind(label)`);
      }
      patches.setInt32(at, place - at - 4, true);
    }
    return code;
  }

  #write({ bytes, patch }: Encoded): void {
    const start = this.size;
    this.#bytes.bytes(bytes);
    if (patch !== undefined) this.#reads.push({ at: start + patch.at, end: this.size, datum: patch.datum });
  }

  #jump(opcode: readonly number[], label: Label): void {
    this.#bytes.bytes(opcode);
    this.#jumps.push({ at: this.size, label });
    this.#bytes.bytes([0, 0, 0, 0]);
  }
}

/** Instructions of 1 to 9 bytes that do nothing, which Intel recommends. */
const NOTHING: readonly (readonly number[])[] = [
  [0x90],
  [0x66, 0x90],
  [0x0f, 0x1f, 0x00],
  [0x0f, 0x1f, 0x40, 0x00],
  [0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00],
  [0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
  [0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
];
