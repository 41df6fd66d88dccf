/**
 * The WebAssembly module of a program, and the functions that run it.
 *
 * @module
 */
import { toLines } from "../../alignment.ts";
import type { MemoryPlan } from "../../program/memory/memory_plan.ts";
import { indexError, type IndexRange } from "../../program/operations/check_indices.ts";
import { allLoops, allOperations } from "../../program/bodies.ts";
import { firstResults, valueTypes } from "../../program/operands.ts";
import type { Program } from "../../program/program.ts";
import {
  call,
  type Expression,
  type FunctionBuilder,
  memory as memoryInstructions,
  ModuleBuilder,
} from "../../wasm/mod.ts";
import { importEngineMemory, PAGE_BYTES } from "../engine_memory.ts";
import { importSlowPaths, SLOW_FUNCTIONS } from "../math/slow_paths.ts";
import type { CodeContext, EmitterContext, Lowered, Shares } from "./emitter.ts";
import { instructionContexts } from "./instruction_context.ts";
import { lowerLoop } from "./loop_function.ts";
import type { OutsideStep } from "./outside.ts";
import { barrierFunction } from "./team/barrier.ts";
import { type Member, memberCode, waitAt } from "./team/member.ts";
import { teamPhases } from "./team/phases.ts";
import type { Segment, Team } from "./team/team.ts";

/** The parts from which a module is assembled. */
export type Assembly = {
  /** The lowered instructions; where one is `undefined`, `outside` runs the instruction. */
  readonly lowered: readonly (Lowered | undefined)[];
  readonly plan: MemoryPlan;
  readonly memory: WebAssembly.Memory;
  readonly relaxed: boolean;
  readonly outside: (instruction: number, firstResult: number) => OutsideStep;
  /** The number of shares in which each instruction runs; as a whole if `undefined`. */
  readonly shares: number | undefined;
  /** The threads that run the program, and the byte address of their control memory; one thread if `undefined`. */
  readonly team?: { readonly team: Team; readonly control: number } | undefined;
};

/** The function that runs a program, and the one that carries its results over. */
export type Assembled = { readonly run: () => void; readonly advance: () => void };

/** Assembles, compiles and instantiates the module of a program. */
export function assemble(program: Program, assembly: Assembly): Assembled {
  const { lowered, plan, memory, relaxed, outside, team } = assembly;
  const m = new ModuleBuilder(), pages = memory.buffer.byteLength / PAGE_BYTES;
  importEngineMemory(m, pages, pages, team !== undefined);
  const slowPaths = importSlowPaths(m, allLoops(program).flatMap(({ expressions }) => expressions));
  const first = firstResults(program);
  const address = (value: number) => plan.addresses[value]!;
  const { refuse, refused } = refusals(m, program);
  const contexts = instructionContexts(m, program, { relaxed, address, slowPaths, refuse }, plan.workspaces);
  const write = team === undefined ? singleWriter(m, assembly.shares) : teamWriter(m, program, assembly, team);

  // Consecutive emitted instructions form one exported function: a segment.
  const steps: (string | (() => void))[] = [];
  const close = () => {
    const name = `segment${steps.length}`;
    if (write.close(name)) steps.push(name);
  };
  lowered.forEach((one, i) => {
    const context = contexts[i]!;
    m.named(`${program.instructions[i]!.operation.kind} %${first[i]}`, () => {
      if (one !== undefined) return write.instruction(one, context, i);
      close();
      const { run, epilogue } = outside(i, first[i]!);
      steps.push(run);
      if (epilogue === undefined) return;
      const { dtype } = program.instructions[i]!.results[0]!;
      write.instruction(lowerLoop(epilogue.loop, dtype, true, epilogue.computed), context, undefined);
    });
  });
  close();
  m.function({ name: "advance", parameters: {} }, (f) => {
    for (const { from, to, bytes } of plan.moves) f.do(memoryInstructions.copy(to, from, bytes));
  });
  const module = new WebAssembly.Module(m.toBytes());
  const { exports } = new WebAssembly.Instance(module, { engine: { memory, ...SLOW_FUNCTIONS, refuse: refused } });
  // All exports but those of a team are functions without parameters and results.
  const advance = plan.moves.length === 0 ? () => {} : exports.advance as () => void;
  if (team === undefined) {
    const runs = steps.map((step) => typeof step === "string" ? exports[step] as () => void : step);
    return { run: inOrder(runs), advance };
  }
  const names = steps.filter((step) => typeof step === "string");
  const segments = names.map((name) => exports[name] as Segment); // as `teamWriter` declares them
  const run = team.team.prepare({ module, memory, control: team.control, names, segments });
  let next = 0;
  const order = steps.map((step) => typeof step === "string" ? next++ : step);
  return { run: () => run(order), advance };
}

