/**
 * Emission of programs inside instructions: their values are in the workspace of the instruction, and arguments may be
 * read in place.
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
import { call, type Expression, i32, type Local, memory, v128 } from "../../../wasm/mod.ts";
import { idleClock } from "../clock.ts";
import type { EmitterContext, Lowered, Shift, TeamWork } from "../emitter.ts";
import { instructionContexts } from "../instruction_context.ts";
import { indivisible } from "../shares.ts";
import { movingValues, type Slices } from "./moving.ts";
import type { TeamTools } from "../team/team_tools.ts";

/** Prepares an instruction for emission; `undefined` if no code is emitted. */
export type LowerInstruction = (instruction: Instruction) => Lowered | undefined;

/**
 * What an instruction that holds programs is lowered with. It is given rather than imported: such an operation then brings
 * little into a bundle that does not compile it.
 */
export type Inside = {
  /** Lowers the instructions of the programs. */
  readonly lower: LowerInstruction;
  /** Prepares the programs, and emits them and copies. */
  readonly code: BodyCode;
  /** What teams of threads need; `undefined` if there are none. */
  readonly team: TeamTools | undefined;
};

/** Returns an instruction that one thread runs, or, if there are teams, all threads of one as `work` says. */
export function indivisibleOf(
  { workspace, emit }: Pick<Lowered, "workspace" | "emit">,
  team: TeamTools | undefined,
  work: (tools: TeamTools["bodies"]) => TeamWork,
): Lowered {
  return { workspace, emit, shares: indivisible(workspace, emit), ...team && { team: work(team.bodies) } };
}

/** The functions of this module that prepare and emit programs, under their names. */
export type BodyCode = {
  readonly lowerBody: typeof lowerBody;
  readonly emitBody: typeof emitBody;
  readonly copyBytes: typeof copyBytes;
  readonly copyOperand: typeof copyOperand;
};

/** A program inside an instruction, prepared for emission. */
export type Body = {
  readonly program: Program;
  readonly lowered: readonly Lowered[];
  /** Which of its parameters are outside its memory, and which results are carried. */
  readonly surroundings: BodySurroundings;
  readonly plan: MemoryPlan;
  /** Bytes of the memory that it needs, a multiple of 64. */
  readonly bytes: number;
  /** For instructions that are partly done before the first run, the offset of their kept data in the program's memory. */
  readonly kept: ReadonlyMap<number, number>;
  /** The slices that are read and written in place. */
  readonly moving: ReadonlySet<number>;
};

/** What the instruction tells about the program inside it. */
export type BodySurroundings = {
  /** Whether a parameter is outside the memory of the program. */
  readonly isOutside: (parameter: number) => boolean;
  /** Results that are parameters of the next run. Default: none. */
  readonly carried?: readonly Carried[];
  /** Whether a parameter is the same in all runs. Default: no parameter is known to be. */
  readonly isSame?: (parameter: number) => boolean;
  /** Which values are slices. Default: none. */
  readonly slices?: Slices;
};

/**
 * Prepares a program inside an instruction.
 *
 * @returns The prepared program; `undefined` if no code is emitted for one of its instructions.
 */
export function lowerBody(
  body: Program,
  lowerInstruction: LowerInstruction,
  { isOutside, carried = [], isSame = () => false, slices }: BodySurroundings,
): Body | undefined {
  if (body.constants.length > 0) return undefined;
  const program = scheduleForCarried(body, carried), lowered: Lowered[] = [];
  for (const instruction of program.instructions) {
    const one = lowerInstruction(instruction);
    if (one === undefined) return undefined;
    lowered.push(one);
  }
  const count = program.parameters.length, outside = Array.from({ length: count }, (_, k) => k).filter(isOutside);
  const moving = slices === undefined ? new Set<number>() : movingValues(program, lowered, slices);
  const isAhead = lowered.map(({ ahead }) => ahead !== undefined && ahead.value < count && isSame(ahead.value));
  const needs = lowered.map(({ workspace, inPlace = false, ahead }, i) => {
    return { workspace: isAhead[i] ? ahead!.workspace : workspace, inPlace };
  });
  const plan = planMemory(program, needs, carried, new Set([...outside, ...moving])), kept = new Map<number, number>();
  let bytes = toLines(plan.peak) + toLines(1);
  lowered.forEach(({ ahead }, i) => {
    if (!isAhead[i]) return;
    kept.set(i, bytes);
    bytes += ahead!.bytes;
  });
  return { program, lowered, plan, bytes, kept, moving, surroundings: { isOutside, carried } };
}

