/**
 * Compiling programs to WebAssembly: one module and one memory for each program.
 *
 * @module
 */
import type { Engine } from "../../engine.ts";
import { fillMemoryArray, memoryArrayAt, readMemoryArray } from "../../program/memory/memory_array.ts";
import { bodiesOf } from "../../program/bodies.ts";
import { type Needs, planMemory } from "../../program/memory/memory_plan.ts";
import { isExchange, lastLoop, valueTypes } from "../../program/operands.ts";
import { bringAllKinds } from "../../program/operations/all.ts";
import { kindOf } from "../../program/operations/mod.ts";
import type { EngineFunction } from "../../program/operations/operator.ts";
import type { Instruction, Program, ValueType } from "../../program/program.ts";
import { checkCarried, checkWritten, type CompileOptions, type Executable } from "../../program/target.ts";
import { CACHE_LINE, toLines } from "../../alignment.ts";
import { BYTES_PER_ELEMENT, type DataOf, type DType } from "../../dtype.ts";
import { sizeOf } from "../../shape.ts";
import type { MutableView } from "../../view.ts";
import { MOST_PAGES, PAGE_BYTES } from "../engine_memory.ts";
import { hasRelaxedSimd } from "../features.ts";
import { ALL_TOOLS } from "./all_tools.ts";
import { assemble } from "./assemble.ts";
import type { Lowered } from "./emitter.ts";
import type { Generator } from "./generator.ts";
import { loweringWith, type LowerWith, type Tools } from "./lowering.ts";
import type { LowerInstruction } from "./bodies/body.ts";
import { outsideStep } from "./outside.ts";
import type { Team } from "./team/team.ts";
import type { TeamTools } from "./team/team_tools.ts";

/** The functions that a program calls on its engine if the engine has its own. */
export const PRODUCTS = ["gemm", "gemmBatched", "conv2d", "conv2dInput", "conv2dWeight"] as const;

/** The options of {@link compileProgram}. */
export type CompileProgramOptions = CompileOptions & {
  /** Whether to use relaxed SIMD. Default: if the runtime has it. */
  readonly relaxed?: boolean | undefined;
  /** Whether quotients stay quotients, as in plain calls: see `CodeContext`. Default: false. */
  readonly divides?: boolean | undefined;
  /** The engine's functions that compute products and convolutions in place of emitted code. Default: none. */
  readonly outside?: readonly EngineFunction[] | undefined;
  /**
   * The number of shares in which each instruction runs, one after the other, as threads would run them concurrently.
   * The results are the same. Default: instructions run as a whole, which is faster.
   */
  readonly shares?: number | undefined;
  /** The threads that run the program together. Default: the calling thread alone. */
  readonly team?: Team | undefined;
  /** Writes code other than WebAssembly for the instructions that it can. Default: none. */
  readonly generator?: Generator | undefined;
  /** Called with each new array before a result is written to it. Default: nothing is. */
  readonly prepareResult?: ((data: DataOf<DType>) => void) | undefined;
};

/** An executable whose values can be copied to existing arrays. */
export type MemoryExecutable = Executable & {
  /** Copies a value, by its number, to a row-major array of its size and dtype. */
  readonly copyOut: (value: number, to: Pick<MutableView, "data" | "offset">) => void;
};

/**
 * Compiles a program, whatever it consists of.
 *
 * @param program The program.
 * @param engine The engine that computes operations without emitted code; it is also passed to host operations.
 * @throws {TypeError} If `carried` names a result or parameter that does not exist, or a parameter twice.
 * @throws {RangeError} If the program needs more than 4 GiB, or more than the runtime has.
 */
export const compileProgram = (
  program: Program,
  engine: Engine,
  options: CompileProgramOptions = {},
): MemoryExecutable => {
  bringAllKinds();
  return compileWith(ALL_TOOLS, program, engine, options);
};

/**
 * Compiles a program with some tools.
 *
 * Each program has its own memory, exactly as large as its plan, so the runtime reserves no more address space, and
 * frees the memory when the executable is dropped.
 *
 * @param tools What the program needs: the engine computes, more slowly, what has no lowering among them.
 */
