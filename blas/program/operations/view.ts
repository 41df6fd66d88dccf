/**
 * Views: the same elements in another shape or order.
 *
 * @module
 */
import type { Engine } from "../../engine.ts";
import { sameShape, type Shape } from "../../shape.ts";
import { broadcastView, type Range, reshapeView, sliceView, transposeView, type View } from "../../view.ts";
import { plainOperand } from "../operand.ts";
import type { Operand } from "../program.ts";
import { copied } from "./dense.ts";
import type { OperationKind, Operator } from "./operator.ts";

/** A change of a view: another way to see the elements of a value. */
export type ViewChange =
  | { readonly kind: "reshape"; readonly shape: Shape }
  | { readonly kind: "transpose"; readonly axes: readonly number[] }
  | { readonly kind: "broadcast"; readonly shape: Shape }
  | { readonly kind: "slice"; readonly ranges: readonly Range[] };

/** The same elements in another shape or order. */
export type ViewOperation = { readonly kind: "view"; readonly change: ViewChange; readonly operand: Operand };

/** Returns the operator that changes a view. */
export function viewOf(change: ViewChange): Operator<"copy"> {
  return {
    run: (engine, [x]) => changeView(engine, x!, change),
    place: ([x]) => ({ kind: "view", change, operand: plainOperand(x!.value, x!.shape) }),
  };
}

/** The operator that reshapes elements, in row-major order, to the shape of the result. */
export const reshaped: Operator<"copy"> = {
  run: (engine, [x], { shape }) => sameShape(x!.shape, shape) ? x! : changeView(engine, x!, { kind: "reshape", shape }),
  place: (inputs, result) => viewOf({ kind: "reshape", shape: result.shape }).place(inputs, result),
};

/** Returns the changed view; if elements would have to move, they are copied to a new array. */
export function changeView(engine: Pick<Engine, "copy">, x: View, change: ViewChange): View {
  switch (change.kind) {
    case "reshape":
      return reshapeView(x, change.shape) ?? reshapeView(copied(engine, x), change.shape)!;
    case "transpose":
      return transposeView(x, change.axes);
    case "broadcast":
      return broadcastView(x, change.shape);
    case "slice":
      return sliceView(x, change.ranges);
  }
}

/** The kind of views. */
export const viewKind: OperationKind<ViewOperation> = {
  operands: ({ operand }) => [operand],
  withOperands: (operation, [operand]) => ({ ...operation, operand: operand! }),
  compute: ({ change, operand }, { engine, view }) => [changeView(engine, view(operand), change)],
  key: ({ change }) => `${change.kind} ${detailsOf(change, ":")}`,
  format: ({ change, operand }, write) => {
    const details = change.kind === "transpose"
      ? ` by ${change.axes.join(", ")}`
      : change.kind === "slice"
      ? ` [${detailsOf(change, ", ")}]`
      : ""; // the type of the result shows it
    return [`${change.kind} ${write.operand(operand)}${details}`];
  },
  flops: () => 0, // it moves numbers, and computes none
  work: (_, elements) => elements,
  withResults: () => undefined, // it has one result
  epilogueShape: () => undefined,
  anyShape: false,
};

const detailsOf = (change: ViewChange, separator: string): string =>
  change.kind === "transpose"
    ? change.axes.join()
    : change.kind === "slice"
    ? change.ranges.map(({ start, step, count }) => `${start}:${start + step * count}:${step}`).join(separator)
    : change.shape.join();
