/**
 * The bytes after an instruction's opcode: offsets, lanes and shuffles.
 *
 * @module
 */
import { type Bytes, unsigned } from "./encoding.ts";
import type { Immediate } from "./instructions.ts";

/** Encodes the arguments after the operands as the bytes after the opcode. */
export function immediateBytes(name: string, immediate: Immediate, first: unknown, second: unknown): Bytes {
  switch (immediate) {
    case "memory":
      return memoryArgument(first);
    case "atomic":
      return [ATOMIC_ALIGNMENT, ...unsigned(Number(first ?? 0))];
    case "memoryLane":
      return memoryArgument(second).concat(lane(name, first));
    case "lane":
      return [lane(name, first)];
    case "bytes":
      return sixteen(name, first);
    case "zero":
      return [0];
    case "zeroZero":
      return [0, 0];
  }
}

/** Encodes an offset in bytes after the alignment hint 2 ** 0, which is always true; engines need no better one. */
export const memoryArgument = (offset: unknown): Bytes => {
  if (offset === undefined || offset === 0) return NO_OFFSET;
  const bytes = Number(offset);
  return OFFSETS.get(bytes) ?? encodedOffset(bytes);
};

function encodedOffset(offset: number): Bytes {
  const isShort = (offset | 0) === offset && offset >= 0x80 && offset < 0x4000;
  const bytes = isShort ? [0, offset & 0x7f | 0x80, offset >> 7] : ALIGNMENT.concat(unsigned(offset));
  if (offset < KEPT) OFFSETS.set(offset, bytes);
  return bytes;
}

/** The alignment 2 ** 0. */
const ALIGNMENT: Bytes = [0];

/** Offsets below this, which many instructions have, are encoded once. */
const KEPT = 4096;

const OFFSETS = /* @__PURE__ */ new Map<number, Bytes>();

/** The alignment and the offset 0. */
export const NO_OFFSET: Bytes = [0, 0];

/** Atomic instructions must state the alignment that they require, 4 bytes, as an exponent of 2. */
const ATOMIC_ALIGNMENT = 2;

/** The number of lanes for each instruction that names one, found when it is first used. */
const LANE_COUNTS = new Map<string, number>();

function laneCountOf(name: string): number {
  const known = LANE_COUNTS.get(name);
  if (known !== undefined) return known;
  const [, bits] = /(?:i|f|load|store)(\d+)/.exec(name.replace("v128.", ""))!, count = 128 / Number(bits);
  LANE_COUNTS.set(name, count);
  return count;
}

function lane(name: string, value: unknown): number {
  const count = laneCountOf(name);
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value < count) return value;
  throw new RangeError(`Cannot build ${name} of lane ${value}: lanes are numbered 0 to ${count - 1}; pass one of them`);
}

/** Lists that have been checked: most shuffles are used again and again. */
const shuffles = new WeakSet<object>();

function sixteen(name: string, value: unknown): Bytes {
  const limit = name === "i8x16.shuffle" ? 32 : 256, isObject = typeof value === "object" && value !== null;
  if (isObject && shuffles.has(value)) return value as Bytes; // only lists of bytes are in it
  if (isByteList(value, limit)) {
    if (limit === 32) shuffles.add(value);
    return value;
  }
  throw new RangeError(`Cannot build ${name} of [${value}]: it takes 16 bytes below ${limit}; list them all`);
}

function isByteList(value: unknown, limit: number): value is Bytes {
  if (!Array.isArray(value) || value.length !== 16) return false;
  for (let i = 0; i < value.length; i++) {
    const byte: unknown = value[i];
    if (!(typeof byte === "number" && byte >= 0 && byte < limit && (byte | 0) === byte)) return false;
  }
  return true;
}