export function compileWith(
  tools: Tools,
  program: Program,
  engine: Engine,
  options: CompileProgramOptions = {},
): MemoryExecutable {
  const { carried = [], relaxed = hasRelaxedSimd(), divides = false, profile = false } = options;
  const { team } = options, shares = team?.size ?? options.shares, least = team?.least ?? 0;
  checkCarried(program, carried);
  const unit = options.generator?.(), sharing = shares === undefined ? undefined : { threads: shares, least };
  const outer = program.instructions.map((instruction) => isOutside(instruction, options));
  const lowerInstruction = loweringWith(tools), generator = tools.generator!; // there is one where there is a unit
  const inner: LowerInstruction = unit === undefined ? lowerInstruction : generator.inner(unit, lowerInstruction);
  // Where threads divide instructions, WebAssembly calls generated code; elsewhere, it is a step of its own.
  const lower: LowerInstruction = unit === undefined || sharing === undefined
    ? (instruction) => lowerInstruction(instruction, inner)
    : generator.shared(unit, lowerInstruction, sharing);
  const offered = program.instructions.map((instruction, i) =>
    outer[i] || sharing !== undefined ? undefined : unit?.lower(instruction)
  );
  const lowered = program.instructions.map((instruction, i) => {
    const isComputed = offered[i] !== undefined && offered[i].mayRefuse !== true;
    return isComputed || outer[i] ? undefined : lower(instruction);
  });
  // One that may be refused needs another way.
  const generated = offered.map((one, i) => one?.mayRefuse === true && lowered[i] === undefined ? undefined : one);
  const needs = program.instructions.map((instruction, i) =>
    mostOf(
      generated[i],
      generated[i] !== undefined && lowered[i] === undefined
        ? undefined
        : needsOf(instruction, lowered[i], shares === undefined ? undefined : { tools: tools.team!, count: shares }),
    )
  );
  const plan = planMemory(program, needs, carried);
  // The plan's addresses begin after one cache line; a vector loaded at the end of an array may reach beyond it.
  const control = toLines(plan.peak) + 2 * CACHE_LINE;
  const clock = control + (team === undefined ? 0 : tools.team!.controlBytes(team.size));
  const end = clock + (team === undefined || !profile ? 0 : tools.team!.clockBytes(program, team.size));
  const pages = Math.ceil(end / PAGE_BYTES);
  if (pages > MOST_PAGES) {
    throw new RangeError(
      `Cannot compile a program that needs ${plan.peak} bytes: WebAssembly has at most ${MOST_PAGES * PAGE_BYTES}; ` +
        `work on smaller batches`,
    );
  }
  const memory = memoryOf(pages, team !== undefined, plan.peak);
  const arrays = valueTypes(program).map((type, value) => memoryArrayAt(memory.buffer, type, plan.addresses[value]!));
  program.constants.forEach((x, k) => fillMemoryArray(arrays[program.parameters.length + k]!, x));
  const compile = (inner: Program) => compileWith(tools, inner, engine, { ...options, carried: [], profile: false });
  const outside = (i: number, first: number) =>
    outsideStep(program.instructions[i]!, first, plan.workspaces[i]!, { memory, arrays, engine, compile });
  const assembly = {
    tools,
    lowered,
    plan,
    memory,
    relaxed,
    divides,
    outside,
    shares,
    profile,
    team: team && { team, control, clock },
    generated: unit && { unit, instructions: generated },
  };
  const { run, advance, timing } = assemble(program, assembly);
  return {
    plan,
    outside: lowered.map((one, i) => one === undefined && generated[i] === undefined),
    ...timing !== undefined && { timing },
    write: (parameter, x) => {
      checkWritten(program, parameter, x);
      fillMemoryArray(arrays[parameter]!, x);
    },
    run,
    advance,
    read: (result) => readMemoryArray(arrays[program.results[result]!]!, options.prepareResult),
    readParameter: (parameter) => readMemoryArray(arrays[parameter]!, options.prepareResult),
    copyOut: (value, { data, offset }) => data.set(arrays[value]!.data, offset),
  };
}

/** Makes the memory of a program. */
function memoryOf(pages: number, shared: boolean, bytes: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (cause) {
    const problem = "the runtime must have that much memory; work on smaller batches";
    throw new RangeError(`Cannot compile a program that needs ${bytes} bytes: ${problem}`, { cause });
  }
}

/** Tells whether a function of the engine computes an instruction. */
function isOutside({ operation }: Instruction, options: CompileProgramOptions): boolean {
  const name = kindOf(operation).engineFunction?.(operation), { outside = [] } = options;
  if (name !== undefined && outside.includes(name)) return true;
  // No code is emitted either for an instruction whose inner programs contain such an instruction.
  return bodiesOf(operation).some(({ instructions }) => instructions.some((inner) => isOutside(inner, options)));
}

/** Returns the needs of an instruction that one of two ways computes, if both exist. */
function mostOf(a: Needs | undefined, b: Needs | undefined): Needs {
  if (a === undefined || b === undefined) return (a ?? b)!; // there is one at least
  return { workspace: Math.max(a.workspace, b.workspace), inPlace: a.inPlace && b.inPlace };
}

/** How many shares an instruction runs in. */
type Shared = { readonly tools: TeamTools; readonly count: number };

/** Returns the needs of an instruction; without emitted code, its epilogue reads the result from the workspace. */
function needsOf({ operation, results }: Instruction, lowered: Lowered | undefined, shared: Shared | undefined): Needs {
  if (lowered !== undefined) {
    const { workspace, inPlace = false } = lowered;
    return shared === undefined
      ? { workspace, inPlace }
      : { workspace: shared.tools.workspace(lowered, shared.count), inPlace, lasts: shared.tools.apart };
  }
  if (isExchange(operation)) return { workspace: 0, inPlace: false, block: true };
  const { loop } = lastLoop(operation), [{ dtype, shape }] = results as readonly [ValueType]; // it has one result
  const bytes = sizeOf(shape) * BYTES_PER_ELEMENT[dtype];
  return loop === undefined ? { workspace: 0, inPlace: false } : { workspace: bytes, inPlace: true };
}

/** Lowers an instruction of any kind. */
export const lowerInstruction: LowerWith = (instruction, inner) => {
  bringAllKinds();
  return loweringWith(ALL_TOOLS)(instruction, inner);
};
