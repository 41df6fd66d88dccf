/**
 * What instructions read.
 *
 * @module
 */
import { rowMajorStrides, sizeOf } from "../shape.ts";
import { COMPUTED, type Instruction, type Loop, type Operand, type Operation, type Program } from "./program.ts";

/** The operands of an operation, those that stand for what was computed left out. */
export function operandsOf(operation: Operation): readonly Operand[] {
  return everyOperand(operation).filter(({ value }) => value !== COMPUTED);
}

function everyOperand(operation: Operation): readonly Operand[] {
  switch (operation.kind) {
    case "view":
    case "cast":
      return [operation.operand];
    case "map":
      return operation.loop.operands;
    case "reduce":
      return [...operation.loop.operands, ...afterOperands(operation)];
    case "gemm":
      return [operation.a, operation.b, ...afterOperands(operation)];
    case "convolution":
      return [...operation.operands, ...afterOperands(operation)];
    case "host":
      return operation.operands;
  }
}

/** The loops of an operation. */
export function loopsOf(operation: Operation): readonly Loop[] {
  const after = "after" in operation && operation.after !== undefined ? [operation.after] : [];
  return "loop" in operation ? [operation.loop, ...after] : after;
}

const afterOperands = ({ after }: { readonly after?: Loop }): readonly Operand[] => after?.operands ?? [];

/** The loop that gives an operation's results, and the operands that it reads before. */
export function lastLoop(
  operation: Operation,
): { readonly loop: Loop | undefined; readonly before: readonly Operand[] } {
  switch (operation.kind) {
    case "map":
      return { loop: operation.loop, before: [] };
    case "reduce":
    case "gemm":
    case "convolution": {
      const { after } = operation;
      return after === undefined ? { loop: undefined, before: operandsOf(operation) } : {
        loop: after,
        before: everyOperand(operation).slice(0, everyOperand(operation).length - after.operands.length),
      };
    }
    default:
      return { loop: undefined, before: operandsOf(operation) };
  }
}

/** The operation with other operands; those that stand for what was computed stay. */
export function mapOperands(operation: Operation, change: (operand: Operand) => Operand): Operation {
  const one = (operand: Operand) => operand.value === COMPUTED ? operand : change(operand);
  const loop = (given: Loop): Loop => ({ ...given, operands: given.operands.map(one) });
  const after = (given: { readonly after?: Loop }) => given.after === undefined ? {} : { after: loop(given.after) };
  switch (operation.kind) {
    case "view":
    case "cast":
      return { ...operation, operand: one(operation.operand) };
    case "map":
      return { ...operation, loop: loop(operation.loop) };
    case "reduce":
      return { ...operation, loop: loop(operation.loop), ...after(operation) };
    case "gemm":
      return { ...operation, a: one(operation.a), b: one(operation.b), ...after(operation) };
    case "convolution": {
      const [p, q] = operation.operands;
      return { ...operation, operands: [one(p), one(q)], ...after(operation) };
    }
    case "host":
      return { ...operation, operands: operation.operands.map(one) };
  }
}

/** Tells whether an operand shows a whole value in its own order. */
export function isWhole({ shape, stride, offset }: Operand, size: number): boolean {
  if (offset !== 0 || sizeOf(shape) !== size) return false;
  const dense = rowMajorStrides(shape);
  return shape.every((length, axis) => length === 1 || stride[axis] === dense[axis]);
}

/** The number of the first result of each instruction. */
export function firstResults(program: Program): readonly number[] {
  let next = program.parameters.length + program.constants.length;
  return program.instructions.map(({ results }) => {
    const first = next;
    next += results.length;
    return first;
  });
}

/** The type of every value. */
export function valueTypes(
  { parameters, constants, instructions }: Program,
): readonly Instruction["results"][number][] {
  const known = constants.map(({ dtype, shape }) => ({ dtype, shape }));
  return [...parameters, ...known, ...instructions.flatMap(({ results }) => results)];
}
