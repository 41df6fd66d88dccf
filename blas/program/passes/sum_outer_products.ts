/**
 * Sums of products whose factors change along different axes: products of matrices.
 *
 * @module
 */
import { argument, mul } from "../../scalar/scalar.ts";
import { reducedShape, rowMajorStrides, type Shape, sizeOf } from "../../shape.ts";
import { reshapeOperand } from "../compose.ts";
import { plainOperand } from "../operand.ts";
import type { ReduceOperation } from "../operations/reduce.ts";
import type { Loop, Operand, Operation } from "../program.ts";
import { type Draft, type DraftInstruction, rewriteSteps } from "./draft.ts";
import { factorsOf, ONE, withFactors } from "./factors.ts";
import { tidyLoop } from "./loops.ts";
import { type Contraction, contractionOf } from "./contractions.ts";

/** Multiplications from which a product of matrices pays. */
const LEAST = 16_384;

/**
 * Computes sums of products as products of matrices if some factors change along axes along which the others do not:
 * `sum_k a[k, i] b[k, j] c[k]` is that of the transposed `a c` and `b`, and `sum_ij w[i, j] x[b, i] y[b, j]` that of `w` and `y`,
 * multiplied by `x` and summed. Axes along which all factors change, and that stay, number the matrices of stacks. The
 * weighted mean of the gradients of each example is such a sum, and so are their products with a direction.
 */
export function sumOuterProducts(draft: Draft): Draft {
  return rewriteSteps(draft, (step, nextValue) => {
    const { operation } = step;
    if (operation.kind !== "reduce" || operation.reduction !== "sum" || operation.epilogue !== undefined) {
      return undefined;
    }
    if (sizeOf(operation.loop.shape) < LEAST) return undefined;
    const [expression] = operation.loop.expressions, factors = factorsOf(expression!);
    const contraction = factors && contractionOf(operation, [...factors.keys()]);
    return contraction && stepsOf(step, operation, contraction, nextValue);
  });
}

function stepsOf(
  step: DraftInstruction,
  { axes, loop }: ReduceOperation,
  { left, right, stack, rows, columns, summed }: Contraction,
  nextValue: () => number,
): readonly DraftInstruction[] {
  const { dtype } = step.results[0]!, made: DraftInstruction[] = [], [expression] = loop.expressions;
  const lengths = (some: readonly number[]): Shape => some.map((axis) => loop.shape[axis]!);
  const put = (operation: Operation, shape: Shape, value = nextValue()): number => {
    made.push({ values: [value], results: [{ dtype, shape }], operation });
    return value;
  };
  /** The product of some factors over axes in the given order, as stacks of matrices. */
  const side = (factors: readonly number[], order: readonly (readonly number[])[], constants: "kept" | "dropped") => {
    const own = withFactors(expression!, (index) => factors.includes(index) ? argument(index) : ONE, constants);
    const shape = lengths(order.flat()),
      matrix = [...lengths(stack), ...order.slice(1).map((some) => sizeOf(lengths(some)))];
    const operands = loop.operands.map((operand): Operand => ({
      ...operand,
      shape,
      stride: order.flat().map((axis) => operand.stride[axis]!),
    }));
    const direct = own.kind === "argument" ? reshapeOperand(operands[own.index]!, matrix) : undefined;
    return direct ??
      plainOperand(put({ kind: "map", loop: tidyLoop({ shape, operands, expressions: [own] }) }, shape), matrix);
  };
  const a = side(left, [stack, rows, summed], "kept"), b = side(right, [stack, summed, columns], "dropped");
  const order = [...stack, ...rows, ...columns], shape = [...lengths(stack), a.shape.at(-2)!, b.shape.at(-1)!];
  const others = axes.filter((axis) => loop.shape[axis] !== 1 && !summed.includes(axis)),
    rest = loop.operands.map((_, index) => index).filter((index) => !left.includes(index) && !right.includes(index));
  const isPlain = others.length === 0 && order.every((axis, k) => k === 0 || axis > order[k - 1]!) &&
    sizeOf(shape) === sizeOf(reducedShape(loop.shape, axes));
  const declared = step.results[0]!.shape;
  const isDeclared = isPlain && declared.length === shape.length && declared.every((length, k) => length === shape[k]);
  const product = put({ kind: "gemm", a, b }, shape, isDeclared ? step.values[0]! : nextValue());
  if (isDeclared) return made;
  if (isPlain) {
    const change = { kind: "reshape", shape: declared } as const;
    return [...made, { ...step, operation: { kind: "view", change, operand: plainOperand(product, shape) } }];
  }
  // What does not change along the summed axes is multiplied afterwards, and summed over the other axes.
  const steps = rowMajorStrides(lengths(order)), wholeShape = reducedShape(loop.shape, summed);
  const whole: Operand = {
    value: product,
    shape: wholeShape,
    stride: wholeShape.map((_, axis) => order.includes(axis) ? steps[order.indexOf(axis)]! : 0),
    offset: 0,
  };
  const own = rest.length === 0
    ? ONE
    : withFactors(expression!, (index) => rest.includes(index) ? argument(index) : ONE, "dropped");
  const after: Loop = tidyLoop({
    shape: wholeShape,
    operands: [...loop.operands.map((operand) => ({ ...operand, shape: wholeShape })), whole],
    expressions: [mul(argument(loop.operands.length), own)],
  });
  const operation: Operation = others.length === 0
    ? { kind: "map", loop: after }
    : { kind: "reduce", reduction: "sum", axes: others, loop: after };
  return [...made, { ...step, operation }];
}