/** Collects the code of instructions, and makes functions of it. */
type Writer = {
  /** Adds an instruction, by its number; without a number, an epilogue of what was computed outside. */
  readonly instruction: (one: Lowered, context: EmitterContext, index: number | undefined) => void;
  /** Makes an exported function of what was added since the last one, if anything was. */
  readonly close: (name: string) => boolean;
};

/** Writes functions that one thread runs, without parameters. */
function singleWriter(m: ModuleBuilder, shares: number | undefined): Writer {
  let calls: Expression<"none">[] = [];
  return {
    instruction: (one, context) =>
      void calls.push(...shares === undefined ? [call(one.emit(context))] : callsOf(one.shares, context, shares)),
    close: (name) => {
      if (calls.length === 0) return false;
      const own = calls;
      m.function({ name, parameters: {} }, (f) => f.do(...own));
      calls = [];
      return true;
    },
  };
}

/** Writes functions that each thread of a team runs, with parameters `(thread: i32, threads: i32)`. */
function teamWriter(
  m: ModuleBuilder,
  program: Program,
  { lowered, plan }: Assembly,
  { team, control }: NonNullable<Assembly["team"]>,
): Writer {
  const barrier = barrierFunction(m, control), meeting = { threads: team.size, least: team.least, barrier };
  const phases = teamPhases(program.instructions, lowered, {
    types: valueTypes(program),
    address: (value) => plan.addresses[value]!,
    first: firstResults(program),
    workspaces: plan.workspaces.map((from, i) => ({ from, to: from + plan.workspaceBytes[i]! })),
    least: team.least,
  });
  let codes: ((f: FunctionBuilder, member: Member) => void)[] = [];
  return {
    instruction: (one, context, index) => {
      if (index !== undefined) return void codes.push(...memberCode(one, context, phases[index]!, meeting));
      // An epilogue: the instructions that follow do not know that it belongs to one of them.
      const whole = one.shares.phases.map(({ units }) => ({ divided: units > 1, barrier: false }));
      codes.push(...memberCode(one, context, whole, meeting), waitAt(barrier));
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

/** Imports what throws where a number is not an index, if the program checks any, and remembers the ranges of all checks. */
function refusals(m: ModuleBuilder, program: Program): {
  readonly refuse: CodeContext["refuse"];
  readonly refused: (check: number, position: number, value: number) => never;
} {
  const ranges: IndexRange[] = [];
  const refused = (check: number, position: number, value: number): never => {
    throw indexError(ranges[check]!, value, position);
  };
  if (!allOperations(program).some(({ kind }) => kind === "checkIndices")) return { refuse: undefined, refused };
  const parameters = { check: "i32", position: "i32", value: "f64" } as const;
  const throwing = m.importFunction({ module: "engine", name: "refuse" }, { parameters });
  return { refuse: (range, position, value) => call(throwing, ranges.push(range) - 1, position, value), refused };
}

function inOrder(steps: readonly (() => void)[]): () => void {
  if (steps.length === 1) return steps[0]!;
  return () => {
    for (let i = 0; i < steps.length; i++) steps[i]!();
  };
}

/** Calls each phase once for each share, in reverse: no share may need what another one computes. */
function callsOf(
  { workspace, scratch, phases }: Shares,
  context: EmitterContext,
  count: number,
): readonly Expression<"none">[] {
  const own = context.workspace + toLines(workspace);
  return phases.flatMap(({ units, emit }) => {
    const share = emit(context), bound = (k: number) => Math.floor(k * units / count);
    return Array.from({ length: count }, (_, k) => count - 1 - k).filter((k) => bound(k) < bound(k + 1)).map((k) =>
      call(share, bound(k), bound(k + 1), own + k * toLines(scratch))
    );
  });
}
