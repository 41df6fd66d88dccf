/**
 * The operands of a program's instructions: what they are, where they lie, and the same instruction with others.
 *
 * @module
 */
import { rowMajorStrides, sameShape, type Shape, sizeOf } from "../shape.ts";
import { COMPUTED, type Loop, type Operand, type Operation, type Program, type ValueType } from "./program.ts";

/** A value, or as many elements of it, read in row-major order from its first element on. */
export function plainOperand(value: number, shape: Shape): Operand {
  return { value, shape, stride: rowMajorStrides(shape), offset: 0 };
}

/** What a loop that comes after an instruction reads of it: what has been computed for the very index. */
export function computedOperand(shape: Shape): Operand {
  return plainOperand(COMPUTED, shape);
}

/** Tells whether an operand shows elements in row-major order without gaps, from the value's first element on. */
export function isPlain({ shape, stride, offset }: Operand): boolean {
  if (offset !== 0) return false;
  if (shape.includes(0)) return true;
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    const length = shape[axis]!;
    if (length !== 1 && stride[axis] !== step) return false;
    step *= length;
  }
  return true;
}

/** Tells whether two operands show the same elements in the same way. Steps along axes of length 1 don't count. */
export function sameOperand(a: Operand, b: Operand): boolean {
  return a === b ||
    (a.value === b.value && a.offset === b.offset && sameShape(a.shape, b.shape) &&
      a.stride.every((step, axis) => step === b.stride[axis] || a.shape[axis]! <= 1));
}

/** All operands of an operation, those of loops included, except for what it has computed itself. */
export function operandsOf(operation: Operation): readonly Operand[] {
  const operands = everyOperand(operation);
  return operands.some(({ value }) => value === COMPUTED)
    ? operands.filter(({ value }) => value !== COMPUTED)
    : operands;
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

/** The operation with each operand replaced; the very operation where all stay as they are. */
export function mapOperands(operation: Operation, replace: (operand: Operand) => Operand): Operation {
  switch (operation.kind) {
    case "view":
    case "cast": {
      const operand = replace(operation.operand);
      return operand === operation.operand ? operation : { ...operation, operand };
    }
    case "map": {
      const loop = withLoopOperands(operation.loop, replace);
      return loop === operation.loop ? operation : { ...operation, loop };
    }
    case "reduce": {
      const loop = withLoopOperands(operation.loop, replace), after = withAfter(operation.after, replace);
      return loop === operation.loop && after === operation.after
        ? operation
        : { ...operation, loop, ...after && { after } };
    }
    case "gemm": {
      const a = replace(operation.a), b = replace(operation.b), after = withAfter(operation.after, replace);
      return a === operation.a && b === operation.b && after === operation.after
        ? operation
        : { ...operation, a, b, ...after && { after } };
    }
    case "convolution": {
      const [x, y] = operation.operands, first = replace(x), second = replace(y);
      const after = withAfter(operation.after, replace);
      return first === x && second === y && after === operation.after
        ? operation
        : { ...operation, operands: [first, second], ...after && { after } };
    }
    case "host": {
      const operands = replaceAll(operation.operands, replace);
      return operands === operation.operands ? operation : { ...operation, operands };
    }
  }
}

function withAfter(loop: Loop | undefined, replace: (operand: Operand) => Operand): Loop | undefined {
  return loop === undefined ? undefined : withLoopOperands(loop, replace);
}

function withLoopOperands(loop: Loop, replace: (operand: Operand) => Operand): Loop {
  const operands = replaceAll(loop.operands, (operand) => operand.value === COMPUTED ? operand : replace(operand));
  return operands === loop.operands ? loop : { ...loop, operands };
}

function replaceAll(operands: readonly Operand[], replace: (operand: Operand) => Operand): readonly Operand[] {
  const replaced = operands.map(replace);
  return replaced.every((operand, k) => operand === operands[k]) ? operands : replaced;
}

/** The loops of an operation: that of a map or before a reduction, and the one that comes after. */
export function loopsOf(operation: Operation): readonly Loop[] {
  const before = operation.kind === "map" || operation.kind === "reduce" ? [operation.loop] : [];
  return "after" in operation && operation.after !== undefined ? [...before, operation.after] : before;
}

/** The operation with each of its loops replaced. */
export function mapLoops(operation: Operation, replace: (loop: Loop) => Loop): Operation {
  let result = operation;
  if (result.kind === "map" || result.kind === "reduce") {
    const loop = replace(result.loop);
    if (loop !== result.loop) result = { ...result, loop };
  }
  if ("after" in result && result.after !== undefined) {
    const after = replace(result.after);
    if (after !== result.after) result = { ...result, after };
  }
  return result;
}

/** The types of all values of a program, by number. */
export function valueTypes({ parameters, constants, instructions }: Program): readonly ValueType[] {
  return [
    ...parameters,
    ...constants.map(({ dtype, shape }): ValueType => ({ dtype, shape })),
    ...instructions.flatMap(({ results }) => results),
  ];
}

/** Tells whether an operand shows a whole value in its own order. */
export function isWhole(operand: Operand, size: number): boolean {
  return isPlain(operand) && sizeOf(operand.shape) === size;
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
