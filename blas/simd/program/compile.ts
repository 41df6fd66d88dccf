/**
 * Programs as WebAssembly: one module and one memory for each.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import { currentEngine, type Engine } from "../../engine.ts";
import { MOST_PAGES, PAGE_BYTES } from "../engine_memory.ts";
import { hasRelaxedSimd, hasSimd } from "../features.ts";
import { rowMajorStrides, sizeOf } from "../../shape.ts";
import { type MutableView, unsafeView, type View } from "../../view.ts";
import { assemble, type HostStep } from "./assemble.ts";
import type { Lowered } from "./emitter.ts";
import { interpretedProgram } from "../../reference/program.ts";
import { lowerInstruction } from "./lower.ts";
import { type Carried, type MemoryPlan, type Needs, planMemory } from "../../program/memory/memory_plan.ts";
import { convolveInto } from "../../program/operations/convolution.ts";
import { multiplyInto } from "../../program/operations/gemm.ts";
import { firstResults, lastLoop, valueTypes } from "../../program/operands.ts";
import type { Instruction, Operand, Program } from "../../program/program.ts";
import {
  fillMemoryArray,
  type MemoryArray,
  memoryArrayAt,
  readMemoryArray,
} from "../../program/memory/memory_array.ts";

/** How a program is made executable. */
export type CompileProgramOptions = {
  /** Which results are which parameters of the next run. */
  readonly carried?: readonly Carried[];
  /** Whether to use relaxed SIMD. Default: where the runtime has it. */
  readonly relaxed?: boolean;
  /** An engine whose gemm computes products, in place of kernels. */
  readonly native?: Engine;
};

/**
 * A program ready to run. Between runs it keeps its parameters, but for those that results are carried to: a run may use their
 * room, so they are to be written, or carried over by `advance`, before the next.
 */
export type Executable = {
  /** Where values are. */
  readonly plan: MemoryPlan;
  /** Copies a view of a parameter's shape and dtype, of any strides, to where the next run finds it. */
  readonly write: (parameter: number, x: View) => void;
  /** Runs all instructions. What an instruction throws is passed on; the next run is none the worse for it. */
  readonly run: () => void;
  /** Makes carried results the parameters of the next run. */
  readonly advance: () => void;
  /** A fresh row-major copy of a result of the last run. Once `advance` was called, carried results are to be read as parameters. */
  readonly read: (result: number) => View;
  /** A fresh row-major copy of a parameter as it stands. */
  readonly readParameter: (parameter: number) => View;
};

/**
 * Compiles a program.
 *
 * Each has a memory of its own, as large as its plan and never larger: the runtime reserves no more address space than that,
 * and frees it when the executable is dropped.
 *
 * @throws {TypeError} If `carried` names what there is not, or a parameter twice.
 * @throws {RangeError} If the program needs more than 4 GiB.
 */
export function compileProgram(
  program: Program,
  { carried = [], relaxed = hasRelaxedSimd(), native }: CompileProgramOptions = {},
): Executable {
  checkCarried(program, carried);
  if (!hasSimd()) return interpretedProgram(program, carried);
  const lowered = program.instructions.map((instruction) =>
    native !== undefined && instruction.operation.kind === "gemm" ? undefined : lowerInstruction(instruction)
  );
  const plan = planMemory(
    program,
    program.instructions.map((instruction, i) => needsOf(instruction, lowered[i])),
    carried,
  );
  // The plan's addresses begin one line on; a vector that is loaded where fewer elements are left may reach beyond the last.
  const pages = Math.max(1, Math.ceil((plan.peak + 128) / PAGE_BYTES));
  if (pages > MOST_PAGES) {
    throw new RangeError(
      `Cannot compile a program that needs ${plan.peak} bytes at a time: WebAssembly has ${MOST_PAGES * PAGE_BYTES}; ` +
        `work on smaller batches`,
    );
  }
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const types = valueTypes(program),
    rooms = types.map((type, value) => memoryArrayAt(memory.buffer, type, plan.addresses[value]!));
  program.constants.forEach((x, k) => fillMemoryArray(rooms[program.parameters.length + k]!, x));
  const first = firstResults(program);
  const outside = (i: number) => outsideStep(program.instructions[i]!, i, { memory, plan, rooms, first, native });
  const { run, advance } = assemble(program, { lowered, plan, memory, relaxed, outside });
  return {
    plan,
    write: (parameter, x) => {
      const room = rooms[parameter]!;
      checkWritten(parameter, x, room);
      fillMemoryArray(room, x);
    },
    run,
    advance,
    read: (result) => readMemoryArray(rooms[program.results[result]!]!),
    readParameter: (parameter) => readMemoryArray(rooms[parameter]!),
  };
}

