/**
 * Loading the lanes of a vector from elements anywhere in memory, and storing them side by side.
 *
 * @module
 */
import type { Vector } from "../lane_instructions.ts";
import { type Expression, i32, i8x16, type Operand, v128 } from "../../wasm/mod.ts";

/** A place in memory: an address and an offset in bytes. */
export type Place = { readonly address: Operand<"i32">; readonly offset: number };

/** Returns a place. A negative offset becomes part of the address, since an instruction's offset cannot be negative. */
export function placeAt(pointer: Expression<"i32"> | undefined, offset: number): Place {
  if (pointer === undefined) return { address: 0, offset };
  return offset < 0 ? { address: i32.add(pointer, offset), offset: 0 } : { address: pointer, offset };
}

/** Tells whether elements lie side by side. */
function isContiguous(offsets: readonly number[], bytes: number): boolean {
  for (let lane = 1; lane < offsets.length; lane++) {
    if (offsets[lane] !== offsets[lane - 1]! + bytes) return false;
  }
  return true;
}

/** A shuffle that repeats each of the first two lanes. */
const TWICE = [0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7];

/** A shuffle that reverses four lanes. */
const REVERSED = [12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3];

/** A shuffle that combines lanes 0 and 2 of one vector with lanes 1 and 3 of another. */
const EVERY_SECOND = [0, 1, 2, 3, 8, 9, 10, 11, 20, 21, 22, 23, 28, 29, 30, 31];

/**
 * Loads elements into the lowest lanes, without reading beyond them. Lanes without an element hold 0, or one of the
 * elements.
 *
 * @param place Returns the place at an offset, in bytes, from the first element.
 * @param offsets The offset of each lane's element.
 * @param bytes The size of an element.
 */
export function loadLanes(place: (offset: number) => Place, offsets: readonly number[], bytes: 4 | 8): Vector {
  if (offsets.length === 16 / bytes && isContiguous(offsets, bytes)) {
    const { address, offset } = place(offsets[0]!);
    return v128.load(address, offset);
  }
  const at = (lane: number) => place(offsets[lane]!); // there is at least one
  const follows = (lane: number) => offsets[lane] === offsets[lane - 1]! + bytes;
  function load(name: "load32_splat" | "load64_splat" | "load64_zero" | "load" | "load32_zero") {
    const { address, offset } = at(0);
    return v128[name](address, offset);
  }
  const insert = (name: "load32_lane" | "load64_lane", v: Vector, lane: number, { address, offset }: Place) =>
    v128[name](address, v, lane, offset);
  if (offsets.every((offset) => offset === offsets[0])) return load(bytes === 4 ? "load32_splat" : "load64_splat");
  if (bytes === 8) return insert("load64_lane", load("load64_zero"), 1, at(1));
  if (offsets.length === 4 && follows(1) && follows(3)) {
    return offsets[2] === offsets[0] ? load("load64_splat") : insert("load64_lane", load("load64_zero"), 1, at(2));
  }
  const steps = (step: number) => offsets.every((offset, lane) => offset === offsets[0]! + lane * step);
  if (offsets.length === 4 && steps(-4)) {
    const { address, offset } = at(3);
    return i8x16.shuffle(v128.load(address, offset), i8x16.const(0), REVERSED);
  }
  if (offsets.length === 4 && steps(8)) {
    // Memory between the elements is read too, but none beyond them.
    const { address, offset } = place(offsets[0]! + 12);
    return i8x16.shuffle(load("load"), v128.load(address, offset), EVERY_SECOND);
  }
  if (offsets.length === 4 && offsets[1] === offsets[0] && follows(2) && offsets[3] === offsets[2]) {
    return i8x16.shuffle(load("load64_zero"), i8x16.const(0), TWICE); // the second input is unused
  }
  const paired = follows(1);
  let v: Vector = load(paired ? "load64_zero" : "load32_zero");
  for (let lane = paired ? 2 : 1; lane < offsets.length; lane++) v = insert("load32_lane", v, lane, at(lane));
  return v;
}

/**
 * Stores lanes at their offsets, without writing anything else.
 *
 * @param v A vector that may be used twice at no cost.
 * @param offsets The offset of each lane's element, from the lowest lane up.
 */
export function storeLanesAt(
  place: (offset: number) => Place,
  v: Vector,
  offsets: readonly number[],
  bytes: 4 | 8,
): readonly Expression<"none">[] {
  const first = offsets[0]!; // at least one lane
  if (isContiguous(offsets, bytes)) return storeLanes((offset) => place(first + offset), v, offsets.length, bytes);
  const follows = (lane: number) => offsets[lane] === offsets[lane - 1]! + bytes;
  const stores: Expression<"none">[] = [];
  for (let lane = 0; lane < offsets.length; lane++) {
    const { address, offset } = place(offsets[lane]!);
    if (bytes === 8) stores.push(v128.store64_lane(address, v, lane, offset));
    else if (lane % 2 === 0 && lane + 1 < offsets.length && follows(lane + 1)) {
      stores.push(v128.store64_lane(address, v, lane++ / 2, offset));
    } else stores.push(v128.store32_lane(address, v, lane, offset));
  }
  return stores;
}

/**
 * Stores the lowest lanes side by side, without writing anything else.
 *
 * @param v A vector that may be used twice at no cost.
 * @param count The number of lanes.
 */
export function storeLanes(
  place: (offset: number) => Place,
  v: Vector,
  count: number,
  bytes: 4 | 8,
): readonly Expression<"none">[] {
  const { address, offset } = place(0);
  if (count * bytes === 16) return [v128.store(address, v, offset)];
  if (count * bytes === 4) return [v128.store32_lane(address, v, 0, offset)];
  const half = v128.store64_lane(address, v, 0, offset);
  if (count * bytes === 8) return [half];
  const rest = place(8);
  return [half, v128.store32_lane(rest.address, v, 2, rest.offset)];
}

/**
 * Stores the lowest lanes at the places of their elements, without writing anything else.
 *
 * @param offsets The offset of each lane's element.
 */
export function storeApart(
  place: (offset: number) => Place,
  v: Vector,
  offsets: readonly number[],
  bytes: 4 | 8,
): readonly Expression<"none">[] {
  const first = offsets[0]!; // at least one lane
  if (isContiguous(offsets, bytes)) {
    return storeLanes((more) => place(first + more), v, offsets.length, bytes);
  }
  const name = bytes === 4 ? "store32_lane" : "store64_lane";
  return offsets.map((at, lane) => {
    const { address, offset } = place(at);
    return v128[name](address, v, lane, offset);
  });
}
