/**
 * Composing operands: reading a value that is itself an operand over another value.
 *
 * @module
 */
import { sameShape, type Shape, sizeOf } from "../shape.ts";
import { broadcastOperand, isPlain, plainOperand } from "./operand.ts";
import type { ViewChange } from "./operations/view.ts";
import type { Operand } from "./program.ts";

/**
 * Composes two operands.
 *
 * @param outer An operand over a row-major array.
 * @param inner The operand whose elements, in row-major order, are those of that array.
 * @returns The elements of `outer` as an operand over the value of `inner`; `undefined` if no strides can express that.
 */
export function composeOperands(outer: Operand, inner: Operand): Operand | undefined {
  const { value } = inner, { shape } = outer;
  if (sizeOf(shape) === 0) return { value, shape, stride: shape.map(() => 0), offset: 0 };
  if (isPlain(inner)) return outer.value === value ? outer : { ...outer, value };
  if (sameShape(shape, inner.shape) && isPlain(outer)) return inner;
  const axes = joinedAxes(inner);
  const position = digitsOf(outer.offset, axes)!;
  let offset = inner.offset;
  const low = position.map((digit, k) => {
      offset += digit * axes[k]!.stride;
      return digit;
    }),
    high = [...low];
  const stride = new Array<number>(shape.length).fill(0);
  for (let axis = 0; axis < shape.length; axis++) {
    const step = outer.stride[axis]!, reach = shape[axis]! - 1;
    if (step === 0 || reach === 0) continue;
    const digits = digitsOf(Math.abs(step), axes);
    if (digits === undefined) return undefined;
    for (let k = 0; k < axes.length; k++) {
      const digit = step < 0 ? -digits[k]! : digits[k]!;
      stride[axis]! += digit * axes[k]!.stride;
      if (digit < 0) low[k]! += digit * reach;
      else high[k]! += digit * reach;
    }
  }
  // A step that carries over into the next axis moves by another number of elements than one that does not.
  for (let k = 0; k < axes.length; k++) if (low[k]! < 0 || high[k]! >= axes[k]!.length) return undefined;
  return { value, shape, stride, offset };
}

type Axis = {
  readonly length: number;
  readonly stride: number; /** Elements passed by one step. */
  readonly step: number;
};

/** Returns the axes of an operand, joining those that one stride runs through. */
function joinedAxes({ shape, stride }: Operand): readonly Axis[] {
  const joined: { length: number; stride: number; step: number }[] = [];
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    const length = shape[axis]!, last = joined.at(-1);
    if (length === 1) continue;
    if (last !== undefined && stride[axis] === last.length * last.stride) last.length *= length;
    else joined.push({ length, stride: stride[axis]!, step });
    step *= length;
  }
  return joined.reverse();
}

/** Expresses a number of elements as steps along each axis, the longest first; `undefined` if it is too large. */
function digitsOf(elements: number, axes: readonly Axis[]): number[] | undefined {
  let rest = elements;
  const digits = axes.map(({ step }) => {
    const digit = Math.floor(rest / step);
    rest -= digit * step;
    return digit;
  });
  return rest === 0 ? digits : undefined;
}

/**
 * Changes the view of an operand.
 *
 * @returns An operand of the changed shape, or `undefined` if elements would have to move.
 */
export function changeOperand(operand: Operand, change: ViewChange): Operand | undefined {
  const { value, shape, stride, offset } = operand;
  switch (change.kind) {
    case "reshape":
      return composeOperands(plainOperand(value, change.shape), operand);
    case "transpose":
      return {
        value,
        shape: change.axes.map((axis) => shape[axis]!),
        stride: change.axes.map((axis) => stride[axis]!),
        offset,
      };
    case "broadcast":
      return broadcastOperand(operand, change.shape);
    case "slice": {
      const { ranges } = change, taken = ranges.map(({ count }) => count);
      if (taken.includes(0)) return { value, shape: taken, stride: taken.map(() => 0), offset: 0 };
      return {
        value,
        shape: taken,
        stride: ranges.map(({ step }, axis) => step * stride[axis]!),
        offset: ranges.reduce((sum, { start }, axis) => sum + start * stride[axis]!, offset),
      };
    }
  }
}

/**
 * Returns an operand for a loop over another shape with the same number of elements, in the same order.
 *
 * @returns `undefined` if no strides can express that.
 */
export function reshapeOperand(operand: Operand, shape: Shape): Operand | undefined {
  return sameShape(operand.shape, shape) ? operand : composeOperands(plainOperand(operand.value, shape), operand);
}

/** Tells whether an operand shows, at every index of a shape, the element that a row-major array has there. */
export function readsOwnIndex(operand: Operand, shape: Shape): boolean {
  return isPlain(operand) && sizeOf(operand.shape) === sizeOf(shape);
}
