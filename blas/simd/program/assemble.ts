/**
 * The WebAssembly module of a program, and the functions that run it.
 *
 * @module
 */
import { toLines } from "../../alignment.ts";
import type { MemoryPlan } from "../../program/memory/memory_plan.ts";
import { indexError, type IndexRange } from "../../program/operations/check_indices.ts";
import { allLoops, allOperations } from "../../program/bodies.ts";
import { firstResults } from "../../program/operands.ts";
import type { Operation, Program } from "../../program/program.ts";
import type { ProgramTiming, Stopwatch } from "../../program/timing.ts";
import { call, type Expression, memory as memoryInstructions, ModuleBuilder } from "../../wasm/mod.ts";
import { importEngineMemory, PAGE_BYTES } from "../engine_memory.ts";
import { importSlowPaths } from "../math/slow_paths.ts";
import { clockOf, idleClock, type Watch } from "./clock.ts";
import type { CodeContext, EmitterContext, Lowered, Shares } from "./emitter.ts";
import type { Generated, GeneratorUnit } from "./generator.ts";
import { instructionContexts } from "./instruction_context.ts";
import type { Tools } from "./lowering.ts";
import { lowerLoop } from "./loop_function.ts";
import type { OutsideStep } from "./outside.ts";
import { repeatedLoops } from "./shared_loop.ts";
import type { Segment, Team } from "./team/team.ts";
import type { Writer } from "./team/writer.ts";

/** The parts from which a module is assembled. */
export type Assembly = {
  readonly tools: Tools;
  /** The lowered instructions; where one is `undefined`, `outside` runs the instruction. */
  readonly lowered: readonly (Lowered | undefined)[];
  readonly plan: MemoryPlan;
  readonly memory: WebAssembly.Memory;
  readonly relaxed: boolean;
  /** As in `CodeContext`. */
  readonly divides: boolean;
  readonly outside: (instruction: number, firstResult: number) => OutsideStep;
  /** The number of shares in which each instruction runs; as a whole if `undefined`. */
  readonly shares: number | undefined;
  /** Whether to measure the instructions. */
  readonly profile: boolean;
  /**
   * The threads that run the program, and the byte addresses of their control memory and of what they measure; one
   * thread if `undefined`.
   */
  readonly team: { readonly team: Team; readonly control: number; readonly clock: number } | undefined;
  /** The instructions that another code generator computes, and its code; only WebAssembly if `undefined`. */
  readonly generated:
    | { readonly unit: GeneratorUnit; readonly instructions: readonly (Generated | undefined)[] }
    | undefined;
};

/** The functions that run a program and carry its results over, and the timing, if instructions are measured. */
export type Assembled = {
  readonly run: () => void;
  readonly advance: () => void;
  readonly timing: ProgramTiming | undefined;
};

