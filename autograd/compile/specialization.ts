/**
 * Specializations: functions compiled for arguments of one signature.
 *
 * @module
 */
import type { Engine } from "../../blas/engine.ts";
import { targetInUse } from "../../blas/parts/target.ts";
import type { Carried } from "../../blas/program/memory/memory_plan.ts";
import { formatProgram } from "../../blas/program/format/format_program.ts";
import { programOf } from "../../blas/program/passes/draft.ts";
import { optimizeDraft, type PassName } from "../../blas/program/passes/mod.ts";
import type { Program } from "../../blas/program/program.ts";
import type { Executable } from "../../blas/program/target.ts";
import { scheduleForCarried } from "../../blas/program/memory/schedule.ts";
import { type View, view } from "../../blas/view.ts";
import { isKey } from "../random/key.ts";
import { constantOf, variableOf } from "../tensor.ts";
import { innerView } from "../tensor_record.ts";
import { argumentsOfStep, carriedLeaves } from "./carried_leaves.ts";
import { type DataLeaf, type Signature, unflattenLeaves } from "./signature.ts";
import type { PassOptions } from "./options.ts";
import { trace } from "./tracing.ts";

/** A function, compiled for arguments of one signature. */
export type Specialization = {
  /** The signature of the list of arguments. */
  readonly args: Signature;
  /** The signature of the result. */
  readonly result: Signature;
  /** For a step, which result becomes which parameter of the next run; results in the order of the returned carry. */
  readonly carried: readonly Carried[];
  /** The engine in use when it was compiled. */
  readonly engine: Engine;
  /** The program as traced. */
  readonly traced: Program;
  /** The program as it runs. */
  readonly program: Program;
  /** Instances of its code that are not in use. */
  readonly idle: Executable[];
  /** All instances, if their instructions are measured. */
  readonly measured: Executable[];
  /** Makes another instance. */
  make(): Executable;
};

/** The options for compiling a function. */
export type SpecializeOptions = {
  /** Whether the function is a step, from `(carry, x)` to `[carry, y]`, whose carry stays inside. */
  readonly carries: boolean;
  /** Whether to measure the instructions. */
  readonly profile?: boolean | undefined;
  /** The passes that run, and the function that is shown the program after each. */
  readonly passes?: PassOptions | undefined;
};

/** The maximum number of idle instances: recursion and interleaved scans need several. */
const MOST_IDLE = 4;

/**
 * Traces and compiles a function.
 *
 * @param args The signature of the list of arguments.
 * @throws {TypeError} If it is a step whose returned carry differs from the one it takes.
 */
export function specialize(
  f: (...args: never[]) => unknown,
  args: Signature,
  { carries, profile = false, passes: { without, watch } = {} }: SpecializeOptions,
): Specialization {
  const engine = targetInUse(), { draft, result } = trace(f, args, carries);
  const carried = carries ? carriedLeaves(args, result) : [];
  const shown = watch && ((pass: PassName, after: Program): void => watch(pass, formatProgram(after)));
  const program = scheduleForCarried(programOf(optimizeDraft(draft, { without, watch: shown })), carried);
  const measured: Executable[] = [];
  const make = (): Executable => {
    if (!profile) return engine.compile(program, { carried });
    const executable = engine.compile(program, { carried, profile });
    measured.push(executable);
    return executable;
  };
  const taken = carries ? argumentsOfStep(args, result, carried) : args;
  return {
    args: taken,
    result,
    carried,
    engine,
    // Only listings show it.
    get traced() {
      return programOf(draft);
    },
    program,
    idle: [],
    measured,
    make,
  };
}

/** Runs a specialization on the data of its arguments, and returns the function's result. */
export function callSpecialization(specialization: Specialization, data: readonly DataLeaf[]): unknown {
  const executable = acquire(specialization);
  try {
    for (let k = 0; k < data.length; k++) executable.write(k, viewOf(data[k]!));
    executable.run();
    let next = 0;
    return unflatten(specialization.result, () => executable.read(next++));
  } finally {
    release(specialization, executable);
  }
}

/** Takes an instance for exclusive use. */
export function acquire(variant: Specialization): Executable {
  return variant.idle.pop() ?? variant.make();
}

/** Returns an instance to the idle ones. */
export function release(variant: Specialization, executable: Executable): void {
  if (variant.idle.length < MOST_IDLE) variant.idle.push(executable);
}

/** Returns the elements of a leaf, as a program holds them. */
export function viewOf(leaf: DataLeaf): View {
  return isKey(leaf) ? view(Float64Array.from(leaf.words)) : innerView(leaf);
}

/** Builds a tree from the results of a program. */
export function unflatten(signature: Signature, read: () => View): unknown {
  return unflattenLeaves(signature, (leaf) => {
    const given = read();
    if (leaf.kind === "tensor" && leaf.always !== undefined) return leaf.always;
    if (leaf.kind === "key") return Object.freeze({ tag: "key", words: Object.freeze([given.get(0), given.get(1)]) });
    return leaf.tracked ? variableOf(given) : constantOf(given);
  });
}
