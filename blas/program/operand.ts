/**
 * Single operands: what an instruction sees of a value, compared and made.
 *
 * @module
 */
import { rowMajorStrides, sameShape, type Shape } from "../shape.ts";
import { EPILOGUE_INPUT, type Operand } from "./program.ts";

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
