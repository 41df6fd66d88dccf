/**
 * Removal of unused arguments and carries of programs inside instructions.
 *
 * @module
 */
import { exchanges } from "../bodies.ts";
import { mapOperands, operandsOf } from "../operands.ts";
import type { Operation, Program } from "../program.ts";
import type { BranchOperation } from "../operations/branch.ts";
import type { ScanOperation } from "../operations/scan.ts";
import type { WhileOperation } from "../operations/while.ts";
import { type Draft, type DraftInstruction, draftOf, programOf } from "./draft.ts";

/**
 * Returns the operation without operands that its programs do not read, and without parts of a carry that nothing
 * depends on.
 */
export function trimBodies(operation: Operation): Operation {
  if (operation.kind === "scan") return trimScan(operation);
  if (operation.kind === "while") return trimWhile(operation);
  return operation.kind === "branch" ? trimBranch(operation) : operation;
}

function trimWhile(operation: WhileOperation): WhileOperation {
  const { condition, body, carries, operands } = operation, bodies = [condition, body];
  const wanted = bodies.map(({ results }) => new Set(results));
  bodies.forEach((one, k) => collect(one, wanted[k]!));
  const stays = body.parameters.map((_, k) => k < carries || wanted.some((set) => set.has(k)));
  if (stays.every((one) => one)) return operation;
  const [test, step] = bodies.map((one) => withParameters(one, stays));
  return { ...operation, condition: test!, body: step!, operands: operands.filter((_, k) => stays[k]) };
}

function trimScan(operation: ScanOperation): ScanOperation {
  const { body, carries, finals, sequences, operands } = operation, live = new Set(finals);
  const wanted = new Set<number>(body.results.slice(carries));
  const isRead = (parameter: number): boolean => wanted.has(parameter);
  // A part of the carry is needed if a result depends on it, or a part of the carry that is needed.
  let before = -1;
  while (before !== live.size) {
    before = live.size;
    for (const k of live) wanted.add(body.results[k]!);
    collect(body, wanted);
    for (let k = 0; k < carries; k++) if (isRead(k)) live.add(k);
  }
  const stays = body.parameters.map((_, k) => k < carries ? live.has(k) : isRead(k));
  if (stays.every((one) => one)) return operation;
  const place = (k: number): number => stays.slice(0, k).filter((one) => one).length;
  const results = body.results.filter((_, k) => k >= carries || live.has(k));
  return {
    ...operation,
    body: withParameters({ ...body, results, instructions: body.instructions }, stays),
    carries: place(carries),
    finals: finals.map(place),
    sequences: place(carries + sequences) - place(carries),
    operands: operands.filter((_, k) => stays[k]),
  };
}

function trimBranch(operation: BranchOperation): BranchOperation {
  const { branches, operands } = operation, wanted = branches.map(({ results }) => new Set(results));
  branches.forEach((branch, k) => collect(branch, wanted[k]!));
  const stays = branches[0]!.parameters.map((_, k) => wanted.some((set) => set.has(k)));
  if (stays.every((one) => one)) return operation;
  const start = branches.length - 1;
  return {
    ...operation,
    branches: branches.map((branch) => withParameters(branch, stays)),
    operands: operands.filter((_, k) => k < start || stays[k - start]),
  };
}

/** Tells whether an instruction has results among these values, or acts on more than its results. */
const isWanted = ({ values, operation }: DraftInstruction, wanted: ReadonlySet<number>): boolean =>
  values.some((value) => wanted.has(value)) || exchanges(operation);

/** Adds to some values all values that they are computed from. */
function collect(program: Program, wanted: Set<number>): void {
  const { steps } = draftOf(program);
  for (let k = steps.length - 1; k >= 0; k--) {
    if (!isWanted(steps[k]!, wanted)) continue;
    for (const { value } of operandsOf(steps[k]!.operation)) wanted.add(value);
  }
}

/** Returns the program without parameters that no needed value depends on, and without what is computed from them. */
function withParameters(program: Program, stays: readonly boolean[]): Program {
  const draft = draftOf(program), wanted = new Set(program.results), numbers = new Map<number, number>();
  collect(program, wanted);
  stays.forEach((one, k) => one && numbers.set(k, numbers.size));
  const gone = stays.length - numbers.size;
  const kept: Draft = {
    ...draft,
    steps: draft.steps.filter((step) => isWanted(step, wanted)),
    parameters: program.parameters.filter((_, k) => stays[k]),
  };
  return programOf(renumbered(kept, (value) => numbers.get(value) ?? value - gone));
}

/** Returns the draft with its values renumbered. */
export function renumbered(draft: Omit<Draft, "next">, number: (value: number) => number): Omit<Draft, "next"> {
  return {
    parameters: draft.parameters,
    constants: draft.constants.map(({ value, view }) => ({ value: number(value), view })),
    steps: draft.steps.map(({ values, results, operation }) => ({
      values: values.map(number),
      results,
      operation: mapOperands(operation, (operand) => ({ ...operand, value: number(operand.value) })),
    })),
    results: draft.results.map(number),
  };
}
