/**
 * Executables, which targets make from programs.
 *
 * @module
 */
import type { View } from "../view.ts";
import { sizeOf } from "../shape.ts";
import type { Carried, MemoryPlan } from "./memory/memory_plan.ts";
import type { Program } from "./program.ts";
import type { ProgramTiming } from "./timing.ts";

/** The options of compiling a program for any target. */
export type CompileOptions = {
  /** The results that become parameters of the next run. Default: none. */
  readonly carried?: readonly Carried[] | undefined;
  /** Whether to measure how long each instruction takes, which slows the program a little. Default: false. */
  readonly profile?: boolean | undefined;
};

/**
 * A program that is ready to run on the engine that compiled it. It keeps its parameters between runs, except those
 * that results are carried to: a run may overwrite them, so write them, or call `advance`, before the next run.
 */
export type Executable = {
  /** The addresses of values, or those that they would have if the program had its own memory. */
  readonly plan: MemoryPlan;
  /** Sets a parameter for the next run: copies a view of its shape and dtype, with any strides. */
  readonly write: (parameter: number, x: View) => void;
  /** Runs all instructions. If an instruction throws, the error is passed on, and the program can be run again. */
  readonly run: () => void;
  /** Makes carried results the parameters of the next run. */
  readonly advance: () => void;
  /** Returns a new row-major copy of a result of the last run. After `advance`, read carried results as parameters. */
  readonly read: (result: number) => View;
  /** Returns a new row-major copy of the current value of a parameter. */
  readonly readParameter: (parameter: number) => View;
  /** For each instruction, whether functions outside the compiled code compute it; `undefined` if that is not known. */
  readonly outside?: readonly boolean[];
  /** The runs of each instruction so far, if these are measured. The record changes with each run. */
  readonly timing?: ProgramTiming;
};

/** Throws unless each pair names an existing result and an existing parameter, each parameter once. */
export function checkCarried({ parameters, results }: Program, carried: readonly Carried[]): void {
  const targets = new Set(carried.map(([, parameter]) => parameter));
  const wrong = carried.find(([result, parameter]) =>
    results[result] === undefined || parameters[parameter] === undefined
  );
  if (wrong === undefined && targets.size === carried.length) return;
  throw new TypeError(
    `Cannot carry results ${JSON.stringify(carried)}: each pair must name a result (of ${results.length}) and a ` +
      `different parameter (of ${parameters.length}); correct the list`,
  );
}

/** Throws unless a view can be written to a parameter. */
export function checkWritten({ parameters }: Program, parameter: number, x: View): void {
  const { dtype, shape } = parameters[parameter]!;
  if (x.dtype === dtype && x.size === sizeOf(shape)) return;
  throw new TypeError(
    `Cannot write a ${x.dtype} view of shape [${x.shape}] to parameter ${parameter}: it must be ${dtype} of shape ` +
      `[${shape}]; pass a view of that type`,
  );
}
