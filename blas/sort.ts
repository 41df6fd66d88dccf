/**
 * The order of elements along an axis.
 *
 * @module
 */
import type { DType } from "./dtype.ts";
import { forEachLine } from "./lines.ts";
import type { MutableView, View } from "./view.ts";

/** The operands of {@link argsort}. */
export type ArgsortOperands<D extends DType> = {
  readonly axis: number;
  /** Whether the largest element comes first. */
  readonly descending: boolean;
  /** Any strides. */
  readonly x: View<D>;
  /** The shape of `x` except along the axis, which has the number of positions wanted: the first in order. */
  readonly y: MutableView<D>;
};

/** If at most this many are wanted of many more, only those are selected; otherwise all are sorted. */
const SOUGHT = 64;

/** Up to this many elements, each is inserted in its place. */
const FEW = 32;

/** From here on, digits of 11 bits pay for their larger tables. */
const MANY = 4096;

/**
 * Writes the positions of elements in ascending or descending order. Equal elements keep their order, 0 and -0 are equal, and a
 * NaN counts as larger than all numbers.
 *
 * Keys of 32 or 64 bits have the order of the numbers. A few keys are sorted by insertion, more of them digit by digit.
 */
export function argsort<D extends DType>({ axis, descending, x, y }: ArgsortOperands<D>): void {
  const count = x.shape[axis]!, wanted = y.shape[axis]!, xStep = x.stride[axis]!, yStep = y.stride[axis]!;
  const line = newLine(x.dtype, count), flip = descending ? 0xffffffff : 0;
  if (wanted === 0) return;
  forEachLine(axis, [x, y], ([p, q]) => {
    for (let i = 0; i < count; i++) line.numbers[i] = x.data[p! + i * xStep]! + 0; // -0 + 0 is 0
    toKeys(line, flip);
    const isSearch = wanted <= SOUGHT && 4 * wanted <= count;
    const order = isSearch || count <= FEW ? inserted(line, wanted) : byDigits(line);
    for (let i = 0; i < wanted; i++) y.data[q! + i * yStep] = order[i]!;
  });
}

/** The elements of one line, as numbers and as keys. */
type Line = {
  readonly numbers: Float32Array | Float64Array;
  /** The bits of the numbers. */
  readonly bits: Uint32Array;
  /** Keys, or the upper and the lower halves of keys, with the order of the numbers. */
  readonly keys: readonly Uint32Array[];
  readonly order: Uint32Array;
  readonly spare: Uint32Array;
};

function newLine(dtype: DType, count: number): Line {
  const numbers = dtype === "float32" ? new Float32Array(count) : new Float64Array(count);
  const words = dtype === "float32" ? 1 : 2, uints = (): Uint32Array => new Uint32Array(count);
  return {
    numbers,
    bits: new Uint32Array(numbers.buffer),
    keys: Array.from({ length: words }, uints),
    order: uints(),
    spare: uints(),
  };
}

/** The word of a float64 that holds its sign. */
const UPPER = /* @__PURE__ */ (() => new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0)();

/** Computes the keys: the bits, reversed for negative numbers, which grow downwards. */
function toKeys({ numbers, bits, keys: [upper, lower] }: Line, flip: number): void {
  for (let i = 0; i < numbers.length; i++) {
    const isNaN = numbers[i] !== numbers[i], sign = lower === undefined ? bits[i]! : bits[2 * i + UPPER]!;
    const mask = sign >>> 31 === 1 ? 0xffffffff : 0x80000000;
    upper![i] = (isNaN ? 0xffffffff : sign ^ mask) ^ flip;
    if (lower === undefined) continue;
    lower[i] = (isNaN ? 0xffffffff : mask === 0x80000000 ? bits[2 * i + 1 - UPPER]! : ~bits[2 * i + 1 - UPPER]!) ^ flip;
  }
}

/** Inserts each element before those with larger keys, and keeps the first of them. */
function inserted({ keys: [upper, lower = upper!], order }: Line, wanted: number): Uint32Array {
  for (let i = 0; i < upper!.length; i++) {
    const high = upper![i]!, low = lower[i]!;
    let at = Math.min(i, wanted);
    if (at === wanted) {
      const last = order[at - 1]!, other = upper![last]!;
      if (other < high || (other === high && lower[last]! <= low)) continue;
      at--; // the last one is dropped
    }
    for (; at > 0; at--) {
      const before = order[at - 1]!, other = upper![before]!;
      if (other < high || (other === high && lower[before]! <= low)) break;
      order[at] = before;
    }
    order[at] = i;
  }
  return order;
}

/** Sorts by each digit in turn, the lowest first; elements with the same digit keep their order. */
function byDigits({ keys, order, spare }: Line): Uint32Array {
  const count = order.length, width = count < MANY ? 8 : 11, starts = new Uint32Array(1 << width);
  for (let i = 0; i < count; i++) order[i] = i;
  let from = order, to = spare;
  for (const key of keys.toReversed()) {
    for (let shift = 0; shift < 32; shift += width) {
      if (!sortByDigit(key, shift, starts, from, to)) continue;
      [from, to] = [to, from];
    }
  }
  return from;
}

/** Sorts by one digit; returns false if all have the same one. */
function sortByDigit(
  key: Uint32Array,
  shift: number,
  starts: Uint32Array,
  from: Uint32Array,
  to: Uint32Array,
): boolean {
  const mask = starts.length - 1;
  starts.fill(0);
  for (let i = 0; i < key.length; i++) starts[(key[i]! >>> shift) & mask]!++;
  if (starts[(key[0]! >>> shift) & mask] === key.length) return false;
  for (let digit = 0, sum = 0; digit <= mask; digit++) {
    const own = starts[digit]!;
    starts[digit] = sum;
    sum += own;
  }
  for (let i = 0; i < from.length; i++) {
    const element = from[i]!;
    to[starts[(key[element]! >>> shift) & mask]!++] = element;
  }
  return true;
}
