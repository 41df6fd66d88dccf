/**
 * The operands of a program's instructions: what they are, where they lie, and the same instruction with others.
 *
 * @module
 */
import { rowMajorStrides, sameShape, type Shape, sizeOf } from "../shape.ts";
import { EPILOGUE_INPUT, type Loop, type Operand, type Operation, type Program, type ValueType } from "./program.ts";

/** A value, or as many elements of it, read in row-major order from its first element on. */
export function plainOperand(value: number, shape: Shape): Operand {
  return { value, shape, stride: rowMajorStrides(shape), offset: 0 };
}

/** What a loop that comes after an instruction reads of it: what has been computed for the very index. */
export function epilogueInput(shape: Shape): Operand {
  return plainOperand(EPILOGUE_INPUT, shape);
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
  return operands.some(({ value }) => value === EPILOGUE_INPUT)
    ? operands.filter(({ value }) => value !== EPILOGUE_INPUT)
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
      return [...operation.loop.operands, ...epilogueOperands(operation)];
    case "gemm":
      return [operation.a, operation.b, ...epilogueOperands(operation)];
    case "convolution":
      return [...operation.operands, ...epilogueOperands(operation)];
    case "host":
      return operation.operands;
  }
}

const epilogueOperands = ({ epilogue }: { readonly epilogue?: Loop }): readonly Operand[] => epilogue?.operands ?? [];

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
      const { epilogue } = operation;
      return epilogue === undefined ? { loop: undefined, before: operandsOf(operation) } : {
        loop: epilogue,
        before: everyOperand(operation).slice(0, everyOperand(operation).length - epilogue.operands.length),
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
      const loop = withLoopOperands(operation.loop, replace), epilogue = withEpilogue(operation.epilogue, replace);
      return loop === operation.loop && epilogue === operation.epilogue
        ? operation
        : { ...operation, loop, ...epilogue && { epilogue } };
    }
    case "gemm": {
      const a = replace(operation.a), b = replace(operation.b), epilogue = withEpilogue(operation.epilogue, replace);
      return a === operation.a && b === operation.b && epilogue === operation.epilogue
        ? operation
        : { ...operation, a, b, ...epilogue && { epilogue } };
    }
    case "convolution": {
      const [x, y] = operation.operands, first = replace(x), second = replace(y);
      const epilogue = withEpilogue(operation.epilogue, replace);
      return first === x && second === y && epilogue === operation.epilogue
        ? operation
        : { ...operation, operands: [first, second], ...epilogue && { epilogue } };
    }
    case "host": {
      const operands = replaceAll(operation.operands, replace);
      return operands === operation.operands ? operation : { ...operation, operands };
    }
  }
}

function withEpilogue(loop: Loop | undefined, replace: (operand: Operand) => Operand): Loop | undefined {
  return loop === undefined ? undefined : withLoopOperands(loop, replace);
}

function withLoopOperands(loop: Loop, replace: (operand: Operand) => Operand): Loop {
  const operands = replaceAll(
    loop.operands,
    (operand) => operand.value === EPILOGUE_INPUT ? operand : replace(operand),
  );
  return operands === loop.operands ? loop : { ...loop, operands };
}

function replaceAll(operands: readonly Operand[], replace: (operand: Operand) => Operand): readonly Operand[] {
  const replaced = operands.map(replace);
  return replaced.every((operand, k) => operand === operands[k]) ? operands : replaced;
}

/** The loops of an operation: that of a map or before a reduction, and the one that comes after. */
export function loopsOf(operation: Operation): readonly Loop[] {
  const before = operation.kind === "map" || operation.kind === "reduce" ? [operation.loop] : [];
  return "epilogue" in operation && operation.epilogue !== undefined ? [...before, operation.epilogue] : before;
}

/** The operation with each of its loops replaced. */
export function mapLoops(operation: Operation, replace: (loop: Loop) => Loop): Operation {
  let result = operation;
  if (result.kind === "map" || result.kind === "reduce") {
    const loop = replace(result.loop);
    if (loop !== result.loop) result = { ...result, loop };
  }
  if ("epilogue" in result && result.epilogue !== undefined) {
    const epilogue = replace(result.epilogue);
    if (epilogue !== result.epilogue) result = { ...result, epilogue };
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
