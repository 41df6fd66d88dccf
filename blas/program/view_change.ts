/**
 * Operands seen through another view.
 *
 * @module
 */
import { sameShape } from "../shape.ts";
import { broadcastView, reshapeView, sliceView, transposeView, unsafeView, type View } from "../view.ts";
import type { Operand, ViewChange } from "./program.ts";

/** A view changed; where elements would have to move, they are in a new array. */
export function changeView<V extends View>(x: V, change: ViewChange, copy: (x: View) => View): View {
  switch (change.kind) {
    case "reshape":
      return reshapeView(x, change.shape) ?? reshapeView(copy(x), change.shape)!;
    case "transpose":
      return transposeView(x, change.axes);
    case "broadcast":
      return broadcastView(x, change.shape);
    case "slice":
      return sliceView(x, change.ranges);
  }
}

/**
 * The operand whose elements, in row-major order, are those of the changed view. Its shape may differ from the changed one's
 * where no strides would do: it is then the shape before.
 */
export function changeOperand(operand: Operand, change: ViewChange): Operand {
  if (change.kind === "reshape" && sameShape(operand.shape, change.shape)) return operand;
  const { shape, stride, offset } = operand;
  // Only strides are computed here: the data are nobody's.
  const changed = change.kind === "reshape"
    ? reshapeView(unsafeView(NOTHING, shape, stride, offset) as View, change.shape)
    : changeView(unsafeView(NOTHING, shape, stride, offset) as View, change, (x) => x);
  return changed === undefined
    ? operand
    : { value: operand.value, shape: changed.shape, stride: changed.stride, offset: changed.offset };
}

const NOTHING = new Float32Array(0);
