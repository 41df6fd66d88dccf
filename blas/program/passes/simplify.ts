/**
 * Algebraic simplification of instructions.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../../dtype.ts";
import { add, argument, constantScalar, max, mul, type Scalar, subexpressions } from "../../scalar/scalar.ts";
import { withoutIdleZeros } from "../../scalar/zero_signs.ts";
import { reducedShape, sameShape, type Shape, sizeOf } from "../../shape.ts";
import { epilogueInput, isPlain } from "../operand.ts";
import { mapLoops } from "../operands.ts";
import type { CheckIndicesOperation } from "../operations/check_indices.ts";
import type { GatherOperation, ScatterOperation } from "../operations/gather.ts";
import { EPILOGUE_INPUT, type Loop, type Operand, type Operation, type ValueType } from "../program.ts";
import { composeOperands, readsOwnIndex, reshapeOperand } from "../compose.ts";
import { type Draft, type DraftInstruction, typesOf, withOperation, withSteps } from "./draft.ts";
import { inlineOperands } from "./loops.ts";
import { readerCounts } from "./reader_counts.ts";

type Gemm = Extract<Operation, { kind: "gemm" }>;
type Reduce = Extract<Operation, { kind: "reduce" }>;

/**
 * Outer products become loops, indices are checked once, reductions leave out axes along which nothing changes and are
 * joined with reductions of their results, casts to a wider dtype and back vanish, and the derivative of relu reads
 * relu's result.
 */
export function simplify(draft: Draft): Draft {
  const producers = new Map<number, DraftInstruction>();
  /** Returns the value that holds `max(x, 0)`, for each `x` that has one. */
  const positive = new Map<number, number>();
  // Few steps ask for these.
  let counts: ReadonlyMap<number, number> | undefined, types: readonly ValueType[] | undefined;
  const readersOf = (value: number): number => (counts ??= readerCounts(draft.steps, draft.results)).get(value) ?? 0;
  const typeOf = (value: number): ValueType => (types ??= typesOf(draft))[value]!;
  const steps = draft.steps.map((step): DraftInstruction => {
    let { operation } = step;
    if (positive.size > 0) operation = mapLoops(operation, (loop) => readSigns(loop, positive));
    if (operation.kind === "gemm" && operation.a.shape.at(-1)! <= 1) operation = outerProduct(operation);
    if (operation.kind === "cast") operation = withoutCasts(operation, producers, typeOf, step.results[0]!);
    if (operation.kind === "checkIndices") {
      operation = withoutSecondCheck(operation, producers, typeOf, step.results[0]!);
    }
    if (operation.kind === "gather" || operation.kind === "scatter") operation = withChecked(operation, producers);
    if (operation.kind === "reduce") operation = joinReductions(operation, producers, readersOf);
    if (operation.kind === "reduce") operation = withoutIdleAxes(operation);
    operation = mapLoops(withoutIdleEpilogue(operation), withoutZeros);
    const simple = withOperation(step, operation);
    for (const value of step.values) producers.set(value, simple);
    if (operation.kind === "map") rememberSign(simple, operation.loop, typeOf, positive);
    return simple;
  });
  return withSteps(draft, steps);
}

/** Turns a product of one column and one row into a loop, and a product over an axis of length 0 into zeros. */
function outerProduct(gemm: Gemm): Operation {
  const { a, b } = gemm, k = a.shape.at(-1)!;
  if (gemm.epilogue !== undefined) return gemm;
  const shape = [...a.shape.slice(0, -1), b.shape.at(-1)!], rank = shape.length;
  if (k === 0) return { kind: "map", loop: { shape, operands: [], expressions: [constantScalar(0)] } };
  const repeat = (operand: Operand, axis: number): Operand => ({
    ...operand,
    shape,
    stride: operand.stride.map((step, own) => own === axis ? 0 : step),
  });
  const operands = [repeat(a, rank - 1), repeat(b, rank - 2)];
  return { kind: "map", loop: { shape, operands, expressions: [fromZero(mul(argument(0), argument(1)))] } };
}

/** Leaves out the additions of 0 that only change signs of zeros, where these do not matter. */
function withoutZeros(loop: Loop): Loop {
  const expressions = withoutIdleZeros(loop.expressions);
  return expressions === loop.expressions ? loop : { ...loop, expressions };
}

/** Returns a sum of one term: sums begin with 0, so they are never -0. */
const fromZero = (term: Scalar): Scalar => add(term, 0);

