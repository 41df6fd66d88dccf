/**
 * Computing products transposed if they are only read transposed.
 *
 * @module
 */
import { isPlain } from "../operand.ts";
import { mapOperands, operandsOf } from "../operands.ts";
import type { Operand } from "../program.ts";
import { changeOperand, composeOperands } from "../compose.ts";
import { type Draft, type DraftInstruction, withOperation } from "./draft.ts";

/**
 * Computes a matrix product as the transposed product of the transposed matrices if loops read it transposed, as they
 * do with the gradient of a layer's weight. They then read it in the order in which it is computed, and can be its
 * epilogue; an exchange replaces it where it lies.
 */
export function transposeProducts(draft: Draft): Draft {
  const results = new Set(draft.results);
  const products = new Set<number>();
  for (const { operation, values } of draft.steps) {
    if (operation.kind !== "gemm" || operation.epilogue !== undefined || operation.a.shape.length !== 2) continue;
    if (!results.has(values[0]!)) products.add(values[0]!);
  }
  if (products.size === 0) return draft;
  const transposes = wantedTransposed(draft.steps, products);
  if (transposes.size === 0) return draft;
  const steps = draft.steps.map((step): DraftInstruction => {
    const operation = mapOperands(step.operation, (operand) => {
      const transpose = transposes.get(operand.value);
      return transpose === undefined ? operand : composeOperands(operand, transpose)!;
    });
    if (operation.kind !== "gemm" || !transposes.has(step.values[0]!)) return withOperation(step, operation);
    // A product has one result.
    const [{ dtype, shape: [m, n] }] = step.results as [DraftInstruction["results"][number]];
    return {
      ...step,
      results: [{ dtype, shape: [n!, m!] }],
      operation: { kind: "gemm", a: transposed(operation.b), b: transposed(operation.a) },
    };
  });
  return { ...draft, steps };
}

const transposed = (operand: Operand): Operand => changeOperand(operand, { kind: "transpose", axes: [1, 0] })!;

/** Returns, for products that loops only read transposed, the operands that read their transposes. */
function wantedTransposed(
  steps: readonly DraftInstruction[],
  products: ReadonlySet<number>,
): ReadonlyMap<number, Operand> {
  const wanted = new Map<number, Operand>(), refused = new Set<number>(), sizes = new Map<number, readonly number[]>();
  for (const { operation, values, results } of steps) {
    if (products.has(values[0]!)) sizes.set(values[0]!, results[0]!.shape);
    const isReader = ["map", "reduce", "rows", "convolution", "exchange"].includes(operation.kind);
    for (const operand of operandsOf(operation)) {
      const { value } = operand, shape = sizes.get(value);
      if (shape === undefined) continue;
      const [m, n] = shape as readonly [number, number]; // a matrix
      // Element [i, j] of the product will be element [j, i] of its replacement.
      const transpose: Operand = { value, shape, stride: [1, m], offset: 0 },
        epilogue = composeOperands(operand, transpose);
      if (epilogue === undefined || (isReader && isPlain(operand) && m > 1 && n > 1)) refused.add(value);
      // A single row is the same as a single column: transposing it gains nothing, and could go on forever.
      else if (isReader && isPlain(epilogue) && !isPlain(operand)) wanted.set(value, transpose);
    }
  }
  for (const value of refused) wanted.delete(value);
  return wanted;
}
