/**
 * Random reductions and rows for tests of machine code.
 *
 * @module
 */
import { EPILOGUE_INPUT, type Loop, type Operand } from "../../../blas/program/program.ts";
import type { Reduction } from "../../../blas/reduction.ts";
import { add, argument, mul, tanh } from "../../../blas/scalar/scalar.ts";
import { reducedShape, rowMajorStrides, type Shape } from "../../../blas/shape.ts";
import { expressionOf, rowsOver } from "../program/programs.ts";
import type { Random, RandomInstruction } from "./instructions.ts";

const SHAPES: readonly Shape[] = [
  [1500],
  [1],
  [9, 700],
  [700, 9],
  [33, 10],
  [6, 5, 40],
  [5, 40, 6],
  [3, 16, 16],
  [40, 3, 21],
  [2, 3, 1, 70],
];

/** Operands of a shape with gaps, repeated, or in another order, of values from `first` on; and the sizes of these. */
function operandsOf(random: Random, shape: Shape, first: number) {
  const sizes: number[] = [], order = random(3) === 0 ? shape.map((_, axis) => axis).reverse() : undefined;
  const operands = Array.from({ length: 1 + random(3) }, (_, k): Operand => {
    const dense = order === undefined
      ? rowMajorStrides(shape)
      : order.map((axis) => rowMajorStrides(order.map((own) => shape[own]!))[order.indexOf(axis)]!).reverse();
    const stride = dense.map((step) => random(4) === 0 ? 0 : step > 1 && random(6) === 0 ? step + 3 : step);
    const offset = random(4);
    sizes.push(shape.reduce((size, length, axis) => size + (length - 1) * stride[axis]!, offset + 1));
    return { value: first + k, shape, stride, offset };
  });
  return { operands, sizes };
}

/** Returns random numbers in the form that random programs take. */
const asked = (random: Random) => ({
  below: random,
  pick: <A>(list: readonly A[]): A => list[random(list.length)]!,
});

const axesOf = (random: Random, shape: Shape) => shape.flatMap((_, axis) => random(2) === 0 ? [axis] : []);

/** Makes a reduction, some with a loop that follows. */
export function randomReduce(random: Random): RandomInstruction {
  const { pick } = asked(random), dtype = pick(["float32", "float64"] as const), shape = pick(SHAPES);
  const { operands, sizes } = operandsOf(random, shape, 0), axes = axesOf(random, shape);
  const reduction = pick<Reduction>(["sum", "sum", "product", "max", "min"]), reduced = reducedShape(shape, axes);
  const own = random(2) === 0 ? argument(0) : expressionOf(asked(random), operands.length);
  const expression = reduction === "product" ? add(1, mul(0.1, tanh(own))) : own;
  const follows = random(2) === 0 ? undefined : operandsOf(random, reduced, operands.length);
  const epilogue: Loop | undefined = follows && {
    shape: reduced,
    operands: [...follows.operands, {
      value: EPILOGUE_INPUT,
      shape: reduced,
      stride: rowMajorStrides(reduced),
      offset: 0,
    }],
    expressions: Array.from({ length: 1 + random(2) }, () => {
      return add(argument(follows.operands.length), expressionOf(asked(random), follows.operands.length + 1));
    }),
  };
  return {
    values: [...sizes, ...follows?.sizes ?? []].map((size) => ({ dtype, shape: [size] })),
    instruction: {
      operation: {
        kind: "reduce",
        reduction,
        axes,
        loop: { shape, operands, expressions: [expression] },
        ...epilogue && { epilogue },
      },
      results: Array.from({ length: epilogue?.expressions.length ?? 1 }, () => ({ dtype, shape: reduced })),
    },
  };
}

/** Makes rows of a few stages and outputs. */
export function randomRows(random: Random): RandomInstruction {
  const { pick } = asked(random), dtype = pick(["float32", "float64"] as const), shape = pick(SHAPES);
  const { operands, sizes } = operandsOf(random, shape, 0), axes = axesOf(random, shape);
  const operation = rowsOver(asked(random), axes, { shape, operands, expressions: [] });
  return {
    values: sizes.map((size) => ({ dtype, shape: [size] })),
    instruction: {
      operation,
      results: operation.perRow.map((one) => ({ dtype, shape: one ? reducedShape(shape, axes) : shape })),
    },
  };
}
