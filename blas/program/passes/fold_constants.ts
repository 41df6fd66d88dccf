/**
 * Constant folding: values that are the same in every run are computed beforehand.
 *
 * @module
 */
import { newData } from "../../dtype.ts";
import type { Engine } from "../../engine.ts";
import { plainLoops } from "../../reference/plain_loops.ts";
import { constantScalar, type Scalar } from "../../scalar/scalar.ts";
import { type Shape, sizeOf } from "../../shape.ts";
import { isContiguous, unsafeView, type View } from "../../view.ts";
import { operandView, runInstruction } from "../interpret.ts";
import { mapLoops, operandsOf } from "../operands.ts";
import { dense } from "../operations/dense.ts";
import { kindOf } from "../operations/mod.ts";
import { EPILOGUE_INPUT, type Instruction, type Loop, type Operand, type ValueType } from "../program.ts";
import { type Draft, type DraftInstruction, withOperation } from "./draft.ts";
import { inlineOperands } from "./loops.ts";

/** Instructions with more result elements than this are not folded, because their results would have to be stored. */
const MAX_ELEMENTS = 65_536;
/** Instructions that compute more numbers than this, such as the products in a matrix product, are not folded. */
const MAX_WORK = 4_194_304;

/**
 * Replaces constants whose elements are all equal by a number, and instructions that read only constants by constants.
 * Host functions are not folded unless they have a key.
 */
export function foldConstants(draft: Draft): Draft {
  const known = new Map<number, View>(draft.constants.map(({ value, view }) => [value, view]));
  const added: { readonly value: number; readonly view: View }[] = [];
  let changed = false;
  const steps: DraftInstruction[] = [];
  const define = (value: number, view: View): void => {
    known.set(value, view);
    added.push({ value, view });
  };
  const foldLoop = (loop: Loop): Loop => {
    const reads = loop.operands.some(({ value }) => known.has(value));
    if (!reads) return loop;
    const folded = inlineOperands(loop, (operand) => {
      const view = known.get(operand.value), number = view && uniformNumber(view);
      return number === undefined ? undefined : { expression: constantScalar(number), operands: [] };
    }) ?? loop;
    const same = folded.operands.length === loop.operands.length &&
      folded.operands.every((operand, k) => operand === loop.operands[k]);
    return same ? loop : folded;
  };
  for (const step of draft.steps) {
    const operands = operandsOf(step.operation), reads = operands.some(({ value }) => known.has(value));
    const folded = reads ? withOperation(step, mapLoops(step.operation, foldLoop)) : step;
    const views = constantResults(folded, known);
    if (views === undefined) steps.push(folded);
    else folded.values.forEach((value, k) => define(value, views[k]!));
    if (folded !== step || views !== undefined) changed = true;
  }
  return changed ? { ...draft, constants: [...draft.constants, ...added], steps } : draft;
}

/** Computes the results of an instruction if they are the same in every run, and small. */
function constantResults(step: DraftInstruction, known: ReadonlyMap<number, View>): readonly View[] | undefined {
  const { operation, results } = step;
  if (operation.kind === "map" && operation.loop.expressions.every(isNumber)) {
    const { expressions } = operation.loop as { readonly expressions: readonly ConstantScalar[] }; // as was just asked
    return results.map((type, k) => uniformView(type, expressions[k]!.value));
  }
  if (operation.kind === "reduce" && operation.epilogue === undefined) {
    const [expression] = operation.loop.expressions;
    if (expression!.kind === "constant") {
      const count = sizeOf(operation.axes.map((axis) => operation.loop.shape[axis]!));
      return [uniformView(results[0]!, reducedNumber(operation.reduction, expression!.value, count))];
    }
  }
  if (!operandsOf(operation).every(({ value }) => value === EPILOGUE_INPUT || known.has(value))) return undefined;
  if (operation.kind === "view") {
    const number = uniformNumber(known.get(operation.operand.value)!);
    if (number !== undefined) return [uniformView(results[0]!, number)];
  }
  if (!isSmall(step)) return undefined;
  return computed(step, known);
}

type ConstantScalar = Extract<Scalar, { readonly kind: "constant" }>;

const isNumber = (x: Scalar): x is ConstantScalar => x.kind === "constant";

const reducedNumber = (reduction: "sum" | "product" | "max" | "min", x: number, count: number): number =>
  reduction === "sum"
    ? count === 0 ? 0 : 0 + x * count // a sum begins with 0, so it is never -0
    : reduction === "product"
    ? x ** count
    : count > 0
    ? x
    : reduction === "max"
    ? -Infinity
    : Infinity;

/** Tells whether an instruction's results are small and cheap to compute. */
function isSmall({ operation, results }: Instruction): boolean {
  const elements = results.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return elements <= MAX_ELEMENTS && kindOf(operation).work(operation, elements) <= MAX_WORK;
}

/** Computes constants. Convolutions, which it lacks, are never folded: their work is infinite. */
const FOLDING = plainLoops as Engine; // operations call none of the other functions

function computed(step: DraftInstruction, known: ReadonlyMap<number, View>): readonly View[] | undefined {
  const read = (operand: Operand): View => operandView(dense(plainLoops, known.get(operand.value)!), operand);
  const { operation } = step, checks = operation.kind === "checkIndices" || "check" in operation;
  if (operation.kind !== "host" && !checks) return runInstruction(FOLDING, step, read);
  try {
    return runInstruction(FOLDING, step, read);
  } catch {
    // The error is not thrown here: the program throws it in every run.
    return undefined;
  }
}

/** Returns an array whose elements are all one number, stored once. */
function uniformView({ dtype, shape }: ValueType, number: number): View {
  const data = newData(dtype, 1);
  data[0] = number;
  return unsafeView(data, shape, shape.map(() => 0), 0);
}

const numbers = new WeakMap<View, { readonly number: number | undefined }>();

/** Returns the number that all elements of a view are equal to, if there is one. */
function uniformNumber(view: View): number | undefined {
  const found = numbers.get(view);
  if (found !== undefined) return found.number;
  const number = findUniform(view);
  numbers.set(view, { number });
  return number;
}

function findUniform(view: View): number | undefined {
  const { data, offset, shape, size, stride } = view;
  if (size === 0) return undefined;
  const first = data[offset]!;
  if (repeatsOne(shape, stride)) return first;
  if (!isContiguous(view)) return undefined;
  for (let k = 1; k < size; k++) if (!Object.is(data[offset + k], first)) return undefined;
  return first;
}

const repeatsOne = (shape: Shape, stride: readonly number[]): boolean =>
  shape.every((length, axis) => length === 1 || stride[axis] === 0);
