/**
 * What a target makes of a program: something that runs.
 *
 * @module
 */
import type { View } from "../view.ts";
import { sizeOf } from "../shape.ts";
import type { Carried, MemoryPlan } from "./memory/memory_plan.ts";
import type { Program } from "./program.ts";

/** How a program is made executable, whatever runs it. */
export type CompileOptions = {
  /** Which results are which parameters of the next run. Default: none. */
  readonly carried?: readonly Carried[];
};

/**
 * A program that is ready to run, on the engine that made it. It keeps its parameters between runs, except for those that
 * results are carried to: a run may overwrite them, so they must be written, or carried over by `advance`, before the next.
 */
export type Executable = {
  /** Where values are, or would be if the program had a memory of its own. */
  readonly plan: MemoryPlan;
  /** Copies a view of a parameter's shape and dtype, of any strides, to where the next run finds it. */
  readonly write: (parameter: number, x: View) => void;
  /** Runs all instructions. What an instruction throws is passed on; the program can be run again afterwards. */
  readonly run: () => void;
  /** Makes carried results the parameters of the next run. */
  readonly advance: () => void;
  /** Returns a fresh row-major copy of a result of the last run. After `advance`, read carried results as parameters. */
  readonly read: (result: number) => View;
  /** Returns a fresh row-major copy of a parameter as it stands. */
  readonly readParameter: (parameter: number) => View;
};

/** Throws unless each pair names a result and a parameter of its own. */
export function checkCarried({ parameters, results }: Program, carried: readonly Carried[]): void {
  const targets = new Set(carried.map(([, parameter]) => parameter));
  const wrong = carried.find(([result, parameter]) =>
    results[result] === undefined || parameters[parameter] === undefined
  );
  if (wrong === undefined && targets.size === carried.length) return;
  throw new TypeError(
    `Cannot carry results ${JSON.stringify(carried)}: each pair must name a result (of ${results.length}) and a ` +
      `parameter (of ${parameters.length}) of its own; correct the list`,
  );
}

/** Throws unless a view can be written to a parameter. */
export function checkWritten({ parameters }: Program, parameter: number, x: View): void {
  const { dtype, shape } = parameters[parameter]!;
  if (x.dtype === dtype && x.size === sizeOf(shape)) return;
  throw new TypeError(
    `Cannot write parameter ${parameter}: a ${x.dtype} view of shape [${x.shape}] was given, and it is ${dtype} of shape ` +
      `[${shape}]; pass what the program was made for`,
  );
}
