/**
 * Fusion of checks: indices are checked where a gather reads them.
 *
 * @module
 */
import { isPlain } from "../operand.ts";
import { reshapeOperand } from "../compose.ts";
import type { CheckIndicesOperation } from "../operations/check_indices.ts";
import type { GatherOperation } from "../operations/gather.ts";
import { sizeOf } from "../../shape.ts";
import type { Operation, ValueType } from "../program.ts";
import { type Draft, type DraftInstruction, typesOf, withOperation, withSteps } from "./draft.ts";
import { readerCounts } from "./reader_counts.ts";

/**
 * Checks indices in the gather that alone reads them, if it reads each once: otherwise they would be written only to be
 * read again. The error is the same.
 */
export function fuseChecks(draft: Draft): Draft {
  const has = (kind: Operation["kind"]): boolean => draft.steps.some(({ operation }) => operation.kind === kind);
  if (!has("checkIndices") || !has("gather")) return draft;
  const readers = readerCounts(draft.steps, draft.results), types = typesOf(draft);
  const checks = new Map<number, CheckIndicesOperation>();
  for (const { operation, values } of draft.steps) {
    if (operation.kind === "checkIndices") checks.set(values[0]!, operation);
  }
  const steps = draft.steps.map((step): DraftInstruction => {
    const { operation } = step;
    if (operation.kind !== "gather" || readers.get(operation.indices.value) !== 1) return step;
    const check = checks.get(operation.indices.value);
    return check === undefined ? step : withOperation(step, fused(operation, check, types, step.results[0]!));
  });
  return withSteps(draft, steps);
}

/** Returns the gather with its check; the gather itself if its indices must be converted or are read in another order. */
function fused(
  gather: GatherOperation,
  { operand, range }: CheckIndicesOperation,
  types: readonly ValueType[],
  { dtype }: ValueType,
): Operation {
  const { axis, indices, operand: from } = gather;
  if (sizeOf(indices.shape) !== sizeOf(operand.shape)) return gather;
  const given = reshapeOperand(operand, indices.shape);
  const isInside = range.exception === undefined && range.count > 0 && range.count <= from.shape[axis]!;
  if (!isInside || given === undefined || !isPlain(indices) || types[operand.value]!.dtype !== dtype) return gather;
  const { checked: _, ...rest } = gather;
  return { ...rest, indices: given, check: range };
}
