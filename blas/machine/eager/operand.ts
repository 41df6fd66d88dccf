/**
 * Arrays of the runtime as operands of machine code.
 *
 * @module
 */
import type { View } from "../../view.ts";

/** What there is to know of a view. */
export type Strided = Pick<View, "data" | "dtype" | "shape" | "stride" | "offset">;

/** An operand: the elements that its view touches, and the place of its first element among them. */
export type ArrayOperand = {
  /** The position in the data of the first element that the view touches, and how many lie from there to the last. */
  readonly start: number;
  readonly elements: number;
  /** The position of the view's first element after that. */
  readonly first: number;
};

/** Buffers up to this size may be moved by the collector at any time. */
const MOVED_BYTES = 64;

/** Returns the elements that a view touches; `undefined` if it leaves its data, or that has no address to rely on. */
export function operandOf({ data, shape, stride, offset }: Strided): ArrayOperand | undefined {
  let least = offset, most = offset;
  for (let axis = 0; axis < shape.length; axis++) {
    const far = (shape[axis]! - 1) * stride[axis]!;
    if (far < 0) least += far;
    else most += far;
  }
  if (least < 0 || most >= data.length || data.byteLength <= MOVED_BYTES) return undefined;
  return { start: least, elements: most - least + 1, first: offset - least };
}