/** A program whose code has been emitted. */
export type EmittedBody = {
  /** The byte address of each value. */
  readonly address: (value: number) => number;
  /** The work that is done only once, before the first run. */
  readonly prepare: readonly Expression<"none">[];
  /** The code of one run. */
  readonly run: readonly Expression<"none">[];
  /** The code that copies carried results to the parameters of the next run. */
  readonly advance: readonly Expression<"none">[];
};

/**
 * Emits the code of a program.
 *
 * @param base The byte address of its memory.
 * @param outside The byte addresses of values outside the program's memory, before they move.
 * @param shifts Their shifts, if they move.
 */
export function emitBody(
  context: EmitterContext,
  { program, lowered, plan, kept }: Body,
  base: number,
  outside: ReadonlyMap<number, number>,
  shifts: ReadonlyMap<number, Shift> = new Map(),
): EmittedBody {
  const { module, relaxed, functions, slowPaths, refuse, generated, clock = idleClock } = context,
    measure = clock.program(program);
  const address = (value: number): number => outside.get(value) ?? base + plan.addresses[value]!;
  const workspaces = plan.workspaces.map((at) => base + at);
  const shiftOf = (value: number) => shifts.get(value);
  const code = { relaxed, functions, slowPaths, refuse, generated, clock, address, shiftOf };
  const contexts = instructionContexts(module, program, code, workspaces);
  const callOf = ({ emit, ahead }: Lowered, i: number) => {
    const at = kept.get(i);
    return call(at === undefined ? emit(contexts[i]!) : ahead!.second(contexts[i]!, base + at));
  };
  return {
    address,
    prepare: [...kept].map(([i, at]) => call(lowered[i]!.ahead!.first(contexts[i]!, base + at))),
    run: lowered.flatMap((one, i) => measure(({ start, stop }) => [...start, callOf(one, i), ...stop])),
    advance: plan.moves.flatMap(({ from, to, bytes }) => copyBytes(base + to, base + from, bytes)),
  };
}

/** Tells whether an operand is the whole array of a value, so that it can be read in place. */
export const isInPlace = (operand: Operand): boolean => isWhole(operand, sizeOf(operand.shape));

/** Returns the bytes of the elements that an operand shows. */
export const bytesOf = ({ dtype, shape }: ValueType): number => sizeOf(shape) * BYTES_PER_ELEMENT[dtype];

/** Up to this many bytes, a copy is emitted as loads and stores: a call of the function that copies would take longer. */
const FEW = 256;

/** Emits a copy of bytes, whole elements, to memory that does not overlap them. */
export function copyBytes(
  to: number | Local<"i32">,
  from: number | Local<"i32">,
  bytes: number,
): readonly Expression<"none">[] {
  if (bytes > FEW) return [memory.copy(to, from, bytes)];
  return [
    ...Array.from({ length: Math.floor(bytes / 16) }, (_, k) => v128.store(to, v128.load(from, 16 * k), 16 * k)),
    ...Array.from({ length: bytes % 16 / 4 }, (_, k) => {
      const at = bytes - bytes % 16 + 4 * k;
      return i32.store(to, i32.load(from, at), at);
    }),
  ];
}

/** Emits a copy of the elements that an operand shows to a row-major array. */
export function copyOperand(context: EmitterContext, operand: Operand, to: number): Expression<"none"> {
  const dtype = context.dtypeOf(operand.value);
  if (isInPlace(operand)) {
    return memory.copy(to, context.address(operand.value), bytesOf({ dtype, shape: operand.shape }));
  }
  const loop = { shape: operand.shape, operands: [operand], expressions: [argument(0)] };
  return call(context.wholeLoop({ loop, dtype, results: [to] }));
}

/** The functions that prepare and emit programs. */
export const BODY_CODE: BodyCode = { lowerBody, emitBody, copyBytes, copyOperand };
