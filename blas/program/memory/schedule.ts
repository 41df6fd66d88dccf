/**
 * Scheduling: the order of a program's instructions.
 *
 * @module
 */
import type { Carried } from "./memory_plan.ts";
import { exchanges } from "../bodies.ts";
import { firstResults, mapOperands, operandsOf } from "../operands.ts";
import type { Program } from "../program.ts";

/**
 * Moves instructions that compute carried results after those that still read the parameter to which the results are
 * carried, if possible, so that the results can be computed in place of the parameter. Otherwise the order stays; exchanges stay in
 * order in any case.
 *
 * @param program The program.
 * @param carried The results that become parameters of the next run.
 * @returns A program that computes the same.
 */
export function scheduleForCarried(program: Program, carried: readonly Carried[]): Program {
  const { instructions } = program, fixed = program.parameters.length + program.constants.length;
  const first = firstResults(program),
    definedAt = new Map<number, number>(),
    readersOf = new Map<number, Set<number>>();
  /** The instructions that must come after each instruction. */
  const behind = instructions.map(() => new Set<number>());
  instructions.forEach(({ results, operation }, i) => {
    results.forEach((_, k) => definedAt.set(first[i]! + k, i));
    for (const { value } of operandsOf(operation)) {
      const producer = definedAt.get(value);
      if (producer !== undefined) behind[producer]!.add(i);
      else readersOf.set(value, (readersOf.get(value) ?? new Set()).add(i));
    }
  });
  const inOrder = instructions.flatMap(({ operation }, i) => exchanges(operation) ? [i] : []);
  inOrder.forEach((i, k) => k > 0 && behind[inOrder[k - 1]!]!.add(i));
  let changed = false;
  for (const [result, parameter] of carried) {
    const own = definedAt.get(program.results[result]!);
    if (own === undefined) continue;
    const readers = new Set(readersOf.get(parameter));
    readers.delete(own);
    if (reachesAny(behind, own, readers)) continue;
    for (const i of readers) {
      behind[i]!.add(own); // those that already come before it must stay before it when others move
      changed ||= i > own;
    }
  }
  return changed ? reordered(program, orderOf(behind), fixed) : program;
}

/** Tells whether any of some instructions must come after an instruction. */
function reachesAny(behind: readonly ReadonlySet<number>[], from: number, some: ReadonlySet<number>): boolean {
  const seen = new Set<number>(), open = [from];
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    if (some.has(i)) return true;
    for (const next of behind[i]!) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return false;
}

/** Returns the order of all instructions: each after those that must precede it, otherwise as before. */
function orderOf(behind: readonly ReadonlySet<number>[]): readonly number[] {
  const order: number[] = [], waitsFor = new Array<number>(behind.length).fill(0);
  for (const all of behind) for (const i of all) waitsFor[i]!++;
  /** The instructions that had to wait and whose predecessors have now all been placed, the first one last. */
  const ready: number[] = [];
  for (let next = 0; next < behind.length; next++) {
    if (waitsFor[next] !== 0) continue;
    for (let i: number | undefined = next; i !== undefined; i = ready.pop()) {
      order.push(i);
      for (const other of behind[i]!) {
        if (--waitsFor[other]! > 0 || other > next) continue;
        const place = ready.findLastIndex((one) => one > other);
        ready.splice(place + 1, 0, other);
      }
    }
  }
  return order;
}

/** Returns the program with its instructions, and hence its values, in another order. */
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
