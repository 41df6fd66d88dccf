/**
 * Maps, reductions and rows.
 *
 * @module
 */
import type { DType } from "../../../blas/dtype.ts";
import type { MapOperation } from "../../../blas/program/operations/map.ts";
import type { ReduceOperation } from "../../../blas/program/operations/reduce.ts";
import { type RowsOperation, stageOf } from "../../../blas/program/operations/rows.ts";
import type { Operand, ValueType } from "../../../blas/program/program.ts";
import type { Reduction } from "../../../blas/reduction.ts";
import { type Scalar, subexpressions } from "../../../blas/scalar/scalar.ts";
import { broadcastShapes, reducedShape, type Shape, unwrap } from "../../../blas/shape.ts";
import { type Context, expandWire, type Loose, looseOperand, reshapeWire } from "./context.ts";
import { expressionWires } from "./expressions.ts";
import type { GraphWriter, Wire } from "./graph_writer.ts";

/** Writes expressions, each in the shape that it is said to have. */
function written(
  context: Context,
  dtype: DType,
  expressions: readonly Scalar[],
  shapes: readonly Shape[],
  operand: (index: number) => Loose,
): readonly Wire[] {
  const wires = expressionWires(context.writer, dtype, expressions, (index) => operand(index).wire);
  return expressions.map((expression, k) => {
    const read = subexpressions(expression).flatMap((part) =>
      part.kind === "argument" ? [operand(part.index).shape] : []
    );
    return expandWire(context, wires[k]!, unwrap(broadcastShapes("encodeOnnx", [[], ...read])), shapes[k]!);
  });
}

/** Returns the operands of a loop by index, each written once. */
function operandsOf(context: Context, operands: readonly Operand[]): (index: number) => Loose {
  const found = new Map<number, Loose>();
  return (index) => {
    const known = found.get(index) ?? looseOperand(context, operands[index]!);
    found.set(index, known);
    return known;
  };
}

/** Writes a map. */
export function writeMap(context: Context, { loop }: MapOperation, results: readonly ValueType[]): readonly Wire[] {
  const { shape, operands, expressions } = loop, { dtype } = results[0]!;
  const wires = written(context, dtype, expressions, expressions.map(() => shape), operandsOf(context, operands));
  return wires.map((wire, k) => reshapeWire(context, wire, shape, results[k]!.shape));
}

const REDUCTIONS: { readonly [R in Reduction]: string } = {
  sum: "ReduceSum",
  product: "ReduceProd",
  max: "ReduceMax",
  min: "ReduceMin",
};

/** Adds a reduction whose axes stay with length 1. They are a setting at first, and an input in later opsets. */
export function reduceWire(writer: GraphWriter, reduction: Reduction, wire: Wire, axes: readonly number[]): Wire {
  if (axes.length === 0) return wire;
  const operator = REDUCTIONS[reduction], isInput = writer.opset >= (reduction === "sum" ? 13 : 18);
  return isInput
    ? writer.one(operator, [wire, writer.list(axes)], { keepdims: 1 })
    : writer.one(operator, [wire], { axes, keepdims: 1 });
}

/** Writes a reduction. */
export function writeReduce(
  context: Context,
  operation: ReduceOperation,
  results: readonly ValueType[],
): readonly Wire[] {
  const { reduction, axes, loop: { shape, operands, expressions } } = operation,
    [{ dtype, shape: wanted }] = results as [ValueType]; // it has one result
  const [wire] = written(context, dtype, expressions, [shape], operandsOf(context, operands));
  const reduced = reduceWire(context.writer, reduction, wire!, axes);
  return [reshapeWire(context, reduced, reducedShape(shape, axes), wanted)];
}

/** Writes rows: their stages one after the other, then their outputs. */
export function writeRows(context: Context, operation: RowsOperation, results: readonly ValueType[]): readonly Wire[] {
  const { reductions, perRow, axes, loop: { shape, operands, expressions } } = operation, { dtype } = results[0]!;
  const reduced = reducedShape(shape, axes), stages: Loose[] = [], plain = operandsOf(context, operands);
  const operand = (index: number): Loose => {
    const stage = stageOf(operands[index]!);
    return stage === undefined ? plain(index) : stages[stage]!;
  };
  reductions.forEach((reduction, k) => {
    const [wire] = written(context, dtype, [expressions[k]!], [shape], operand);
    stages.push({ wire: reduceWire(context.writer, reduction, wire!, axes), shape: reduced });
  });
  return perRow.map((isRow, k) => {
    const own = isRow ? reduced : shape,
      [wire] = written(context, dtype, [expressions[reductions.length + k]!], [own], operand);
    return reshapeWire(context, wire!, own, results[k]!.shape);
  });
}