/** Removes a cast to a wider dtype and back. */
function withoutCasts(
  cast: Extract<Operation, { kind: "cast" }>,
  producers: ReadonlyMap<number, DraftInstruction>,
  typeOf: (value: number) => ValueType,
  { dtype }: ValueType,
): Operation {
  const before = producers.get(cast.operand.value);
  if (before?.operation.kind !== "cast" || BYTES_PER_ELEMENT[before.results[0]!.dtype] < BYTES_PER_ELEMENT[dtype]) {
    return cast;
  }
  const inner = before.operation.operand, operand = composeOperands(cast.operand, inner);
  return operand === undefined || typeOf(inner.value).dtype !== dtype
    ? cast
    : { kind: "map", loop: { shape: operand.shape, operands: [operand], expressions: [argument(0)] } };
}

/** Removes checks of numbers that have been checked already. */
function withoutSecondCheck(
  check: CheckIndicesOperation,
  producers: ReadonlyMap<number, DraftInstruction>,
  typeOf: (value: number) => ValueType,
  { dtype }: ValueType,
): Operation {
  const { operand, range: { count } } = check, before = producers.get(operand.value)?.operation;
  if (before?.kind !== "checkIndices" || before.range.exception !== undefined || before.range.count > count) {
    return check;
  }
  return typeOf(operand.value).dtype === dtype
    ? { kind: "map", loop: { shape: operand.shape, operands: [operand], expressions: [argument(0)] } }
    : { kind: "cast", operand };
}

/** Marks gathers and scatters whose indices have been checked, so that they are not clamped again. */
function withChecked<O extends GatherOperation | ScatterOperation>(
  operation: O,
  producers: ReadonlyMap<number, DraftInstruction>,
): O {
  const { kind, axis, indices, checked } = operation, check = producers.get(indices.value)?.operation;
  const length = (kind === "gather" ? operation.operand.shape : operation.shape)[axis]!;
  if (checked || check?.kind !== "checkIndices" || check.range.exception !== undefined) return operation;
  return check.range.count <= length ? { ...operation, checked: true } : operation;
}

/**
 * Removes reduced axes of length 1, and those along which all elements are the same: a sum is then a multiple. If no
 * axis is left, the reduction becomes a loop.
 */
function withoutIdleAxes(reduce: Reduce): Operation {
  const { reduction, axes, loop } = reduce;
  const repeats = (axis: number): boolean =>
    reduction !== "product" && loop.shape[axis]! > 1 && loop.operands.every(({ stride }) => stride[axis] === 0);
  const left = axes.filter((axis) => loop.shape[axis] !== 1 && !repeats(axis));
  return left.length === axes.length ? reduce : overAxes(reduce, left);
}

/** Returns a reduction that runs over fewer axes: those that are left out have length 1, or show the same everywhere. */
function overAxes(reduce: Reduce, left: readonly number[]): Operation {
  const { reduction, axes, loop } = reduce;
  const repeated = axes.filter((axis) => loop.shape[axis] !== 1 && !left.includes(axis));
  const count = reduction === "sum" ? sizeOf(repeated.map((axis) => loop.shape[axis]!)) : 1;
  const single = withLengthOne(loop, repeated), isSum = reduction === "sum" && left.length === 0 && count === 1;
  const short = isSum ? { ...single, expressions: single.expressions.map(fromZero) } : single;
  const multiple = count === 1
    ? reduce.epilogue
    : multipleFirst(reduce.epilogue, reducedShape(loop.shape, axes), count);
  if (multiple === undefined && (count !== 1 || reduce.epilogue !== undefined)) return reduce;
  if (left.length > 0) return { ...reduce, axes: left, loop: short, ...multiple && { epilogue: multiple } };
  if (multiple === undefined) return { kind: "map", loop: short };
  const [expression] = short.expressions;
  const joined = inlineOperands(
    multiple,
    ({ value }) => value === EPILOGUE_INPUT ? { expression: expression!, operands: short.operands } : undefined,
  );
  return joined === undefined ? reduce : { kind: "map", loop: joined };
}

function withLengthOne(loop: Loop, axes: readonly number[]): Loop {
  if (axes.length === 0) return loop;
  const shape = reducedShape(loop.shape, axes);
  return { ...loop, shape, operands: loop.operands.map((operand) => ({ ...operand, shape })) };
}

