/**
 * Random programs, and arrays to run them on.
 *
 * @module
 */
import type { DType } from "../../../blas/dtype.ts";
import type { Reduction } from "../../../blas/engine.ts";
import {
  EPILOGUE_INPUT,
  FIRST_STAGE_INPUT,
  type Instruction,
  type Loop,
  type Operand,
  type Program,
  type ValueType,
} from "../../../blas/program/program.ts";
import type { RowsOperation } from "../../../blas/program/operations/rows.ts";
import { changeView } from "../../../blas/program/operations/view.ts";
import { reference } from "../../../blas/reference/mod.ts";
import * as scalar from "../../../blas/scalar/scalar.ts";
import type { Scalar } from "../../../blas/scalar/scalar.ts";
import { rowMajorStrides, type Shape, sizeOf } from "../../../blas/shape.ts";
import { unsafeView, type View, view } from "../../../blas/view.ts";
import { operandOf, type Random } from "./random_operands.ts";
import { moveOf } from "./random_moves.ts";

export { operandOf, type Random, randomOf } from "./random_operands.ts";

const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 10, 16, 17, 33];
const REDUCTIONS: readonly Reduction[] = ["sum", "product", "max", "min"];

/** Numbers between -2 and 2. */
export function numbersOf(random: Random, { dtype, shape }: ValueType): View {
  const values = Array.from({ length: sizeOf(shape) }, () => random.below(4001) / 1000 - 2);
  return view(dtype === "float32" ? Float32Array.from(values) : Float64Array.from(values), shape);
}

/** A shape of up to 3000 elements; occasionally an empty one. */
export function shapeOf({ below, pick }: Random): Shape {
  const shape: number[] = [], rank = below(5);
  while (shape.length < rank) {
    const length = below(40) === 0 ? 0 : pick(LENGTHS);
    shape.push(sizeOf(shape) * length > 3000 ? 1 : length);
  }
  return shape;
}

/** A continuous expression with small values. */
export function expressionOf(random: Random, operands: number, depth = 3): Scalar {
  const { below, pick } = random, inner = () => expressionOf(random, operands, depth - 1);
  if (depth === 0 || below(5) === 0) {
    return below(4) === 0 ? scalar.constantScalar(below(5) / 2) : scalar.argument(below(operands));
  }
  return pick<() => Scalar>([
    () => scalar.add(inner(), inner()),
    () => scalar.sub(inner(), inner()),
    () => scalar.mul(inner(), inner()),
    () => scalar.max(inner(), inner()),
    () => scalar.min(inner(), 1),
    () => scalar.div(inner(), scalar.add(1, scalar.abs(inner()))),
    () => scalar.div(inner(), pick([2, 3, 0.7])),
    () => scalar.sqrt(scalar.add(0.1, scalar.abs(inner()))),
    () => scalar.tanh(inner()),
    () => scalar.exp(scalar.min(inner(), 1)),
    () => scalar.sin(scalar.min(scalar.max(inner(), -9), 9)),
    () => scalar.neg(inner()),
  ])();
}

