/**
 * The stores of a tile's sums.
 *
 * @module
 */
import type { LaneInstructions } from "../../lane_instructions.ts";
import { type FunctionBuilder, i32, type Local, v128 } from "../../../wasm/mod.ts";
import { columnsOf, loadPartialVector, storePartialVector } from "./partial_vector.ts";
import { type Accumulate, addWide, elementBytes } from "./wide_sums.ts";

/** Where a tile stores its sums. */
export type TileTarget = {
  readonly target: {
    /** Bytes between rows of the product. */
    readonly row: number;
    /** Bytes between its columns, perhaps known only when the code runs. */
    readonly column: number | Local<"i32">;
  };
  /** A mask, of all bits or none, says when the code runs whether sums are added to the numbers in memory. */
  readonly accumulate: Accumulate | Local<"v128">;
};

/** Emits the stores of a panel: vectors as they are, or transposed if the elements of a column are contiguous. */
export function storeTile(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  given: TileTarget,
  widths: readonly number[],
  accumulators: readonly (readonly Local<"v128">[])[],
  c: Local<"i32">,
): void {
  const { target: { row, column }, accumulate } = given, { count } = lanes;
  const bytes = elementBytes(accumulate === "wide" ? accumulate : true, lanes.bytes);
  if (column === bytes || row !== bytes) {
    for (let r = 0; r < accumulators.length; r++) {
      const sums = accumulators[r]!;
      for (let v = 0; v < sums.length; v++) {
        put(f, lanes, accumulate, sums[v]!, widths[v]!, c, r * row + count * bytes * v);
      }
    }
    return;
  }
  // Columns at constant distances are reached by offsets; otherwise, each has an address.
  let address = c, first = 0;
  for (let v = 0; v < widths.length; v++) {
    const width = widths[v]!, addresses = [address];
    if (typeof column === "object") {
      for (let j = 1; j < width; j++) addresses.push(f.let(i32.add(addresses[j - 1]!, column)));
      if (v + 1 < widths.length) address = f.let(i32.add(addresses[width - 1]!, column));
    }
    for (let r = 0; r < accumulators.length; r += count) {
      const rows: Local<"v128">[] = [];
      for (let i = r; i < Math.min(r + count, accumulators.length); i++) rows.push(accumulators[i]![v]!);
      const places: Place[] = [];
      for (let j = 0; j < width; j++) {
        places.push(
          typeof column === "object"
            ? { address: addresses[j]!, offset: r * row }
            : { address: c, offset: r * row + (first + j) * column },
        );
      }
      if (rows.length === 2 && count === 4 && accumulate !== "wide") storePairs(f, lanes, rows, places, accumulate);
      else {
        const columns = columnsOf(f, lanes, rows);
        for (let j = 0; j < width; j++) {
          put(f, lanes, accumulate, columns[j]!, rows.length, places[j]!.address, places[j]!.offset);
        }
      }
    }
    first += count;
  }
}

/** Where elements of a column are. */
type Place = { readonly address: Local<"i32">; readonly offset: number };

/** Emits the store of the first lanes of a vector. */
function put(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  accumulate: TileTarget["accumulate"],
  value: Local<"v128">,
  count: number,
  address: Local<"i32">,
  offset: number,
): void {
  if (accumulate === "wide") return f.do(...addWide(f, count, address, value, offset));
  if (accumulate !== false) {
    const sum = lanes.vector.add(value, loadPartialVector(lanes, count, address, offset));
    f.set(value, accumulate === true ? sum : v128.bitselect(sum, value, accumulate));
  }
  f.do(...storePartialVector(lanes, count, address, value, offset));
}

/** Emits the stores of two rows of a vector each, column by column: two shuffles rather than the eight of a square. */
function storePairs(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  [first, second]: readonly Local<"v128">[],
  places: readonly Place[],
  accumulate: boolean | Local<"v128">,
): void {
  const halves = lanes.interleave(first!, second!);
  for (let half = 0; 2 * half < places.length; half++) {
    const known = f.local("v128"), pair = f.let(halves[half]!);
    const here = places.slice(2 * half, 2 * half + 2);
    if (accumulate !== false) {
      for (let lane = 0; lane < here.length; lane++) {
        f.set(known, v128.load64_lane(here[lane]!.address, known, lane, here[lane]!.offset));
      }
      const sum = lanes.vector.add(pair, known);
      f.set(pair, accumulate === true ? sum : v128.bitselect(sum, pair, accumulate));
    }
    for (let lane = 0; lane < here.length; lane++) {
      f.do(v128.store64_lane(here[lane]!.address, pair, lane, here[lane]!.offset));
    }
  }
}
