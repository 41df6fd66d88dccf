/**
 * Writing the functions that run a program: how instructions become the code of one thread, or of each thread of a team.
 *
 * @module
 */
import type { MemoryPlan } from "../../../program/memory/memory_plan.ts";
import { firstResults, valueTypes } from "../../../program/operands.ts";
import type { Program } from "../../../program/program.ts";
import type { Expression, ModuleBuilder } from "../../../wasm/mod.ts";
import type { EmitterContext, Lowered } from "../emitter.ts";
import { barrierFunction } from "./barrier.ts";
import { type MemberCode, memberParts, type Part, waitAt } from "./member.ts";
import { teamPhases } from "./phases.ts";
import type { Team } from "./team.ts";
import type { TeamClock } from "./team_clock.ts";

/** The number of an instruction, and the code that measures it. */
export type Written = {
  /** Its number; `undefined` if only the epilogue is written, of an instruction that is computed outside WebAssembly. */
  readonly index?: number;
  /** The code that starts its watch, and the code that stops it. */
  readonly start: readonly Expression<"none">[];
  readonly stop: readonly Expression<"none">[];
};

/** Collects the code of instructions, and makes functions of it. */
export type Writer = {
  readonly instruction: (one: Lowered, context: EmitterContext, written: Written) => void;
  /** Makes an exported function of the code since the last one; returns false if there is none. */
  readonly close: (name: string) => boolean;
};

/** A program, its team, and the byte address of their control memory. */
export type TeamAssembly = {
  readonly lowered: readonly (Lowered | undefined)[];
  readonly plan: MemoryPlan;
  readonly team: Team;
  readonly control: number;
  /** Measures the instructions; `undefined` if nothing is measured. */
  readonly clock?: TeamClock | undefined;
};

/** Writes functions that each thread of a team runs, with parameters `(thread: i32, threads: i32)`. */
export function teamWriter(
  m: ModuleBuilder,
  program: Program,
  { lowered, plan, team, control, clock }: TeamAssembly,
): Writer {
  const barrier = barrierFunction(m, control), meeting = { threads: team.size, least: team.least, barrier };
  const phases = teamPhases(program.instructions, lowered, {
    types: valueTypes(program),
    address: (value) => plan.addresses[value]!,
    first: firstResults(program),
    workspaces: plan.workspaces.map((from, i) => ({ from, to: from + plan.workspaceBytes[i]! })),
    threads: team.size,
    least: team.least,
  });
  const codesOf = (parts: readonly Part[], index: number | undefined): readonly MemberCode[] =>
    clock === undefined || index === undefined ? parts.map(({ code }) => code) : clock.measured(parts, index);
  let codes: MemberCode[] = [];
  return {
    instruction: (one, context, { index }) => {
      if (index !== undefined) {
        return void codes.push(...codesOf(memberParts(one, context, phases[index]!, meeting), index));
      }
      // `teamPhases` does not know of this epilogue, so a barrier follows it.
      const whole = one.shares.phases.map(({ units }) => ({ divided: units > 1, barrier: false }));
      codes.push(...codesOf(memberParts(one, context, whole, meeting), index), waitAt(barrier));
    },
    close: (name) => {
      if (codes.length === 0) return false;
      const own = codes;
      m.function({ name, parameters: { thread: "i32", threads: "i32" } }, (f, member) => {
        for (const code of own) code(f, member);
      });
      codes = [];
      return true;
    },
  };
}