/** Assembles, compiles and instantiates the module of a program. */
export function assemble(program: Program, assembly: Assembly): Assembled {
  const { tools, lowered, plan, memory, relaxed, divides, outside, shares, profile, team, generated } = assembly;
  const m = new ModuleBuilder(), pages = memory.buffer.byteLength / PAGE_BYTES;
  importEngineMemory(m, pages, pages, team !== undefined);
  const { functions } = tools, { slow } = functions, loops = allLoops(program), repeats = repeatedLoops(loops);
  const slowPaths = importSlowPaths(m, loops.flatMap(({ expressions }) => expressions), slow);
  const first = firstResults(program);
  const address = (value: number) => plan.addresses[value]!;
  const times = profile && team !== undefined
    ? tools.team!.clock(m, program, { memory, address: team.clock, threads: team.team.size })
    : undefined;
  const { refuse, refused } = refusals(m, program), clock = !profile ? idleClock : times ?? clockOf(m);
  // Consecutive emitted instructions form one exported function: a segment. So do those of the other generator.
  const steps: (string | (() => void))[] = [],
    foreign = generated && tools.generator!.steps(program, plan, generated.unit);
  const imported = foreign?.imported(m), division = divides ? { divides } : {};
  const code = { relaxed, functions, address, slowPaths, refuse, repeats, clock, generated: imported, ...division };
  const contexts = instructionContexts(m, program, code, plan.workspaces);
  const write = team === undefined
    ? singleWriter(m, shares)
    : tools.team!.writer(m, program, { lowered, plan, ...team, clock: times });

  const closeSegment = () => {
    const name = `segment${steps.length}`;
    if (write.close(name)) steps.push(name);
  };
  const closeForeign = () => void (foreign && steps.push(...foreign.close()));
  const close = () => {
    closeSegment();
    closeForeign();
  };
  const measure = clock.program(program);
  /** Exports the functions that follow an instruction that may be refused, or compute it. */
  function alternatives(i: number, { epilogue }: Generated) {
    const context = contexts[i]!, { dtype } = program.instructions[i]!.results[0]!;
    function exported(name: string, { emit }: Lowered) {
      const body = emit(context);
      m.function({ name, parameters: {} }, (f) => f.do(call(body)));
      return name;
    }
    return {
      instead: exported(`instead${i}`, lowered[i]!),
      ...epilogue && { then: exported(`then${i}`, lowerLoop(epilogue, dtype, true, context.workspace)) },
    };
  }
  function add(i: number, { start, stop, stopwatch }: Watch): void {
    const one = lowered[i], other = generated?.instructions[i], context = contexts[i]!;
    if (other?.mayRefuse === true) {
      close();
      foreign!.write(other, i);
      const run = foreign!.refusable(alternatives(i, other));
      return void steps.push(stopwatch === undefined ? run : measured(run, stopwatch, true));
    }
    if (other !== undefined) {
      closeSegment();
      foreign!.write(other, i);
      if (other.epilogue === undefined && stopwatch === undefined) return;
    } else if (one !== undefined) {
      closeForeign();
      return write.instruction(one, context, { index: i, start, stop });
    } else close();
    const { run, epilogue } = other === undefined ? outside(i, first[i]!) : foreign!.step(other, plan.workspaces[i]!);
    steps.push(stopwatch === undefined ? run : measured(run, stopwatch, epilogue === undefined));
    if (epilogue === undefined) return;
    const { dtype } = program.instructions[i]!.results[0]!;
    write.instruction(lowerLoop(epilogue.loop, dtype, true, epilogue.computed), context, { start: [], stop });
  }
  program.instructions.forEach(({ operation }, i) =>
    m.named(`${operation.kind} %${first[i]}`, () => measure((watch) => add(i, watch)))
  );
  close();
  m.function({ name: "advance", parameters: {} }, (f) => {
    for (const { from, to, bytes } of plan.moves) f.do(memoryInstructions.copy(to, from, bytes));
  });
  const module = new WebAssembly.Module(m.toBytes()), timing = clock.timing();
  const { exports } = new WebAssembly.Instance(module, {
    engine: { memory, ...slow, refuse: refused, ...clock.imports, ...foreign?.imports },
  });
  const native = foreign?.link(memory, exports);
  // All exports but the segments of a team are functions without parameters and results.
  const advance = plan.moves.length === 0 ? () => {} : exports.advance as () => void;
  if (team === undefined) {
    const runs = steps.map((step) => typeof step === "string" ? exports[step] as () => void : step); // see above
    return { run: inOrder(runs), advance, timing };
  }
  const names = steps.filter((step) => typeof step === "string");
  const segments = names.map((name) => exports[name] as Segment); // as `teamWriter` declares them
  // What is measured is the threads, not which number of them is faster.
  const always = profile ? { always: true } : {};
  const run = team.team.prepare({
    module,
    memory,
    control: team.control,
    names,
    segments,
    ...native && { native },
    ...always,
  });
  const order = steps.map((step) => typeof step === "string" ? names.indexOf(step) : step);
  return { run: () => run(order), advance, timing };
}

/** Writes functions that one thread runs, without parameters. */
function singleWriter(m: ModuleBuilder, shares: number | undefined): Writer {
  let calls: Expression<"none">[] = [];
  return {
    instruction(one, context, { start, stop }) {
      const own = shares === undefined ? [call(one.emit(context))] : callsOf(one.shares, context, shares);
      calls.push(...start, ...own, ...stop);
    },
    close(name) {
      if (calls.length === 0) return false;
      const own = calls;
      m.function({ name, parameters: {} }, (f) => f.do(...own));
      calls = [];
      return true;
    },
  };
}

/** Measures a step outside WebAssembly; if an epilogue follows, the epilogue stops the watch. */
function measured(run: () => void, { start, stop }: Stopwatch, isAll: boolean): () => void {
  return () => {
    start();
    run();
    if (isAll) stop();
  };
}

/** Imports the function that throws if a number is not an index, if the program checks indices, and keeps the ranges of all checks. */
function refusals(m: ModuleBuilder, program: Program): {
  readonly refuse: CodeContext["refuse"];
  readonly refused: (check: number, position: number, value: number) => never;
} {
  const ranges: IndexRange[] = [];
  const refused = (check: number, position: number, value: number): never => {
    throw indexError(ranges[check]!, value, position);
  };
  const checks = (operation: Operation) => operation.kind === "checkIndices" || "check" in operation;
  if (!allOperations(program).some(checks)) return { refuse: undefined, refused };
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

/** Calls each phase once for each share, in reverse order: no share may depend on another. */
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
