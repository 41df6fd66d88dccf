/**
 * Programs with exchanges.
 *
 * @module
 */
import type { DataOf, DType } from "../../../blas/dtype.ts";
import type { Program } from "../../../blas/program/program.ts";
import { mapOperands } from "../../../blas/program/operands.ts";
import { type DraftInstruction, draftOf, programOf } from "../../../blas/program/passes/draft.ts";
import { plainOperand } from "../../../blas/program/operand.ts";
import type { ExchangeOperation } from "../../../blas/program/operations/exchange.ts";
import type { Random } from "./programs.ts";

/** Replaces each number by half of it and 1. */
export const halfAndOne = (block: DataOf<DType>): void => {
  for (let k = 0; k < block.length; k++) block[k] = block[k]! / 2 + 1;
};

/**
 * Returns a program that exchanges some of its values, between its instructions; what comes later reads the results in
 * place of most of these values.
 */
export function withExchanges(
  { below, pick }: Random,
  program: Program,
  run: ExchangeOperation["run"] = halfAndOne,
): Program {
  const draft = draftOf(program), steps: DraftInstruction[] = [], renamed = new Map<number, number>();
  const types = new Map(draft.parameters.map((type, value) => [value, type]));
  draft.constants.forEach(({ value, view: { dtype, shape } }) => types.set(value, { dtype, shape }));
  const last = draft.steps.flatMap(({ values }) => values).reduce((a, b) => Math.max(a, b), types.size);
  let next = last + 1;
  for (const step of draft.steps) {
    const rename = (value: number): number => renamed.get(value) ?? value;
    steps.push({
      ...step,
      operation: mapOperands(step.operation, (operand) => ({ ...operand, value: rename(operand.value) })),
    });
    step.values.forEach((value, k) => types.set(value, step.results[k]!));
    if (below(3) > 0) continue;
    const dtype = pick([...types.values()]).dtype,
      fitting = [...types.keys()].filter((v) => types.get(v)!.dtype === dtype);
    const chosen = Array.from({ length: 1 + below(3) }, () => pick(fitting));
    const values = chosen.map(() => next++), results = chosen.map((value) => types.get(value)!);
    const operands = chosen.map((value) => plainOperand(value, types.get(value)!.shape));
    const operation: ExchangeOperation = { kind: "exchange", name: "half and one", operands, run };
    steps.push({ values, results, operation });
    chosen.forEach((value, k) => {
      types.set(values[k]!, results[k]!);
      if (below(4) > 0) renamed.set(value, values[k]!);
    });
  }
  return programOf({ ...draft, steps, results: draft.results.map((value) => renamed.get(value) ?? value) });
}
