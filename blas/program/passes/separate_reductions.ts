/**
 * Reductions of outer products, computed by those of their factors.
 *
 * @module
 */
import {
  abs,
  add,
  argument,
  constantScalar,
  div,
  greater,
  less,
  max,
  min,
  mul,
  type Scalar,
  select,
} from "../../scalar/scalar.ts";
import { reducedShape, type Shape, sizeOf } from "../../shape.ts";
import { broadcastOperand, plainOperand } from "../operand.ts";
import type { ReduceOperation } from "../operations/reduce.ts";
import { EPILOGUE_INPUT, type Loop, type Operand, type Operation } from "../program.ts";
import { type Draft, type DraftInstruction, rewriteSteps } from "./draft.ts";
import { factorsOf, ONE, withFactors } from "./factors.ts";
import { inlineOperands, tidyLoop } from "./loops.ts";

/** Loops of fewer elements are computed as they are. */
const LEAST = 16_384;

/**
 * Computes sums of squares, and largest magnitudes, of products whose factors change along different axes from those of the
 * factors: `sum_ij (a[i] b[j])^2` is `sum_i a[i]^2` times `sum_j b[j]^2`. Norms of the gradients of each example are such sums.
 *
 * Squares are those of shares of the largest magnitude, which neither overflow nor underflow. Where a product would be NaN
 * because one of its factors is infinite and another one 0, the result is NaN too.
 */
export function separateReductions(draft: Draft): Draft {
  return rewriteSteps(draft, (step, nextValue) => {
    const { operation } = step;
    if (operation.kind !== "reduce" || sizeOf(operation.loop.shape) < LEAST) return undefined;
    const base = baseOf(operation), parts = base && partsOf(operation, base);
    return parts && stepsOf(step, operation, base!, parts, nextValue);
  });
}

/** Returns `t` if a reduction is a sum of `t * t` or a maximum of `abs(t)`. */
function baseOf({ reduction, loop: { expressions: [expression] } }: ReduceOperation): Scalar | undefined {
  if (reduction === "sum" && expression?.kind === "binary" && expression.name === "mul") {
    const [a, b] = expression.inputs;
    return a === b ? a : undefined;
  }
  return reduction === "max" && expression?.kind === "unary" && expression.name === "abs"
    ? expression.inputs[0]
    : undefined;
}

/** Factors that share reduced axes, and no reduced axis with another part. */
type Part = {
  /** The numbers of the arguments. */
  readonly factors: ReadonlySet<number>;
  /** One that is multiplied by once: what the whole part comes to can stand in its place. */
  readonly carrier: number;
  readonly axes: readonly number[];
  /** The loop's shape with length 1 along the axes on which the part does not change. */
  readonly shape: Shape;
};

/** Returns at least two parts; `undefined` if there are fewer, or if they would not save enough. */
function partsOf({ axes, loop: { shape, operands } }: ReduceOperation, base: Scalar): readonly Part[] | undefined {
  const factors = factorsOf(base), long = axes.filter((axis) => shape[axis] !== 1);
  if (factors === undefined) return undefined;
  const changes = (index: number, axis: number): boolean => operands[index]!.stride[axis] !== 0;
  let groups: readonly { readonly factors: readonly number[]; readonly axes: readonly number[] }[] = [];
  for (const index of factors.keys()) {
    const own = long.filter((axis) => changes(index, axis));
    if (own.length === 0) continue;
    const touching = groups.filter((group) => group.axes.some((axis) => own.includes(axis)));
    const joined = {
      factors: [...touching.flatMap((group) => group.factors), index],
      axes: [...new Set([...own, ...touching.flatMap((group) => group.axes)])].sort((a, b) => a - b),
    };
    groups = [...groups.filter((group) => !touching.includes(group)), joined];
  }
  if (groups.length < 2 || groups.reduce((n, group) => n + group.axes.length, 0) < long.length) return undefined;
  const parts: Part[] = [];
  for (const group of groups) {
    const carrier = group.factors.find((index) => factors.get(index)!.times === 1 && !factors.get(index)!.divides);
    if (carrier === undefined) return undefined;
    const own = shape.map((length, axis) => group.factors.some((index) => changes(index, axis)) ? length : 1);
    parts.push({ factors: new Set(group.factors), carrier, axes: group.axes, shape: own });
  }
  const work = parts.reduce((n, part) => n + sizeOf(part.shape), 0);
  return 8 * work <= sizeOf(shape) ? parts : undefined;
}

