/**
 * Compiling programs to WebAssembly: one module and one memory for each program.
 *
 * @module
 */
import type { Engine } from "../../engine.ts";
import { fillMemoryArray, memoryArrayAt, readMemoryArray } from "../../program/memory/memory_array.ts";
import { bodiesOf } from "../../program/bodies.ts";
import { type Needs, planMemory } from "../../program/memory/memory_plan.ts";
import { lastLoop, valueTypes } from "../../program/operands.ts";
import { kindOf } from "../../program/operations/mod.ts";
import type { EngineFunction } from "../../program/operations/operator.ts";
import type { Instruction, Program, ValueType } from "../../program/program.ts";
import { checkCarried, checkWritten, type CompileOptions, type Executable } from "../../program/target.ts";
import { toLines } from "../../alignment.ts";
import { BYTES_PER_ELEMENT } from "../../dtype.ts";
import { sizeOf } from "../../shape.ts";
import { MOST_PAGES, PAGE_BYTES } from "../engine_memory.ts";
import { hasRelaxedSimd } from "../features.ts";
import { assemble } from "./assemble.ts";
import type { Lowered } from "./emitter.ts";
import { lowerInstruction } from "./lower.ts";
import { outsideStep } from "./outside.ts";

/** The options of {@link compileProgram}. */
export type CompileProgramOptions = CompileOptions & {
  /** Whether to use relaxed SIMD. Default: if the runtime has it. */
  readonly relaxed?: boolean;
  /** The engine's functions that compute products and convolutions in place of emitted code. Default: none. */
  readonly outside?: readonly EngineFunction[];
  /**
   * The number of shares in which each instruction runs, one after the other, as threads would run them concurrently.
   * The results are the same. Default: instructions run as a whole, which is faster.
   */
  readonly shares?: number;
};

/**
 * Compiles a program.
 *
 * Each program has its own memory, exactly as large as its plan, so the runtime reserves no more address space, and
 * frees the memory when the executable is dropped.
 *
 * @param program The program.
 * @param engine The engine that computes operations without emitted code; it is also passed to host operations.
 * @throws {TypeError} If `carried` names a result or parameter that does not exist, or a parameter twice.
 * @throws {RangeError} If the program needs more than 4 GiB.
 */
export function compileProgram(program: Program, engine: Engine, options: CompileProgramOptions = {}): Executable {
  const { carried = [], relaxed = hasRelaxedSimd(), shares } = options;
  checkCarried(program, carried);
  const lowered = program.instructions.map((instruction) =>
    isOutside(instruction, options) ? undefined : lowerInstruction(instruction)
  );
  const needs = program.instructions.map((instruction, i) => needsOf(instruction, lowered[i], shares));
  const plan = planMemory(program, needs, carried);
  // The plan's addresses begin after one cache line; a vector loaded at the end of an array may reach beyond it.
  const pages = Math.max(1, Math.ceil((plan.peak + 128) / PAGE_BYTES));
  if (pages > MOST_PAGES) {
    throw new RangeError(
      `Cannot compile a program that needs ${plan.peak} bytes: WebAssembly has at most ${MOST_PAGES * PAGE_BYTES}; ` +
        `work on smaller batches`,
    );
  }
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const arrays = valueTypes(program).map((type, value) => memoryArrayAt(memory.buffer, type, plan.addresses[value]!));
  program.constants.forEach((x, k) => fillMemoryArray(arrays[program.parameters.length + k]!, x));
  const compile = (inner: Program) => compileProgram(inner, engine, { ...options, carried: [] });
  const outside = (i: number, first: number) =>
    outsideStep(program.instructions[i]!, first, plan.workspaces[i]!, { memory, arrays, engine, compile });
  const { run, advance } = assemble(program, { lowered, plan, memory, relaxed, outside, shares });
  return {
    plan,
    write: (parameter, x) => {
      checkWritten(program, parameter, x);
      fillMemoryArray(arrays[parameter]!, x);
    },
    run,
    advance,
    read: (result) => readMemoryArray(arrays[program.results[result]!]!),
    readParameter: (parameter) => readMemoryArray(arrays[parameter]!),
  };
}

/** Tells whether a function of the engine computes an instruction. */
function isOutside({ operation }: Instruction, options: CompileProgramOptions): boolean {
  const name = kindOf(operation).engineFunction?.(operation), { outside = [] } = options;
  if (name !== undefined && outside.includes(name)) return true;
  // Nor is code emitted for a program that holds such an instruction.
  return bodiesOf(operation).some(({ instructions }) => instructions.some((inner) => isOutside(inner, options)));
}

/** Returns the needs of an instruction; without emitted code, its epilogue reads the result from the workspace. */
function needsOf({ operation, results }: Instruction, lowered: Lowered | undefined, count: number | undefined): Needs {
  if (lowered !== undefined) {
    const { workspace, shares, inPlace = false } = lowered;
    const bytes = count === undefined ? workspace : toLines(shares.workspace) + count * toLines(shares.scratch);
    return { workspace: bytes, inPlace };
  }
  const { loop } = lastLoop(operation), [{ dtype, shape }] = results as readonly [ValueType]; // it has one result
  const bytes = sizeOf(shape) * BYTES_PER_ELEMENT[dtype];
  return loop === undefined ? { workspace: 0, inPlace: false } : { workspace: bytes, inPlace: true };
}
