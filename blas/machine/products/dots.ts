/**
 * Products of few rows or columns in machine code: each element is a sum along rows, as a reduction computes it.
 *
 * @module
 */
import type { GemmOperation } from "../../program/operations/gemm.ts";
import type { Loop, ValueType } from "../../program/program.ts";
import { argument, mul } from "../../scalar/scalar.ts";
import type { Bits } from "../assembler/registers.ts";
import type { MachineLowered } from "../program/lowering.ts";
import { lowerReduce } from "../rows/reduce.ts";

/** The most rows, or columns, of a product whose sums are computed one by one. */
const FEW = 7;

/** The shortest sums along vectors for which it pays to combine their lanes, and those with a loop that follows each. */
const LONG = 128, LONGER = 200;

/** The fewest rows that fill vectors, which are then sums of different rows. */
const TALL = 16;

/** Prepares a product of few rows or columns as sums of the products of neighbours; `undefined` if that would be slower. */
export function lowerDots(
  { a, b, epilogue }: GemmOperation,
  results: readonly ValueType[],
  bits: Bits,
): MachineLowered | undefined {
  const rank = a.shape.length, n = b.shape[rank - 1]!, shape = [...a.shape.slice(0, -1), n, a.shape[rank - 1]!];
  const [rows, columns] = [rank - 2, rank - 1], m = a.shape[rows]!, k = a.shape[columns]!;
  const isAlong = a.stride[columns] === 1 && (b.stride[rows] === 1 || k === 1);
  const isLong = isAlong ? k >= (epilogue === undefined ? LONG : LONGER) : a.stride[rows] === 1 && m >= TALL;
  if (Math.min(m, n) > FEW || !isLong) return undefined;
  const loop: Loop = {
    shape,
    operands: [
      { ...a, shape, stride: [...a.stride.slice(0, columns), 0, a.stride[columns]!] },
      { ...b, shape, stride: [...b.stride.slice(0, rows), 0, b.stride[columns]!, b.stride[rows]!] },
    ],
    expressions: [mul(argument(0), argument(1))],
  };
  const after = epilogue && withUnitAxis(epilogue);
  return lowerReduce(
    { kind: "reduce", reduction: "sum", axes: [rank], loop, ...after && { epilogue: after } },
    results,
    bits,
    results,
  );
}

/** Appends an axis of length 1 to a loop. */
function withUnitAxis({ shape, operands, expressions }: Loop): Loop {
  return {
    shape: [...shape, 1],
    operands: operands.map((operand) => ({ ...operand, shape: [...operand.shape, 1], stride: [...operand.stride, 0] })),
    expressions,
  };
}