function checkWritten(parameter: number, x: View, { dtype, shape, data }: MemoryArray): void {
  if (x.dtype === dtype && x.size === data.length) return;
  throw new TypeError(
    `Cannot write parameter ${parameter}: a ${x.dtype} view of shape [${x.shape}] was given, and it is ${dtype} of shape ` +
      `[${shape}]; pass what the program was made for`,
  );
}

function checkCarried({ parameters, results }: Program, carried: readonly Carried[]): void {
  const targets = new Set(carried.map(([, parameter]) => parameter));
  const wrong = carried.find(([result, parameter]) =>
    results[result] === undefined || parameters[parameter] === undefined
  );
  if (wrong !== undefined || targets.size !== carried.length) {
    throw new TypeError(
      `Cannot carry results ${
        JSON.stringify(carried)
      }: each pair must name a result (of ${results.length}) and a parameter ` +
        `(of ${parameters.length}) of its own; correct the list`,
    );
  }
}

/** What an instruction needs: where nothing emits it, its loop afterwards finds what was computed in its workspace. */
function needsOf({ operation, results }: Instruction, lowered: Lowered | undefined): Needs {
  if (lowered !== undefined) return { workspace: lowered.workspace, inPlace: lowered.inPlace ?? false };
  const { loop } = lastLoop(operation), [first] = results as readonly [Instruction["results"][number]];
  const bytes = sizeOf(first.shape) * BYTES_PER_ELEMENT[first.dtype];
  return loop === undefined ? { workspace: 0, inPlace: false } : { workspace: bytes, inPlace: true };
}

type Surroundings = {
  readonly memory: WebAssembly.Memory;
  readonly plan: MemoryPlan;
  readonly rooms: readonly MemoryArray[];
  readonly first: readonly number[];
  readonly native: Engine | undefined;
};

/** The step of an instruction that is computed outside WebAssembly, on views over the memory. */
function outsideStep({ operation, results }: Instruction, i: number, surroundings: Surroundings): HostStep {
  const { memory, plan, rooms, first, native } = surroundings,
    [type] = results as readonly [Instruction["results"][number]];
  const viewOf = ({ value, shape, stride, offset }: Operand): View =>
    unsafeView(rooms[value]!.data as View<DType>["data"], shape, stride, offset) as View;
  const { loop } = lastLoop(operation);
  const target = loop === undefined ? rooms[first[i]!]! : memoryArrayAt(memory.buffer, type, plan.workspaces[i]!);
  const to = unsafeView(
    target.data as View["data"],
    type.shape,
    rowMajorStrides(type.shape),
    0,
  ) as MutableView;
  const epilogue = loop && { loop, computed: plan.workspaces[i]! };
  switch (operation.kind) {
    case "host": {
      const inputs = operation.operands.map(viewOf);
      const fill = (x: View, k: number): void => fillMemoryArray(rooms[first[i]! + k]!, x);
      return { run: () => operation.run(inputs, native ?? currentEngine()).forEach(fill), epilogue };
    }
    case "gemm": {
      const a = viewOf(operation.a), b = viewOf(operation.b);
      return { run: () => multiplyInto(native ?? currentEngine(), a, b, to), epilogue };
    }
    case "convolution": {
      const { form, geometry } = operation, inputs = operation.operands.map(viewOf);
      return { run: () => convolveInto(currentEngine(), form, geometry, inputs, to), epilogue };
    }
    default:
      throw new TypeError(
        `Cannot run a ${operation.kind} outside WebAssembly: only gemm, convolution and host are; lower it`,
      );
  }
}
