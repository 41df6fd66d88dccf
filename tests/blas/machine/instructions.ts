/**
 * Random instructions for tests of machine code.
 *
 * @module
 */
import "../program/all_kinds.ts";
import type { ConvolutionGeometry } from "../../../blas/convolution.ts";
import { windowCount } from "../../../blas/convolution.ts";
import { rowMajorStrides } from "../../../blas/shape.ts";
import { epilogueInput } from "../../../blas/program/operand.ts";
import type { Instruction, Loop, Operand, ValueType } from "../../../blas/program/program.ts";
import {
  BINARY_FUNCTIONS,
  type BinaryFunction,
  UNARY_FUNCTIONS,
  type UnaryFunction,
} from "../../../blas/scalar/functions.ts";
import { argument, binary, constantScalar, type Scalar, select, unary } from "../../../blas/scalar/scalar.ts";

/** Returns a whole number from 0 to below a limit. */
export type Random = (limit: number) => number;

/** An instruction, and the types of the values that it reads. */
export type RandomInstruction = { readonly instruction: Instruction; readonly values: readonly ValueType[] };

/** Makes a generator of numbers: Lehmer's. */
export function randomFrom(seed: number): Random {
  let state = seed;
  return (limit) => (state = state * 48271 % 2147483647) % limit;
}

const one = <T>(random: Random, list: readonly T[]): T => list[random(list.length)]!;

/** An operand of a matrix, or a stack of them, in some layout, and the number of elements of its value. */
function matrixOf(
  random: Random,
  value: number,
  shape: readonly number[],
): { readonly operand: Operand; readonly size: number } {
  const gap = random(4), offset = random(5), [rows, columns] = shape.slice(-2) as [number, number];
  const strides = one(random, [[columns + gap, 1], [1, rows + gap], [0, 1], [columns, 1], [-columns, 1]] as const);
  const batch = shape.slice(0, -2), step = rows * (columns + gap) + columns * gap;
  const outer = batch.map((_, axis) => random(4) === 0 ? 0 : step * batch.slice(axis + 1).reduce((a, b) => a * b, 1));
  const stride = [...outer, ...strides];
  const reach = shape.map((length, axis) => (length - 1) * stride[axis]!);
  const start = offset - reach.reduce((low, far) => low + Math.min(0, far), 0);
  const size = start + reach.reduce((high, far) => high + Math.max(0, far), 0) + 1;
  return { operand: { value, shape, stride, offset: start }, size };
}

/** Makes a product, or a batch of them, some of few rows or columns. */
export function randomProduct(random: Random): RandomInstruction {
  const length = () => 1 + random(one(random, [8, 40, 150])), dtype = one(random, ["float32", "float64"] as const);
  const few = () => random(6) === 0 ? 1 + random(3) : length();
  const [m, n, k] = [few(), few(), random(8) === 0 ? 700 : length()], batch = one(random, [[], [], [3], [2, 3]]);
  const a = matrixOf(random, 0, [...batch, m, k]), b = matrixOf(random, 1, [...batch, k, n]);
  const follows = random(2) === 0 ? undefined : randomEpilogue(random, [...batch, m, n], 2);
  return {
    values: [...[a, b].map(({ size }) => size), ...follows?.sizes ?? []].map((size) => ({ dtype, shape: [size] })),
    instruction: {
      operation: { kind: "gemm", a: a.operand, b: b.operand, ...follows && { epilogue: follows.loop } },
      results: (follows?.loop.expressions ?? [0]).map(() => ({ dtype, shape: [...batch, m, n] })),
    },
  };
}

/** Makes the loop after a product or convolution, on what it has computed and values from `first` on. */
function randomEpilogue(random: Random, shape: readonly number[], first: number) {
  const { loop, sizes } = randomLoop(random, shape, first), { operands } = loop, count = operands.length;
  // Bounded functions: what was computed may differ by roundings.
  const own = argument(count), added = binary("add", own, argument(random(count)));
  const expressions = [added, unary("tanh", added), binary("max", own, 0)].slice(0, 1 + random(3));
  return { loop: { shape, operands: [...operands, epilogueInput(shape)], expressions }, sizes };
}