/** A program of so many instructions over random values; with both dtypes, casts between them. */
export function programOf(random: Random, count: number, dtypes: readonly DType[]): Program {
  const { below, pick } = random;
  const typeOf = (): ValueType => ({ dtype: pick(dtypes), shape: shapeOf(random) });
  const parameters = Array.from({ length: 1 + below(4) }, typeOf);
  const constants = Array.from({ length: below(3) }, typeOf).map((type) => numbersOf(random, type));
  const types: ValueType[] = [...parameters, ...constants.map(({ dtype, shape }) => ({ dtype, shape }))];
  const instructions: Instruction[] = [];
  const add = (results: readonly ValueType[], operation: Instruction["operation"]) => {
    instructions.push({ results, operation });
    types.push(...results);
  };
  const numbered = (dtype: DType) => types.flatMap((type, k) => type.dtype === dtype ? [k] : []);
  const loopOf = (dtype: DType, shape: Shape, expressions: number, computed: boolean): Loop => {
    const operands = Array.from({ length: 1 + below(3) }, () => {
      const value = pick(numbered(dtype));
      return operandOf(random, value, sizeOf(types[value]!.shape), shape);
    }).filter((operand) => operand !== undefined);
    if (computed || operands.length === 0) {
      if (computed) operands.push({ value: EPILOGUE_INPUT, shape, stride: rowMajorStrides(shape), offset: 0 });
    }
    const give = () => {
      const x = operands.length === 0 ? scalar.constantScalar(0.5) : expressionOf(random, operands.length);
      return computed ? scalar.add(scalar.argument(operands.length - 1), x) : x;
    };
    return { shape, operands, expressions: Array.from({ length: expressions }, give) };
  };
  const small = (loop: Loop): Loop => ({
    ...loop,
    expressions: loop.expressions.map((x) => scalar.mul(0.25, scalar.tanh(x))),
  });
  const like = (shape: Shape) => below(2) === 0 ? shape : shapeOf(random);
  const epilogue = (dtype: DType, shape: Shape) =>
    below(2) === 0 ? loopOf(dtype, shape, 1 + below(2), true) : undefined;
  const typesFor = (dtype: DType, shape: Shape, loop: Loop | undefined) =>
    Array.from({ length: loop?.expressions.length ?? 1 }, () => ({ dtype, shape }));
  for (let i = 0; i < count; i++) {
    const value = below(types.length), { dtype, shape } = types[value]!;
    switch (dtypes.length === 1 ? 1 + below(13) : below(14)) {
      case 0: {
        const operand = operandOf(random, value, sizeOf(shape), shape)!;
        add([{ dtype: dtype === "float32" ? "float64" : "float32", shape }], { kind: "cast", operand });
        break;
      }
      case 1: {
        const axes = shape.map((_, axis) => axis).sort(() => below(3) - 1);
        const change = pick<Extract<Instruction["operation"], { kind: "view" }>["change"]>([
          { kind: "transpose", axes },
          { kind: "reshape", shape: [sizeOf(shape)] },
          { kind: "broadcast", shape: [2, ...shape] },
          { kind: "slice", ranges: shape.map((n) => ({ start: n > 1 ? 1 : 0, step: 1, count: n > 1 ? n - 1 : n })) },
        ]);
        const operand = operandOf(random, value, sizeOf(shape), shape)!;
        const strides = unsafeView(new Float32Array(sizeOf(shape)), shape, rowMajorStrides(shape), 0) as View;
        add([{ dtype, shape: changeView(reference, strides, change).shape }], { kind: "view", change, operand });
        break;
      }
      case 2:
      case 3: {
        const over = like(shape), axes = over.flatMap((_, axis) => below(2) === 0 ? [axis] : []);
        const reduced = over.map((length, axis) => axes.includes(axis) ? 1 : length), rest = epilogue(dtype, reduced);
        const loop = loopOf(dtype, over, 1, false), reduction = pick(REDUCTIONS);
        const prologue = reduction === "product"
          ? { ...small(loop), expressions: small(loop).expressions.map((x) => scalar.add(1, x)) }
          : small(loop);
        add(typesFor(dtype, reduced, rest), {
          kind: "reduce",
          reduction,
          axes,
          loop: prologue,
          ...(rest && { epilogue: rest }),
        });
        break;
      }
      case 4: {
        const batch = pick([[], [], [2], [2, 3]]), [m, k, n] = [pick(LENGTHS), pick(LENGTHS), pick(LENGTHS)];
        const operands = [[...batch, m, k], [...batch, k, n]].map((wanted) => {
          const from = pick(numbered(dtype));
          return operandOf(random, from, sizeOf(types[from]!.shape), wanted);
        });
        const [a, b] = operands, product = [...batch, m, n];
        if (a === undefined || b === undefined) break;
        const rest = epilogue(dtype, product);
        add(typesFor(dtype, product, rest), { kind: "gemm", a, b, ...(rest && { epilogue: rest }) });
        break;
      }
      case 5: {
        const operand = operandOf(random, value, sizeOf(shape), shape)!;
        add([{ dtype, shape }], {
          kind: "host",
          name: "backwards",
          key: undefined,
          operands: [operand],
          run: ([x]) => {
            const all: number[] = [];
            const copy = (offset: number, axis: number): void => {
              if (axis === x!.shape.length) return void all.push(x!.data[offset]!);
              for (let j = 0; j < x!.shape[axis]!; j++) copy(offset + j * x!.stride[axis]!, axis + 1);
            };
            copy(x!.offset, 0);
            all.reverse();
            return [view(dtype === "float32" ? Float32Array.from(all) : Float64Array.from(all), shape)];
          },
        });
        break;
      }
      case 6:
      case 7:
      case 8: {
        const move = moveOf(random, value, types, (own) => small(loopOf(dtype, own, 1, false)));
        if (move !== undefined) add(move.results, move.operation);
        break;
      }
      case 9:
      case 10: {
        const over = like(shape), axes = over.flatMap((_, axis) => below(2) === 0 ? [axis] : []);
        const rows = rowsOver(random, axes, small(loopOf(dtype, over, 1, false)));
        const reduced = over.map((length, axis) => axes.includes(axis) ? 1 : length);
        add(rows.perRow.map((one) => ({ dtype, shape: one ? reduced : over })), rows);
        break;
      }
      default: {
        const over = like(shape), loop = loopOf(dtype, over, 1 + below(3), false);
        add(typesFor(dtype, over, loop), { kind: "map", loop: small(loop) });
      }
    }
  }
  const results = Array.from({ length: 1 + below(4) }, () => below(types.length));
  return { parameters, constants, instructions, results };
}

/** Rows of a few stages and outputs over the operands of a loop. */
export function rowsOver(random: Random, axes: readonly number[], loop: Loop): RowsOperation {
  const { below, pick } = random, { shape } = loop, count = loop.operands.length;
  const reductions = Array.from({ length: below(4) }, () => pick(REDUCTIONS));
  const perRow = Array.from({ length: 1 + below(3) }, () => below(3) === 0);
  const stages = reductions.map((_, k): Operand => ({
    value: FIRST_STAGE_INPUT - k,
    shape,
    stride: shape.map(() => 0),
    offset: 0,
  }));
  const squashed = (x: scalar.Scalar) => scalar.mul(0.25, scalar.tanh(x));
  const known = (stages: number) =>
    count + stages === 0 ? scalar.constantScalar(0.5) : squashed(expressionOf(random, count + stages));
  const ofRow = () =>
    reductions.length === 0
      ? scalar.constantScalar(0.5)
      : scalar.tanh(scalar.add(0.5, scalar.argument(count + below(reductions.length))));
  return {
    kind: "rows",
    axes,
    reductions,
    perRow,
    loop: {
      shape,
      operands: [...loop.operands, ...stages],
      expressions: [
        ...reductions.map((reduction, k) => reduction === "product" ? scalar.add(1, known(k)) : known(k)),
        ...perRow.map((one) => one ? ofRow() : known(reductions.length)),
      ],
    },
  };
}
