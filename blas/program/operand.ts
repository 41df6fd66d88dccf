/**
 * Functions that make and compare single operands.
 *
 * @module
 */
import { rowMajorStrides, sameShape, type Shape } from "../shape.ts";
import { EPILOGUE_INPUT, type Operand } from "./program.ts";

/** Returns an operand that reads a value in row-major order, starting at its first element. */
export function plainOperand(value: number, shape: Shape): Operand {
  return { value, shape, stride: rowMajorStrides(shape), offset: 0 };
}

/** Returns an operand that repeats the elements of another along new leading axes and along axes of length 1. */
export function broadcastOperand({ value, shape: own, stride, offset }: Operand, shape: Shape): Operand {
  const lead = shape.length - own.length;
  const repeated = shape.map((length, axis) => axis < lead || own[axis - lead] !== length ? 0 : stride[axis - lead]!);
  return { value, shape, stride: repeated, offset };
}

/** Returns the operand by which an epilogue reads the result of its operation at the same index. */
export function epilogueInput(shape: Shape): Operand {
  return plainOperand(EPILOGUE_INPUT, shape);
}

/** Tells whether an operand reads elements in row-major order without gaps, starting at the value's first element. */
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

/** Tells whether two operands show the same elements in the same way. Steps along axes of length 1 do not count. */
export function sameOperand(a: Operand, b: Operand): boolean {
  return a === b ||
    (a.value === b.value && a.offset === b.offset && sameShape(a.shape, b.shape) &&
      a.stride.every((step, axis) => step === b.stride[axis] || a.shape[axis]! <= 1));
}
