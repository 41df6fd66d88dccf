/**
 * Vectors of elements that do not lie side by side: they are loaded and stored one by one.
 *
 * @module
 */
import type { Vector } from "../assembler/registers.ts";
import { Lanes } from "./lanes.ts";
import type { Access } from "./regions.ts";

/** Bytes of the parts of a vector that single elements can be put into. */
const PART = 16;

/**
 * Loads every second element, as vectors of 256 bits: the second ends where the last element does, so that nothing behind
 * it is read.
 */
function loadSeconds(lanes: Lanes, to: Vector, from: Access): void {
  const { code, bytes, dtype } = lanes, half = new Lanes(code, dtype, 256), parts = lanes.width / half.width;
  const some = (register: Vector, part: number) => {
    const y = code.vector(), start = from.offset + part * 2 * half.width;
    half.load(register, { ...from, offset: start });
    half.load(y, { ...from, offset: start + half.width - bytes });
    half.binary("shuf", register, register, y, { immediate: bytes === 4 ? 0xd8 : 0xa });
    code.assembler.vector("unary", "vpermq", 256, [register, register], { immediate: 0xd8 });
    code.free(y);
  };
  some(to, 0);
  if (parts === 1) return;
  const upper = code.vector();
  some(upper, 1);
  code.assembler.vector("binary", "vinsertf64x4", 512, [to, to, upper], { immediate: 1 });
  code.free(upper);
}

/** Loads elements from the last to the first. */
function loadReversed(lanes: Lanes, to: Vector, from: Access): void {
  const { code, bytes, count, bits } = lanes, { assembler } = code;
  const last = { ...from, offset: from.offset - (count - 1) * bytes };
  const place = code.operand(last, lanes.width, false);
  if (bytes === 8 && bits === 256) return assembler.vector("unary", "vpermq", 256, [to, place], { immediate: 0x1b });
  const order = code.vector(), indices = Array.from({ length: count }, (_, k) => count - 1 - k);
  const data = bytes === 4 ? new Int32Array(indices) : new BigInt64Array(indices.map(BigInt));
  assembler.vector("unary", "vmovups", bits, [order, assembler.datum(new Uint8Array(data.buffer))]);
  assembler.vector("binary", bytes === 4 ? "vpermps" : "vpermpd", bits, [to, order, place]);
  code.free(order);
}

/** Loads so many elements, `step` bytes apart, into the first lanes; the others become 0, or are like some of them. */
export function loadStrided(lanes: Lanes, to: Vector, from: Access, step: number, count = lanes.count): void {
  const { code, bytes } = lanes, { assembler } = code, perPart = PART / bytes;
  if (count === lanes.count && step === 2 * bytes) return loadSeconds(lanes, to, from);
  if (count === lanes.count && step === -bytes) return loadReversed(lanes, to, from);
  const place = (k: number): Access => ({ ...from, offset: from.offset + k * step });
  /** Loads the elements of a part into the first lanes of a register. */
  const load = (register: Vector, first: number) => {
    lanes.loadOne(register, place(first));
    for (let k = 1; k < Math.min(perPart, count - first); k++) {
      const element = code.operand(place(first + k), bytes, false);
      if (bytes === 8) assembler.vector("binary", "vmovhpd", 128, [register, register, element]);
      else assembler.vector("binary", "vinsertps", 128, [register, register, element], { immediate: k << 4 });
    }
  };
  load(to, 0);
  for (let part = 1; part * perPart < count; part++) {
    const other = code.vector();
    load(other, part * perPart);
    const name = lanes.bits === 512 ? "vinsertf32x4" : "vinsertf128";
    assembler.vector("binary", name, lanes.bits, [to, to, other], { immediate: part });
    code.free(other);
  }
}

/** Stores the first lanes, so many, `step` bytes apart. */
export function storeStrided(lanes: Lanes, to: Access, step: number, from: Vector, count = lanes.count): void {
  const { code, bytes } = lanes, { assembler } = code, perPart = PART / bytes;
  const place = (k: number): Access => ({ ...to, offset: to.offset + k * step });
  const store = (register: Vector, first: number) => {
    lanes.storeOne(place(first), register);
    for (let k = 1; k < Math.min(perPart, count - first); k++) {
      const element = code.operand(place(first + k), bytes, true);
      if (bytes === 8) assembler.vector("store", "vmovhps", 128, [element, register]);
      else assembler.vector("store", "vextractps", 128, [element, register], { immediate: k });
    }
  };
  store(from, 0);
  for (let part = 1; part * perPart < count; part++) {
    const other = code.vector(), name = lanes.bits === 512 ? "vextractf32x4" : "vextractf128";
    assembler.vector("store", name, lanes.bits, [other, from], { immediate: part });
    store(other, part * perPart);
    code.free(other);
  }
}
