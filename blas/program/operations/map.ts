/**
 * Maps: expressions computed element by element.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import type { Engine } from "../../engine.ts";
import { LEAST_MADE, makerOfMap } from "../../result_makers.ts";
import type { Scalar } from "../../scalar/scalar.ts";
import type { Shape } from "../../shape.ts";
import { allocate, allocateUnset, broadcastView, type View } from "../../view.ts";
import { broadcastOperand, plainOperand } from "../operand.ts";
import type { Loop, Operand } from "../program.ts";
import { flopsOfLoop } from "./flops.ts";
import type { MultiOperator, OperationKind, Operator, TypedValue } from "./operator.ts";

/** Expressions computed element by element. All results have one shape; all operands and results have one dtype. */
export type MapOperation = { readonly kind: "map"; readonly loop: Loop };

/** Returns the operator that computes an expression for every element; argument `k` is operand `k`, broadcast. */
export function mapOf(expression: Scalar): Operator<"map"> {
  return {
    run: (engine, inputs, { dtype, shape }) => {
      const operands = repeated(inputs, shape);
      const made = operands.length > 0 && operands[0]!.size >= LEAST_MADE
        ? makerOfMap(engine.map)?.(expression, operands, { dtype, shape })
        : undefined;
      if (made !== undefined) return made;
      const output = allocateUnset(dtype, shape);
      engine.map(expression, operands, output);
      return output;
    },
    place: (inputs, { shape }) => placed([expression], inputs, shape),
  };
}

/** Repeats operands to a shape; if all have it already, the list stays the same one. */
function repeated(inputs: readonly View[], shape: Shape): readonly View[] {
  let made: View[] | undefined;
  for (let k = 0; k < inputs.length; k++) {
    const x = inputs[k]!, y = broadcastView(x, shape);
    if (y !== x) (made ??= inputs.slice())[k] = y;
  }
  return made ?? inputs;
}

/** Returns the operator that computes several expressions for every element, one for each result, all of one shape. */
export function mapsOf(expressions: readonly Scalar[]): MultiOperator<"map"> {
  const operators = expressions.map(mapOf);
  return {
    run: (engine, inputs, results) => operators.map((operator, k) => operator.run(engine, inputs, results[k]!)),
    place: (inputs, results) => placed(expressions, inputs, results[0]!.shape),
  };
}

function placed(expressions: readonly Scalar[], inputs: readonly TypedValue[], shape: Loop["shape"]): MapOperation {
  const operands = inputs.map(({ value, shape: own }) => broadcastOperand(plainOperand(value, own), shape));
  return { kind: "map", loop: { shape, operands, expressions } };
}

/** Computes all results of a loop. */
export function runLoop(
  engine: Pick<Engine, "map">,
  loop: Loop,
  dtype: DType,
  view: (operand: Operand) => View,
): readonly View[] {
  const inputs = loop.operands.map(view);
  return loop.expressions.map((expression) => {
    const output = allocate(dtype, loop.shape);
    engine.map(expression, inputs, output);
    return output;
  });
}

/** The kind of maps. */
export const mapKind: OperationKind<MapOperation> = {
  operands: () => [],
  withOperands: (operation) => operation,
  compute: ({ loop }, { engine, results, view }) => runLoop(engine, loop, results[0]!.dtype, view),
  key: () => "",
  format: ({ loop }, write) => write.loop("map", loop),
  flops: ({ loop }) => flopsOfLoop(loop),
  work: (_, elements) => elements,
  withResults: ({ loop }, wanted) => ({
    kind: "map",
    loop: { ...loop, expressions: loop.expressions.filter((_, k) => wanted[k]) },
  }),
  epilogueShape: () => undefined,
  anyShape: true,
};
