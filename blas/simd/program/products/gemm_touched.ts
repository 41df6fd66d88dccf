/**
 * What the units of a matrix product read and write.
 *
 * @module
 */
import type { Phase } from "../emitter.ts";
import { ALL_BYTES, elementsAlong, readAlongAxis0, rowsOfResult } from "../touched.ts";
import type { Cut } from "./gemm_cuts.ts";
import type { GemmLowering } from "./gemm_plan.ts";

/** Returns what units of rows read and write. */
export function touchedByRows(lowering: GemmLowering, { size, full }: Cut): NonNullable<Phase["touched"]> {
  const { a, b, oriented, problem: { unit }, plan, shape, epilogue } = lowering, { m, n, k } = oriented;
  const [rows, other] = plan.transposed ? [b, a] : [a, b];
  const matrix = { ...rows, shape: [m, k], stride: [oriented.a.row, oriented.a.column] };
  return (first, last) => {
    const from = first * size, to = last > full ? m : last * size; // the rest may have more rows than a unit
    return {
      reads: [
        elementsAlong(matrix, 0, from, to),
        elementsAlong(other, 0, 0, other.shape[0]!),
        ...epilogue === undefined ? [] : readAlongAxis0(epilogue, Math.floor(from / unit), Math.ceil(to / unit)),
      ],
      writes: plan.transposed
        ? [rowsOfResult(0, shape, 0, shape[0]!)]
        : resultsOf(lowering).map((k) => ({ of: k, from: from * n, to: to * n })),
      workspace: ALL_BYTES,
    };
  };
}

/** Returns what units of a batch read and write. */
export function touchedByBatch(lowering: GemmLowering, axis: number): NonNullable<Phase["touched"]> {
  const { a, b, shape, epilogue } = lowering;
  return (from, to) => ({
    reads: [
      ...[a, b].map((operand) => elementsAlong(operand, axis, from, to)),
      // Axes before it have length 1; with an epilogue, there are none.
      ...epilogue === undefined ? [] : readAlongAxis0(epilogue, from, to),
    ],
    writes: resultsOf(lowering).map((k) => rowsOfResult(k, shape.slice(axis), from, to)),
    workspace: undefined,
  });
}

/** Lists the positions of the results. */
const resultsOf = ({ epilogue }: GemmLowering): readonly number[] => epilogue?.expressions.map((_, k) => k) ?? [0];
