/**
 * Folding views: reshaping, transposing, broadcasting and slicing become strides of the operands that read the result.
 *
 * @module
 */
import { argument } from "../../scalar/scalar.ts";
import { sameShape, type Shape, sizeOf } from "../../shape.ts";
import { isPlain } from "../operand.ts";
import { epilogueOf, mapOperands } from "../operands.ts";
import { kindOf } from "../operations/mod.ts";
import { EPILOGUE_INPUT, type Operand, type Operation } from "../program.ts";
import { changeOperand, composeOperands } from "../compose.ts";
import { type Draft, type DraftInstruction, typesOf, withOperation } from "./draft.ts";
import { copiedArgument } from "./loops.ts";

/**
 * Lets instructions read the source of views, and of loops that only copy. A view that is still needed as an array (a
 * result, or a reshaping that strides cannot express) becomes a loop that copies.
 */
export function foldViews(draft: Draft): Draft {
  if (!draft.steps.some(isView)) return draft;
  const types = typesOf(draft);
  /** The operands that values which are views of other values stand for. */
  const seen = new Map<number, Operand>();
  const look = (operand: Operand): Operand => {
    const inner = seen.get(operand.value);
    return inner === undefined ? operand : composeOperands(operand, inner) ?? operand;
  };
  const steps = draft.steps.map((step): DraftInstruction => {
    const operation = mapOperands(step.operation, look);
    if (operation.kind === "view") {
      const changed = changeOperand(operation.operand, operation.change) ?? operation.operand;
      seen.set(step.values[0]!, changed);
      return { ...step, operation: copyOf(changed) };
    }
    if (operation.kind === "map") {
      operation.loop.expressions.forEach((expression, k) => {
        const index = copiedArgument(expression);
        if (index !== undefined) seen.set(step.values[k]!, operation.loop.operands[index]!);
      });
    } else if ("epilogue" in operation && operation.epilogue !== undefined) {
      operation.epilogue.expressions.forEach((expression, k) => {
        const index = copiedArgument(expression),
          operand = index === undefined ? undefined : operation.epilogue!.operands[index];
        if (operand !== undefined && operand.value !== EPILOGUE_INPUT) seen.set(step.values[k]!, operand);
      });
    }
    return withOperation(step, operation);
  });

  /** Values whose declared shape changes, because a result is a reshaping of them. */
  const shapes = new Map<number, Shape>(), shapeable = shapeableValues(steps, draft.results);
  const results = draft.results.map((value) => {
    const inner = seen.get(value), type = inner && types[inner.value];
    if (inner === undefined || type === undefined || !isPlain(inner)) return value;
    const { shape } = types[value]!;
    if (sizeOf(inner.shape) !== sizeOf(type.shape)) return value;
    const own = shapes.get(inner.value);
    if (!sameShape(own ?? type.shape, shape) && (own !== undefined || !shapeable.has(inner.value))) return value;
    shapes.set(inner.value, shape);
    return inner.value;
  });
  const shaped = shapes.size === 0 ? steps : steps.map((step) => withShapes(step, shapes));
  const changed = shaped.some((step, k) => step !== draft.steps[k]) ||
    results.some((value, k) => value !== draft.results[k]);
  return changed ? { ...draft, steps: shaped, results } : draft;
}

/** Tells whether a step is a view, or one of its results is a copy. */
function isView({ operation }: DraftInstruction): boolean {
  if (operation.kind === "view") return true;
  const loop = operation.kind === "map" ? operation.loop : epilogueOf(operation);
  return loop !== undefined && loop.expressions.some((expression) => copiedArgument(expression) !== undefined);
}

function copyOf(operand: Operand): Operation {
  return { kind: "map", loop: { shape: operand.shape, operands: [operand], expressions: [argument(0)] } };
}

/** Finds the values that may have any shape, and are not results of the program, so that their shapes do not matter. */
function shapeableValues(steps: readonly DraftInstruction[], results: readonly number[]): ReadonlySet<number> {
  const values = steps.flatMap(({ operation, values }) => kindOf(operation).anyShape ? values : []);
  const found = new Set(values);
  for (const value of results) found.delete(value);
  return found;
}

function withShapes(step: DraftInstruction, shapes: ReadonlyMap<number, Shape>): DraftInstruction {
  if (!step.values.some((value) => shapes.has(value))) return step;
  return {
    ...step,
    results: step.results.map((type, k) => ({ ...type, shape: shapes.get(step.values[k]!) ?? type.shape })),
  };
}