/** Makes a convolution of any form. */
export function randomConvolution(random: Random): RandomInstruction {
  const dtype = one(random, ["float32", "float64"] as const),
    form = one(random, ["conv2d", "conv2dInput", "conv2dWeight"] as const);
  const isDepthwise = random(4) === 0, isPointwise = random(6) === 0, most = isPointwise ? 1 : isDepthwise ? 6 : 4;
  const groups = isDepthwise ? 1 + random(6) : one(random, [1, 1, 2]);
  const channels = isDepthwise ? 1 : 1 + random(9), filters = 1 + random(isDepthwise ? 4 : 20);
  const kernel = [1 + random(most), 1 + random(most)] as const;
  const stride = isPointwise ? [1, 1] as const : one(random, [[1, 1], [2, 2], [1, 2], [2, 1], [3, 4]] as const);
  const margin = () => isPointwise ? 0 : random(3),
    padding = [margin(), margin(), margin(), margin()] as const,
    dilation = one(random, [[1, 1], [1, 1], [2, 1]] as const);
  const image = [kernel[0] * dilation[0] + random(20), kernel[1] * dilation[1] + random(40)] as const;
  const count = (axis: 0 | 1) =>
    windowCount(image[axis], kernel[axis], {
      stride: stride[axis],
      dilation: dilation[axis],
      padding: padding[axis] + padding[axis + 2]!,
    });
  const batch = 1 + random(3), geometry: ConvolutionGeometry = { stride, padding, dilation, groups };
  const x = [batch, groups * channels, ...image], w = [groups * filters, channels, ...kernel];
  const y = [batch, groups * filters, count(0), count(1)];
  const [p, q, r] = form === "conv2d" ? [x, w, y] : form === "conv2dInput" ? [y, w, x] : [x, y, w];
  const operands = [p!, q!].map((shape, value): Operand => ({
    value,
    shape,
    stride: rowMajorStrides(shape),
    offset: 0,
  }));
  const follows = random(2) === 0 ? undefined : randomEpilogue(random, r!, 2),
    pair = [operands[0]!, operands[1]!] as const;
  return {
    values: [
      ...[p!, q!].map((shape) => ({ dtype, shape })),
      ...follows?.sizes.map((size) => ({ dtype, shape: [size] })) ?? [],
    ],
    instruction: {
      operation: {
        kind: "convolution",
        form,
        geometry,
        operands: pair,
        ...follows && { epilogue: follows.loop },
      },
      results: (follows?.loop.expressions ?? [0]).map(() => ({ dtype, shape: r! })),
    },
  };
}

// The names of the tables.
const UNARY = Object.keys(UNARY_FUNCTIONS) as UnaryFunction[],
  BINARY = Object.keys(BINARY_FUNCTIONS) as BinaryFunction[];

/** Makes an expression of some arguments. */
export function randomExpression(random: Random, count: number, depth: number): Scalar {
  const inner = () => randomExpression(random, count, depth - 1), kind = random(8);
  if (depth === 0 || kind === 0) return random(3) === 0 ? constantScalar(random(9) / 2 - 2) : argument(random(count));
  if (kind < 3) return unary(one(random, UNARY), inner());
  return kind === 3 ? select(inner(), inner(), inner()) : binary(one(random, BINARY), inner(), inner());
}

/** Makes the loop of an epilogue or a map, whose operands show values from `first` on, and the sizes of these. */
export function randomLoop(
  random: Random,
  shape: readonly number[],
  first: number,
): { readonly loop: Loop; readonly sizes: readonly number[] } {
  const dense = rowMajorStrides(shape), count = 1 + random(4), sizes: number[] = [];
  const operands = Array.from({ length: count }, (_, k): Operand => {
    const stride = dense.map((step, axis) =>
      random(4) === 0 ? 0 : axis < dense.length - 1 && random(5) === 0 ? step + 3 : step
    );
    const offset = random(4);
    sizes.push(shape.reduce((size, length, axis) => size + (length - 1) * stride[axis]!, offset + 1));
    return { value: first + k, shape, stride, offset };
  });
  const expressions = Array.from({ length: 1 + random(3) }, () => randomExpression(random, count, 1 + random(4)));
  return { loop: { shape, operands, expressions }, sizes };
}

/** Makes a map. */
export function randomMap(random: Random): RandomInstruction {
  const dtype = one(random, ["float32", "float64"] as const);
  const shape = one(random, [[100], [7, 33], [3, 5, 20], [1, 64], [40, 3], [2, 2, 2, 16]] as const);
  const { loop, sizes } = randomLoop(random, shape, 0);
  return {
    values: sizes.map((size) => ({ dtype, shape: [size] })),
    instruction: { operation: { kind: "map", loop }, results: loop.expressions.map(() => ({ dtype, shape })) },
  };
}
