/**
 * Joining two loops over one shape: the second reads the values of the first from registers.
 *
 * @module
 */
import type { Scalar } from "../../scalar/scalar.ts";
import { type Shape, sizeOf } from "../../shape.ts";
import { kindOf } from "../operations/mod.ts";
import type { Instruction, Loop, Operand } from "../program.ts";
import { readsOwnIndex, reshapeOperand } from "../compose.ts";
import type { DraftInstruction } from "./draft.ts";
import type { Graph, Node } from "./graph.ts";
import { argumentFor, argumentsReplaced, fits, tidyLoop } from "./loops.ts";

/** A loop and the values that it computes. */
export type Computing = { readonly loop: Loop; readonly values: readonly number[] };

/** Tells whether a loop reads these values only at its own index. */
export function readsInPassing(loop: Loop, values: readonly number[]): boolean {
  return loop.operands.every((operand) => !values.includes(operand.value) || readsOwnIndex(operand, loop.shape));
}

/**
 * Joins loops.
 *
 * @param first The first loop.
 * @param second The second loop, with as many elements; it reads the first one's values only at its own index.
 * @param isWanted Tells which of the first one's values stay.
 * @param shape The shape of the joined loop; by default that of the first.
 * @returns The joined loop with its values, those of the first before those of the second; `undefined` if it would be
 * too large, or no strides can express it.
 */
export function joinLoops(
  first: Computing,
  second: Computing,
  isWanted: (value: number) => boolean,
  shape: Shape = first.loop.shape,
): Computing | undefined {
  const operands: Operand[] = [], replacements: Scalar[] = [];
  for (const operand of first.loop.operands) {
    const reshaped = reshapeOperand(operand, shape);
    if (reshaped === undefined) return undefined;
    operands.push(reshaped);
  }
  for (const operand of second.loop.operands) {
    const own = first.values.indexOf(operand.value), expression = first.loop.expressions[own];
    const reshaped = expression === undefined ? reshapeOperand(operand, shape) : undefined;
    if (expression === undefined && reshaped === undefined) return undefined;
    replacements.push(expression ?? argumentFor(reshaped!, operands));
  }
  const kept = first.values.flatMap((value, k) => isWanted(value) ? [k] : []);
  const loop = tidyLoop({
    shape,
    operands,
    expressions: [
      ...kept.map((k) => first.loop.expressions[k]!),
      ...second.loop.expressions.map(argumentsReplaced((k) => replacements[k]!)),
    ],
  });
  return fits(loop) ? { loop, values: [...kept.map((k) => first.values[k]!), ...second.values] } : undefined;
}

/** Tells whether an operand shows a different element at every index of the loop. */
export function readsEachOnce({ shape, stride }: Operand): boolean {
  return sizeOf(shape) > 1 && shape.every((length, axis) => length === 1 || stride[axis] !== 0);
}

/** Tells whether an instruction can have an epilogue. */
export function canBeFollowed({ operation, results }: Instruction): boolean {
  return kindOf(operation).epilogueShape(operation, results) !== undefined;
}

/** Tells whether anything except a node needs a value. */
export function isWanted(graph: Graph, value: number, beside: Node): boolean {
  if (graph.isResult(value)) return true;
  for (const reader of graph.readers(value)) if (reader !== beside) return true;
  return false;
}

/** Returns the types of the values of a joined instruction, known from two instructions. */
export function joinedTypes(
  values: readonly number[],
  first: DraftInstruction,
  second: DraftInstruction,
): Pick<DraftInstruction, "values" | "results"> {
  const typeOf = (value: number) => {
    const own = first.values.indexOf(value);
    return own >= 0 ? first.results[own]! : second.results[second.values.indexOf(value)]!;
  };
  return { values, results: values.map(typeOf) };
}
