/**
 * Programs inside instructions as the threads of a team run them: the threads divide each instruction, and the first
 * thread does what is around the programs.
 *
 * @module
 */
import { toLines } from "../../../alignment.ts";
import { planMemory } from "../../../program/memory/memory_plan.ts";
import { firstResults, valueTypes } from "../../../program/operands.ts";
import { type Callable, type Expression, memory, type ModuleBuilder } from "../../../wasm/mod.ts";
import type { EmitterContext, Meeting } from "../emitter.ts";
import { instructionContexts } from "../instruction_context.ts";
import { APART, type MemberCode, memberParts, teamWorkspace } from "../team/member.ts";
import { teamPhases } from "../team/phases.ts";
import type { Body } from "./body.ts";

/** A program with memory for a number of threads. Nothing is done ahead, and slices are copied. */
export type TeamBody = Pick<Body, "program" | "lowered" | "plan" | "bytes">;

/** Plans the memory of a program for a number of threads. */
export function bodyForTeam({ program, lowered, surroundings }: Body, threads: number): TeamBody {
  const { isOutside, carried = [] } = surroundings;
  const parameters = program.parameters.map((type, k) => isOutside(k) ? { ...type, shape: [0] } : type);
  const needs = lowered.map((one) => ({
    workspace: teamWorkspace(one, threads),
    inPlace: one.inPlace ?? false,
    lasts: APART,
  }));
  const plan = planMemory({ ...program, parameters }, needs, carried);
  return { program, lowered, plan, bytes: toLines(plan.peak) + toLines(1) };
}

/** A program whose code for all threads has been emitted. */
export type EmittedTeamBody = {
  /** The byte address of each value. */
  readonly address: (value: number) => number;
  /** The code with which each thread runs it once: all threads must have arrived before, and may leave at different times. */
  readonly run: readonly MemberCode[];
  /** The code that copies carried results to the parameters of the next run. */
  readonly advance: readonly Expression<"none">[];
};

/** Emits the code of a program, as `emitBody` does for one thread. */
export function emitTeamBody(
  context: EmitterContext,
  { program, lowered, plan }: TeamBody,
  base: number,
  outside: ReadonlyMap<number, number>,
  meeting: Meeting,
): EmittedTeamBody {
  const { module, relaxed, functions, slowPaths, refuse, generated } = context;
  const address = (value: number): number => outside.get(value) ?? base + plan.addresses[value]!;
  const workspaces = plan.workspaces.map((at, i) => ({ from: base + at, to: base + at + plan.workspaceBytes[i]! }));
  const contexts = instructionContexts(
    module,
    program,
    { relaxed, functions, slowPaths, refuse, generated, address },
    workspaces.map(({ from }) => from),
  );
  const phases = teamPhases(program.instructions, lowered, {
    types: valueTypes(program),
    address,
    first: firstResults(program),
    workspaces,
    threads: meeting.threads,
    least: meeting.least,
  });
  return {
    address,
    run: lowered.flatMap((one, i) => memberParts(one, contexts[i]!, phases[i]!, meeting).map(({ code }) => code)),
    advance: plan.moves.map(({ from, to, bytes }) => memory.copy(base + to, base + from, bytes)),
  };
}

/** Builds the function that each thread calls. */
export function teamFunction(m: ModuleBuilder, codes: readonly MemberCode[]): Callable<"none"> {
  return m.function({ parameters: { thread: "i32", threads: "i32" } }, (f, member) => {
    for (const code of codes) code(f, member);
  });
}
