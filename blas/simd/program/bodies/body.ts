/**
 * Programs inside instructions on their way to code: their values are in the workspace of the instruction, or where what they
 * are given is already.
 *
 * @module
 */
import { toLines } from "../../../alignment.ts";
import { BYTES_PER_ELEMENT } from "../../../dtype.ts";
import { argument } from "../../../scalar/scalar.ts";
import { sizeOf } from "../../../shape.ts";
import { type Carried, type MemoryPlan, planMemory } from "../../../program/memory/memory_plan.ts";
import { scheduleForCarried } from "../../../program/memory/schedule.ts";
import { isWhole } from "../../../program/operands.ts";
import type { Instruction, Operand, Program, ValueType } from "../../../program/program.ts";
import { call, type Expression, memory } from "../../../wasm/mod.ts";
import type { EmitterContext, Lowered } from "../emitter.ts";
import { instructionContexts } from "../instruction_context.ts";

/** Prepares an instruction for emission; `undefined` where no code is emitted. */
export type LowerInstruction = (instruction: Instruction) => Lowered | undefined;

/** A program inside an instruction, prepared for emission. */
export type Body = {
  readonly program: Program;
  readonly lowered: readonly Lowered[];
  readonly plan: MemoryPlan;
  /** Bytes of the memory that it needs, a multiple of 64. */
  readonly bytes: number;
  /** For instructions that are done partly before the first run, how far what that leaves is from the start of its memory. */
  readonly kept: ReadonlyMap<number, number>;
};

/**
 * Prepares a program inside an instruction.
 *
 * @param isOutside Whether a parameter is somewhere else than in the memory of the program.
 * @param isSame Whether a parameter is the same in all runs.
 * @returns `undefined` where some of its instructions are not emitted.
 */
export function lowerBody(
  body: Program,
  lowerInstruction: LowerInstruction,
  isOutside: (parameter: number) => boolean,
  carried: readonly Carried[] = [],
  isSame: (parameter: number) => boolean = () => false,
): Body | undefined {
  if (body.constants.length > 0) return undefined;
  const program = scheduleForCarried(body, carried), lowered: Lowered[] = [];
  for (const instruction of program.instructions) {
    const one = lowerInstruction(instruction);
    if (one === undefined) return undefined;
    lowered.push(one);
  }
  // What is elsewhere takes no memory here.
  const nothing = ({ dtype }: ValueType): ValueType => ({ dtype, shape: [0] });
  const parameters = program.parameters.map((type, k) => isOutside(k) ? nothing(type) : type);
  const isAhead = lowered.map(({ ahead }) =>
    ahead !== undefined && ahead.value < parameters.length && isSame(ahead.value)
  );
  const needs = lowered.map(({ workspace, inPlace = false, ahead }, i) => {
    return { workspace: isAhead[i] ? ahead!.workspace : workspace, inPlace };
  });
  const plan = planMemory({ ...program, parameters }, needs, carried), kept = new Map<number, number>();
  let bytes = toLines(plan.peak) + toLines(1);
  lowered.forEach(({ ahead }, i) => {
    if (!isAhead[i]) return;
    kept.set(i, bytes);
    bytes += ahead!.bytes;
  });
  return { program, lowered, plan, bytes, kept };
}

/** A program whose code has been emitted. */
export type EmittedBody = {
  /** The byte address of each value. */
  readonly address: (value: number) => number;
  /** Does what need be done only once, before the first run. */
  readonly prepare: readonly Expression<"none">[];
  /** Runs it once. */
  readonly run: readonly Expression<"none">[];
  /** Makes results that are carried the parameters of the next run. */
  readonly advance: readonly Expression<"none">[];
};

/**
 * Emits the code of a program.
 *
 * @param base The byte address of its memory.
 * @param outside The byte addresses of parameters that are elsewhere.
 */
export function emitBody(
  context: EmitterContext,
  { program, lowered, plan, kept }: Body,
  base: number,
  outside: ReadonlyMap<number, number>,
): EmittedBody {
  const { module, relaxed, slowPaths, refuse } = context;
  const address = (value: number): number => outside.get(value) ?? base + plan.addresses[value]!;
  const workspaces = plan.workspaces.map((at) => base + at);
  const contexts = instructionContexts(module, program, { relaxed, slowPaths, refuse, address }, workspaces);
  return {
    address,
    prepare: [...kept].map(([i, at]) => call(lowered[i]!.ahead!.first(contexts[i]!, base + at))),
    run: lowered.map(({ emit, ahead }, i) => {
      const at = kept.get(i);
      return call(at === undefined ? emit(contexts[i]!) : ahead!.second(contexts[i]!, base + at));
    }),
    advance: plan.moves.map(({ from, to, bytes }) => memory.copy(base + to, base + from, bytes)),
  };
}

/** Whether an operand is the whole array of a value, so that it can be read where it is. */
export const isInPlace = (operand: Operand): boolean => isWhole(operand, sizeOf(operand.shape));

/** Bytes of the elements that an operand shows. */
export const bytesOf = ({ dtype, shape }: ValueType): number => sizeOf(shape) * BYTES_PER_ELEMENT[dtype];

/** Copies what an operand shows to a row-major array. */
export function copyOperand(context: EmitterContext, operand: Operand, to: number): Expression<"none"> {
  const dtype = context.dtypeOf(operand.value);
  if (isInPlace(operand)) {
    return memory.copy(to, context.address(operand.value), bytesOf({ dtype, shape: operand.shape }));
  }
  const loop = { shape: operand.shape, operands: [operand], expressions: [argument(0)] };
  return call(context.wholeLoop({ loop, dtype, results: [to] }));
}