/** Returns the epilogue of a reduction, applied to a multiple of its result. */
function multipleFirst(epilogue: Loop | undefined, shape: Shape, count: number): Loop | undefined {
  const computed = epilogueInput(shape), expression = fromZero(mul(argument(0), count));
  if (epilogue === undefined) return { shape, operands: [computed], expressions: [expression] };
  return inlineOperands(
    epilogue,
    ({ value }) => value === EPILOGUE_INPUT ? { expression, operands: [computed] } : undefined,
  );
}

/** Joins a reduction with the reduction of the same kind whose result it reduces. */
function joinReductions(
  outer: Reduce,
  producers: ReadonlyMap<number, DraftInstruction>,
  readersOf: (value: number) => number,
): Operation {
  const [operand] = outer.loop.operands, [expression] = outer.loop.expressions;
  if (expression !== argument(0)) return outer;
  const inner = producers.get(operand!.value)?.operation;
  if (inner?.kind !== "reduce" || inner.reduction !== outer.reduction || inner.epilogue !== undefined) return outer;
  if (readersOf(operand!.value) !== 1) return outer;
  return joinedReductions(outer, operand!, inner);
}

function joinedReductions(outer: Reduce, operand: Operand, inner: Reduce): Operation {
  const between = reducedShape(inner.loop.shape, inner.axes);
  if (!readsOwnIndex(operand, between)) return outer;
  // Axes longer than 1 come in the same order in both, unless the result was reshaped between.
  const long = (shape: Shape): readonly number[] => shape.flatMap((length, axis) => length === 1 ? [] : [axis]);
  const places = long(between), own = long(outer.loop.shape);
  if (!sameShape(places.map((axis) => between[axis]!), own.map((axis) => outer.loop.shape[axis]!))) return outer;
  const further = own.flatMap((axis, k) => outer.axes.includes(axis) ? [places[k]!] : []);
  const axes = [...new Set([...inner.axes, ...further])].sort((a, b) => a - b);
  const epilogue = outer.epilogue && reshapeLoop(outer.epilogue, reducedShape(inner.loop.shape, axes));
  if (epilogue === undefined && outer.epilogue !== undefined) return outer;
  return { kind: "reduce", reduction: outer.reduction, axes, loop: inner.loop, ...epilogue && { epilogue } };
}

function reshapeLoop(loop: Loop, shape: Shape): Loop | undefined {
  const operands = loop.operands.map((operand) => reshapeOperand(operand, shape));
  return operands.every((operand) => operand !== undefined) ? { ...loop, shape, operands } : undefined;
}

/** Drops an epilogue that only copies. */
function withoutIdleEpilogue(operation: Operation): Operation {
  if (!("epilogue" in operation) || operation.epilogue === undefined) return operation;
  const { expressions, operands } = operation.epilogue;
  if (expressions.length !== 1 || expressions[0] !== argument(0) || operands[0]!.value !== EPILOGUE_INPUT) {
    return operation;
  }
  const { epilogue: _, ...rest } = operation;
  return rest;
}

const RELU = /* @__PURE__ */ (() => max(argument(0), 0))();

function rememberSign(
  { values }: DraftInstruction,
  { shape, operands, expressions }: Loop,
  typeOf: (value: number) => ValueType,
  positive: Map<number, number>,
): void {
  expressions.forEach((expression, k) => {
    const operand = operands[0]!;
    if (expression !== RELU || !isPlain(operand)) return;
    if (sizeOf(typeOf(operand.value).shape) === sizeOf(shape)) positive.set(operand.value, values[k]!);
  });
}

/** Replaces tests whether `x` is above 0 by tests of an existing `max(x, 0)`, so that `x` may become needless. */
function readSigns(loop: Loop, positive: ReadonlyMap<number, number>): Loop {
  if (!loop.operands.some(({ value }) => positive.has(value))) return loop;
  let changed = false;
  const operands = loop.operands.map((operand, index) => {
    const value = positive.get(operand.value);
    if (value === undefined || !loop.expressions.every((x) => asksSignOnly(x, index))) return operand;
    changed = true;
    return { ...operand, value };
  });
  return changed ? { ...loop, operands } : loop;
}

function asksSignOnly(expression: Scalar, index: number): boolean {
  const asked = argument(index);
  return expression !== asked && subexpressions(expression).every((part) => {
    if (!("inputs" in part) || !part.inputs.includes(asked)) return true;
    return part.kind === "binary" && part.name === "greater" &&
      part.inputs[1].kind === "constant" && part.inputs[1].value === 0;
  });
}