function stepsOf(
  step: DraftInstruction,
  { reduction, axes, loop, epilogue }: ReduceOperation,
  base: Scalar,
  parts: readonly Part[],
  nextValue: () => number,
): readonly DraftInstruction[] | undefined {
  const { dtype } = step.results[0]!, made: DraftInstruction[] = [], shape = reducedShape(loop.shape, axes);
  const make = (operation: Operation, shape: Shape): Operand => {
    const value = nextValue();
    made.push({ values: [value], results: [{ dtype, shape }], operation });
    return plainOperand(value, shape);
  };
  const whole: Operand[] = loop.operands.map((operand) => ({ ...operand, shape }));
  /** Returns the argument that stands for a part's number in the last loop. */
  const place = (operand: Operand): Scalar => argument(whole.push(broadcastOperand(operand, shape)) - 1);
  const reduced = parts.map((part) => {
    const own = withFactors(base, (index) => part.factors.has(index) ? argument(index) : ONE, "dropped"),
      operands = loop.operands.map((operand) => ({ ...operand, shape: part.shape }));
    const reduce = (
      reduction: "sum" | "max" | "min",
      expression: Scalar,
      further: readonly Operand[] = [],
    ): Operand => {
      const loop = tidyLoop({ shape: part.shape, operands: [...operands, ...further], expressions: [expression] });
      return make({ kind: "reduce", reduction, axes: part.axes, loop }, reducedShape(part.shape, part.axes));
    };
    const largest = reduce("max", abs(own)), smallest = reduce("min", abs(own)), counts = place(largest);
    if (reduction === "max") return { part, largest: counts, smallest: place(smallest), squares: ONE };
    const units: Loop = { shape: largest.shape, operands: [largest], expressions: [UNIT] };
    const unit = make({ kind: "map", loop: units }, largest.shape);
    const share = div(own, argument(operands.length));
    const squares = reduce("sum", mul(share, share), [broadcastOperand(unit, part.shape)]);
    return { part, largest: counts, smallest: place(smallest), squares: place(squares) };
  });
  /** The magnitude of the product of a number of each part. */
  const product = (numbers: readonly Scalar[]): Scalar =>
    abs(withFactors(base, (index) => {
      const k = parts.findIndex((part) => part.factors.has(index));
      return k < 0 ? argument(index) : index === parts[k]!.carrier ? numbers[k]! : ONE;
    }));
  const top = product(reduced.map(({ largest }) => largest));
  // Products with the smallest of one part are NaN if any is.
  const others = parts.map((_, k) => product(reduced.map((one, j) => k === j ? one.smallest : one.largest)));
  const expression = reduction === "max"
    ? others.reduce(max, top)
    : add(mul(top, reduced.reduce((x, { squares }) => mul(squares, x), top)), others.reduce(min, ZERO));
  const result = { shape, operands: whole, expressions: [expression] };
  const last = epilogue === undefined ? tidyLoop(result) : inlineOperands(
    epilogue,
    ({ value }) => value === EPILOGUE_INPUT ? { expression, operands: whole } : undefined,
  );
  return last && [...made, { ...step, operation: { kind: "map", loop: last } }];
}

const ZERO: Scalar = /* @__PURE__ */ constantScalar(0);

/** A magnitude by which others can be divided: 1 in place of 0, infinity and NaN. */
const UNIT: Scalar =
  /* @__PURE__ */ (() => select(greater(argument(0), 0), select(less(argument(0), Infinity), argument(0), 1), 1))();
