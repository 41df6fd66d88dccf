/**
 * The order of a program's instructions.
 *
 * @module
 */
import type { Carried } from "./memory_plan.ts";
import { firstResults, mapOperands, operandsOf } from "../operands.ts";
import type { Program } from "../program.ts";

/**
 * Puts instructions that compute carried results behind those that still read the parameter they are carried to, where they
 * can be, so that they may be computed right in its place. Else the order stays.
 *
 * @param program The program.
 * @param carried Which results are which parameters of the next run.
 * @returns A program that computes the same.
 */
export function scheduleForCarried(program: Program, carried: readonly Carried[]): Program {
  const { instructions } = program, fixed = program.parameters.length + program.constants.length;
  const first = firstResults(program), definedAt = new Map<number, number>();
  instructions.forEach(({ results }, i) => results.forEach((_, k) => definedAt.set(first[i]! + k, i)));
  const reads = instructions.map(({ operation }) => operandsOf(operation).map(({ value }) => value));
  const before = reads.map((values) => new Set(values.flatMap((value) => definedAt.get(value) ?? [])));
  let changed = false;
  for (const [result, parameter] of carried) {
    const own = definedAt.get(program.results[result]!);
    if (own === undefined) continue;
    const readers = reads.flatMap((values, i) => i !== own && values.includes(parameter) ? [i] : []);
    if (readers.some((i) => reaches(before, own, i))) continue;
    readers.forEach((i) => before[own]!.add(i)); // those in front of it already must stay so when others move
    changed ||= readers.some((i) => i > own);
  }
  return changed ? reordered(program, orderOf(before), fixed) : program;
}

/** Whether instruction `to` must come after `from`. */
function reaches(before: readonly ReadonlySet<number>[], from: number, to: number): boolean {
  const seen = new Set<number>(), open = [to];
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    if (i === from) return true;
    if (seen.has(i)) continue;
    seen.add(i);
    open.push(...before[i]!);
  }
  return false;
}

/** All instructions, each after those that must come before it, else in their order. */
function orderOf(before: readonly ReadonlySet<number>[]): readonly number[] {
  const order: number[] = [], done = new Set<number>();
  const waiting = new Set(before.keys());
  while (waiting.size > 0) {
    for (const i of waiting) {
      if (![...before[i]!].every((other) => done.has(other))) continue;
      waiting.delete(i);
      done.add(i);
      order.push(i);
      break;
    }
  }
  return order;
}

/** The program with its instructions, and so its values, in another order. */
function reordered(program: Program, order: readonly number[], fixed: number): Program {
  const first = firstResults(program), renamed = new Map<number, number>();
  let next = fixed;
  for (const i of order) {
    program.instructions[i]!.results.forEach((_, k) => renamed.set(first[i]! + k, next++));
  }
  const rename = (value: number) => renamed.get(value) ?? value;
  return {
    ...program,
    instructions: order.map((i) => {
      const { results, operation } = program.instructions[i]!;
      return {
        results,
        operation: mapOperands(operation, (operand) => ({ ...operand, value: rename(operand.value) })),
      };
    }),
    results: program.results.map(rename),
  };
}
