/**
 * Sums of outer products: products of matrices.
 *
 * @module
 */
import { argument, mul, type Scalar } from "../../scalar/scalar.ts";
import { sizeOf } from "../../shape.ts";
import { plainOperand } from "../operand.ts";
import type { ReduceOperation } from "../operations/reduce.ts";
import type { Operand, Program } from "../program.ts";
import { type DraftInstruction, draftOf, programOf } from "./draft.ts";

/** Multiplications from which a product of matrices pays. */
const LEAST = 16_384;

/**
 * Computes sums over one axis of products of numbers, some of which change along a second axis and the others along a third, as
 * products of matrices: `sum_k a[k, i] b[k, j] c[k]` is that of the transposed `a c` and `b`. The weighted mean of the gradients of
 * each example is such a sum.
 */
export function sumOuterProducts(program: Program): Program {
  const draft = draftOf(program);
  let next = draft.parameters.length + draft.constants.length +
    draft.steps.reduce((n, { values }) => n + values.length, 0);
  let changed = false;
  const steps = draft.steps.flatMap((step): readonly DraftInstruction[] => {
    const product = step.operation.kind === "reduce" ? productOf(step.operation) : undefined;
    if (product === undefined) return [step];
    changed = true;
    return stepsOf(step, product, () => next++);
  });
  return changed ? programOf({ ...draft, steps }) : program;
}

/** The factors on both sides, as operands `[k, m]` and `[k, n]`. */
type Product = { readonly left: readonly Operand[]; readonly right: readonly Operand[] };

function productOf({ reduction, axes, loop, epilogue }: ReduceOperation): Product | undefined {
  const { shape, operands, expressions: [expression] } = loop,
    [along, ...others] = axes.filter((axis) => shape[axis] !== 1);
  const kept = shape.flatMap((length, axis) => length === 1 || axes.includes(axis) ? [] : [axis]);
  if (reduction !== "sum" || epilogue !== undefined || along === undefined || others.length > 0 || kept.length !== 2) {
    return undefined;
  }
  const factors = factorsOf(expression!), [row, column] = kept as [number, number]; // there are two
  if (factors === undefined || new Set(factors).size < factors.length || sizeOf(shape) < LEAST) return undefined;
  if (Math.min(shape[along]!, shape[row]!, shape[column]!) < 4) return undefined;
  const changes = (operand: Operand, axis: number): boolean => operand.stride[axis] !== 0;
  const all = factors.map((k) => operands[k]!),
    side = (axis: number) => (operand: Operand): Operand => ({
      value: operand.value,
      shape: [shape[along]!, shape[axis]!],
      stride: [operand.stride[along]!, operand.stride[axis]!],
      offset: operand.offset,
    });
  if (all.some((operand) => changes(operand, row) && changes(operand, column))) return undefined;
  const left = all.filter((operand) => changes(operand, row)),
    right = all.filter((operand) => changes(operand, column));
  const rest = all.filter((operand) => !changes(operand, row) && !changes(operand, column));
  // One of them is no outer product. What changes along neither joins the side that has fewer numbers.
  if (left.length === 0 || right.length === 0) return undefined;
  const isLeft = shape[row]! <= shape[column]!;
  return {
    left: [...left, ...isLeft ? rest : []].map(side(row)),
    right: [...right, ...isLeft ? [] : rest].map(side(column)),
  };
}

/** The numbers of the arguments that an expression multiplies; `undefined` if it does anything else. */
function factorsOf(expression: Scalar): readonly number[] | undefined {
  if (expression.kind === "argument") return [expression.index];
  if (expression.kind !== "binary" || expression.name !== "mul") return undefined;
  const [a, b] = expression.inputs.map(factorsOf);
  return a && b && [...a, ...b];
}

function stepsOf(
  step: DraftInstruction,
  { left, right }: Product,
  nextValue: () => number,
): readonly DraftInstruction[] {
  const [{ dtype, shape: declared }] = step.results as readonly [DraftInstruction["results"][number]]; // a reduction has one
  const made: DraftInstruction[] = [];
  /** The product of the factors of one side. */
  const whole = (factors: readonly Operand[]): Operand => {
    const [first, ...rest] = factors as readonly [Operand, ...Operand[]], { shape } = first; // at least one
    if (rest.length === 0) return first;
    const expressions = [rest.reduce((product: Scalar, _, k) => mul(product, argument(k + 1)), argument(0))],
      value = nextValue();
    made.push({
      values: [value],
      results: [{ dtype, shape }],
      operation: { kind: "map", loop: { shape, operands: factors, expressions } },
    });
    return plainOperand(value, shape);
  };
  const a = whole(left), b = whole(right), shape = [a.shape[1]!, b.shape[1]!];
  const turned = { ...a, shape: a.shape.toReversed(), stride: a.stride.toReversed() };
  const isDeclared = declared.length === 2 && declared.every((length, axis) => length === shape[axis]);
  const value = isDeclared ? step.values[0]! : nextValue();
  made.push({ values: [value], results: [{ dtype, shape }], operation: { kind: "gemm", a: turned, b } });
  if (isDeclared) return made;
  const change = { kind: "reshape", shape: declared } as const;
  return [...made, { ...step, operation: { kind: "view", change, operand: plainOperand(value, shape) } }];
}
