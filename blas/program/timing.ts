/**
 * How long each instruction of a program takes.
 *
 * @module
 */
import type { Program } from "./program.ts";

/** The runs of an instruction so far. */
export type Timing = {
  readonly calls: number;
  /** The time of all of them. */
  readonly milliseconds: number;
  /** The programs that it holds; a loop runs their instructions once for each step. Empty if they are not measured. */
  readonly bodies: readonly ProgramTiming[];
  /** The milliseconds that each of several threads computed and waited. Default: one thread runs it. */
  readonly threads?: readonly ThreadTiming[];
};

/** The milliseconds that a thread has computed and waited for others. */
export type ThreadTiming = { readonly computing: number; readonly waiting: number };

/** A program as a target runs it, perhaps in another order, and the runs of each of its instructions. */
export type ProgramTiming = { readonly program: Program; readonly instructions: readonly Timing[] };

/** Measures the runs of an instruction. */
export type Stopwatch = {
  readonly timing: Timing;
  /** Begins a run. */
  readonly start: () => void;
  /** Ends it. */
  readonly stop: () => void;
};

/**
 * Makes the stopwatch of an instruction.
 *
 * @param bodies The timings of the programs that the instruction holds.
 */
export function stopwatch(bodies: readonly ProgramTiming[] = []): Stopwatch {
  const timing = { calls: 0, milliseconds: 0, bodies };
  let began = 0;
  return {
    timing,
    start: () => void (began = performance.now()),
    stop: () => {
      timing.milliseconds += performance.now() - began;
      timing.calls++;
    },
  };
}

/** Adds up the timings of several executables of one program; there must be at least one. */
export function addTimings(timings: readonly ProgramTiming[]): ProgramTiming {
  const [{ program, instructions }] = timings as readonly [ProgramTiming]; // at least one
  return { program, instructions: instructions.map((_, i) => addUp(timings.map((one) => one.instructions[i]!))) };
}

function addUp(timings: readonly Timing[]): Timing {
  const [{ bodies, threads }] = timings as readonly [Timing]; // at least one
  const all = (k: number, name: keyof ThreadTiming) => timings.reduce((sum, one) => sum + one.threads![k]![name], 0);
  return {
    calls: timings.reduce((sum, { calls }) => sum + calls, 0),
    milliseconds: timings.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
    bodies: bodies.map((_, k) => addTimings(timings.map((one) => one.bodies[k]!))),
    // All of them are executables of one engine.
    ...threads && { threads: threads.map((_, k) => ({ computing: all(k, "computing"), waiting: all(k, "waiting") })) },
  };
}
