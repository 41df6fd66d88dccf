/**
 * Code for rows of elements whose addresses are known only when the code runs.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import { rowMajorStrides } from "../../shape.ts";
import type { FunctionBuilder, Local } from "../../wasm/mod.ts";
import type { Vector } from "../lane_instructions.ts";
import { loadLanes, storeLanes } from "./lane_access.ts";
import { emitLoopNest, type Range } from "./loop_nest.ts";

/** A row that is read, and a row-major one that is written. */
export type RowPair = {
  readonly dtype: DType;
  /** The addresses of the first elements of the row that is read, and of the row that is written. */
  readonly start: Local<"i32">;
  readonly target: Local<"i32">;
  /** The lengths of the levels, none 0, and the steps of the row that is read, in elements. */
  readonly lengths: readonly number[];
  readonly strides: readonly number[];
  /** A range of level 0. Default: all of it. */
  readonly range?: Range;
};

/**
 * Emits the processing of a row.
 *
 * @param join Returns the elements to store, from those that are read and those that are already there.
 */
export function emitRow(
  f: FunctionBuilder,
  { dtype, start, target, lengths, strides, range }: RowPair,
  join: (element: Vector, there: () => Vector) => Vector,
): void {
  const bytes = BYTES_PER_ELEMENT[dtype], inBytes = (steps: readonly number[]) => steps.map((step) => step * bytes);
  emitLoopNest(f, {
    lengths,
    sources: [
      { base: 0, start, strides: inBytes(strides) },
      { base: 0, start: target, strides: inBytes(rowMajorStrides(lengths)) },
    ],
    lanes: 16 / bytes,
    weight: 2,
    ...range && { range },
    enter: () => {},
    body: (vectors, { place }) => {
      for (const { count, offsets } of vectors) {
        const [first] = offsets(1) as [number], from = (offset: number) => place(0, offset); // at least one lane
        const there = () => loadLanes((offset) => place(1, offset), offsets(1), bytes);
        const made = f.let(join(loadLanes(from, offsets(0), bytes), there));
        f.do(...storeLanes((offset) => place(1, first + offset), made, count, bytes));
      }
    },
  });
}
