/**
 * Partial vectors: the rest of a row that does not fill a vector, read and written without touching what follows.
 *
 * @module
 */
import { type LaneInstructions, shuffle, type Vector } from "../../lane_instructions.ts";
import { transposed } from "../../pack_kernel.ts";
import { type Expression, type FunctionBuilder, type Local, type Operand, v128 } from "../../../wasm/mod.ts";

/** Loads the first `count` lanes; the others are 0. */
export function loadPartialVector(
  { bytes }: LaneInstructions,
  count: number,
  address: Operand<"i32">,
  offset: number,
): Vector {
  if (count === 0) return v128.const(new Array<number>(16).fill(0));
  if (count * bytes === 16) return v128.load(address, offset);
  if (bytes === 8 || count === 2) return v128.load64_zero(address, offset);
  if (count === 1) return v128.load32_zero(address, offset);
  return v128.load32_lane(address, v128.load64_zero(address, offset), 2, offset + 8);
}

/** Stores the first `count` lanes. */
export function storePartialVector(
  { bytes }: LaneInstructions,
  count: number,
  address: Operand<"i32">,
  value: Local<"v128">,
  offset: number,
): readonly Expression<"none">[] {
  if (count * bytes === 16) return [v128.store(address, value, offset)];
  if (bytes === 8 || count === 2) return [v128.store64_lane(address, value, 0, offset)];
  if (count === 1) return [v128.store32_lane(address, value, 0, offset)];
  return [v128.store64_lane(address, value, 0, offset), v128.store32_lane(address, value, 2, offset + 8)];
}

/** Replaces one lane by the number at an address. */
export function loadLane(
  { bytes }: LaneInstructions,
  address: Operand<"i32">,
  value: Local<"v128">,
  lane: number,
  offset: number,
): Vector {
  return bytes === 8 ? v128.load64_lane(address, value, lane, offset) : v128.load32_lane(address, value, lane, offset);
}

/** Stores each lane at its offset from the address, in as few instructions as possible. */
export function scatter(
  { bytes, count, storeLane }: LaneInstructions,
  address: Operand<"i32">,
  value: Local<"v128">,
  offsets: readonly number[],
): readonly Expression<"none">[] {
  const together = (from: number, to: number) =>
    offsets.slice(from, to).every((offset, i) => offset === offsets[from]! + i * bytes);
  if (offsets.length === count && together(0, count)) return [v128.store(address, value, offsets[0]!)];
  const stores: Expression<"none">[] = [];
  for (let lane = 0; lane < offsets.length;) {
    const pair = bytes === 4 && lane % 2 === 0 && lane + 2 <= offsets.length && together(lane, lane + 2);
    stores.push(
      pair
        ? v128.store64_lane(address, value, lane / 2, offsets[lane]!)
        : storeLane(address, value, lane, offsets[lane]!),
    );
    lane += pair ? 2 : 1;
  }
  return stores;
}

/** Returns the sums of the lanes of up to as many vectors as a vector has lanes, in the first lanes of one vector. */
export function sums(f: FunctionBuilder, lanes: LaneInstructions, vectors: readonly Vector[]): Local<"v128"> {
  const [a, b = a, c = a, d = c] = vectors, { vector } = lanes;
  const pair = (x: Vector, y: Vector) => f.let(vector.add(...lanes.interleave(x, y)));
  const ab = pair(a!, b!);
  if (lanes.count === 2) return ab;
  const cd = vectors.length > 2 ? pair(c!, d!) : ab;
  return f.let(vector.add(shuffle(ab, cd, [0, 1, 4, 5]), shuffle(ab, cd, [2, 3, 6, 7])));
}

/** Transposes some rows of one vector each: returns for each lane a vector with all rows in its first lanes. */
export function columnsOf(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  rows: readonly Vector[],
): readonly Local<"v128">[] {
  const square = Array.from({ length: lanes.count }, (_, i) => rows[i] ?? rows[rows.length - 1]!);
  return transposed(f, lanes, square).map((vector) => f.let(vector));
}
