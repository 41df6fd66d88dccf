/**
 * Random copies, views and joins for tests of machine code (blas/machine/maps/transpose.ts, blas/machine/maps/join.ts, with
 * vectors whose elements are apart: blas/machine/code/strided.ts).
 *
 * @module
 */
import type { JoinPart } from "../../../blas/program/operations/join.ts";
import type { Loop, Operand } from "../../../blas/program/program.ts";
import { argument } from "../../../blas/scalar/scalar.ts";
import { rowMajorStrides, type Shape, sizeOf } from "../../../blas/shape.ts";
import type { Range } from "../../../blas/view.ts";
import { type Random, randomExpression, type RandomInstruction } from "./instructions.ts";

const one = <T>(random: Random, list: readonly T[]): T => list[random(list.length)]!;

const SHAPES: readonly Shape[] = [
  [100],
  [7, 33],
  [33, 20],
  [3, 5, 20],
  [2, 16, 24],
  [40, 3],
  [5, 8, 9, 2],
  [1, 4, 4],
  [],
];

/** Makes an operand of a shape: its axes in another order, reversed, with gaps, or repeated; and the size of its value. */
function operandOf(random: Random, value: number, shape: Shape): { readonly operand: Operand; readonly size: number } {
  const order = shape.map((_, axis) => axis);
  for (let k = order.length - 1; k > 0; k--) {
    const other = random(k + 1);
    [order[k], order[other]] = [order[other]!, order[k]!];
  }
  const steps = rowMajorStrides(order.map((axis) => shape[axis]!)), gap = one(random, [1, 1, 1, 2, 3]);
  const stride = shape.map((_, axis) => {
    const step = steps[order.indexOf(axis)]! * gap;
    return random(8) === 0 ? -step : random(8) === 0 ? 0 : step;
  });
  const reach = shape.map((length, axis) => (length - 1) * stride[axis]!);
  const offset = random(4) - reach.reduce((low, far) => low + Math.min(0, far), 0);
  return {
    operand: { value, shape, stride, offset },
    size: reach.reduce((high, far) => high + Math.max(0, far), offset + 1),
  };
}

/** Makes a loop whose operands are values from `first` on, and the sizes of these. */
function loopOf(
  random: Random,
  shape: Shape,
  first: number,
): { readonly loop: Loop; readonly sizes: readonly number[] } {
  const made = Array.from({ length: 1 + random(3) }, (_, k) => operandOf(random, first + k, shape));
  const expression = random(2) === 0 ? argument(0) : randomExpression(random, made.length, 1 + random(2));
  return {
    loop: { shape, operands: made.map(({ operand }) => operand), expressions: [expression] },
    sizes: made.map(({ size }) => size),
  };
}

/** Makes a map, or a view that copies, of operands in any order. */
export function randomCopy(random: Random): RandomInstruction {
  const dtype = one(random, ["float32", "float64"] as const), shape = one(random, SHAPES);
  if (random(3) === 0) {
    const { operand, size } = operandOf(random, 0, shape);
    return {
      values: [{ dtype, shape: [size] }],
      instruction: {
        operation: { kind: "view", change: { kind: "reshape", shape: [sizeOf(shape)] }, operand },
        results: [{ dtype, shape: [sizeOf(shape)] }],
      },
    };
  }
  const { loop, sizes } = loopOf(random, shape, 0);
  return {
    values: sizes.map((size) => ({ dtype, shape: [size] })),
    instruction: { operation: { kind: "map", loop }, results: [{ dtype, shape }] },
  };
}

/** Makes a join of a few parts along an axis, with or without elements between and around them. */
export function randomJoin(random: Random): RandomInstruction {
  const dtype = one(random, ["float32", "float64"] as const),
    inner = one(random, SHAPES.filter((shape) => shape.length > 0));
  const axis = random(inner.length), sizes: number[] = [], parts: JoinPart[] = [];
  const around = random(2) === 0 ? 0 : random(4), interleaved = random(4) === 0, count = 1 + random(4);
  let end = 0;
  for (let k = 0; k < count; k++) {
    const shape = inner.map((length, other) => other === axis && !interleaved ? 1 + random(length) : length);
    const { loop, sizes: own } = loopOf(random, shape, sizes.length);
    const place = shape.map((length, other): Range => {
      if (other === axis) {
        return { start: interleaved ? k : end + around, step: interleaved ? count : 1, count: length };
      }
      return { start: around, step: 1, count: length };
    });
    parts.push({ loop, place });
    sizes.push(...own);
    end += shape[axis]! + (interleaved ? 0 : around);
  }
  const shape = inner.map((length, other) => {
    return other === axis ? (interleaved ? count * length : end + around) : length + 2 * around;
  });
  return {
    values: sizes.map((size) => ({ dtype, shape: [size] })),
    instruction: {
      operation: { kind: "join", shape, parts, fill: one(random, [0, -0, 1.5]) },
      results: [{ dtype, shape }],
    },
  };
}
