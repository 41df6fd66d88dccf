/**
 * The binary encoding of numbers, names and lists in WebAssembly.
 *
 * Source: WebAssembly Core Specification 2.0, sections 5.1 to 5.3.
 *
 * @module
 */

/** A type of operand: 32- and 64-bit integers and floats, and 128 bits of lanes. */
export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128";

/** A sequence of encoded bytes. */
export type Bytes = readonly number[];

/** Bytes in an array of any kind. */
export type ByteList = ArrayLike<number>;

/** The byte that stands for each value type. */
export const VALUE_TYPE_BYTES: { readonly [T in ValueType]: number } = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};

/** The encodings of integers that fit in one byte, as nearly all do. */
const SMALL: readonly Bytes[] = /* @__PURE__ */ Array.from({ length: 0x80 }, (_, value) => [value]);

/**
 * Writes an unsigned integer in LEB128: seven bits per byte, lowest first.
 *
 * @param value An integer from 0 to 2 ** 32 - 1.
 */
export function unsigned(value: number): Bytes {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
    throw new RangeError(
      `Cannot encode ${value}: an unsigned integer must be whole and from 0 to 4294967295; check sizes`,
    );
  }
  if (value < 0x80) return SMALL[value]!;
  // An array that grows has room for many numbers more.
  if (value < 0x4000) return [value & 0x7f | 0x80, value >> 7];
  if (value < 0x20_0000) return [value & 0x7f | 0x80, value >> 7 & 0x7f | 0x80, value >> 14];
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push(rest % 0x80 + 0x80);
  bytes.push(rest);
  return bytes;
}

/**
 * Writes a signed integer in LEB128.
 *
 * @param value Any integer that fits in 64 bits.
 */
export function signed(value: bigint): Bytes {
  const bytes: number[] = [];
  for (let rest = value;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    if (rest === (low & 0x40 ? -1n : 0n)) return [...bytes, low]; // only the sign is left, and bit 0x40 holds it
    bytes.push(low | 0x80);
  }
}

const fields = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8));

const byte = (position: number): number => fields.getUint8(position);

/**
 * Writes an opcode, and a signed integer of 32 bits in LEB128.
 *
 * @param value An integer from -(2 ** 31) to 2 ** 31 - 1.
 */
export function withSigned32(opcode: number, value: number): Bytes {
  const low = value & 0x7f;
  if (value >= -0x40 && value < 0x40) return [opcode, low];
  if (value >= -0x2000 && value < 0x2000) return [opcode, low | 0x80, value >> 7 & 0x7f];
  if (value >= -0x10_0000 && value < 0x10_0000) {
    return [opcode, low | 0x80, value >> 7 & 0x7f | 0x80, value >> 14 & 0x7f];
  }
  const bytes = [opcode];
  let rest = value;
  for (; rest < -0x40 || rest >= 0x40; rest >>= 7) bytes.push(rest & 0x7f | 0x80);
  bytes.push(rest & 0x7f); // only the sign is left, and bit 0x40 holds it
  return bytes;
}

/** Writes a float as its four IEEE 754 bytes, lowest first. */
export function float32(value: number): Bytes {
  fields.setFloat32(0, value, true);
  return [byte(0), byte(1), byte(2), byte(3)];
}

/** Writes a float as its eight IEEE 754 bytes, lowest first. */
export function float64(value: number): Bytes {
  fields.setFloat64(0, value, true);
  return [byte(0), byte(1), byte(2), byte(3), byte(4), byte(5), byte(6), byte(7)];
}

/** Writes a list: the number of items, then the items. */
export function vector(items: readonly Bytes[]): Bytes {
  return unsigned(items.length).concat(...items);
}

/** Writes a name: its length in UTF-8 bytes, then the bytes. */
export function name(text: string): Bytes {
  const bytes: number[] = [];
  for (let k = 0; k < text.length; k++) {
    const code = text.charCodeAt(k);
    if (code >= 0x80) return encodedName(text);
    bytes.push(code);
  }
  return unsigned(bytes.length).concat(bytes);
}

/** Writes a name that has other characters than those of ASCII. */
function encodedName(text: string): Bytes {
  const bytes = Array.from(new TextEncoder().encode(text));
  return unsigned(bytes.length).concat(bytes);
}
