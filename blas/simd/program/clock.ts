/**
 * Measures the instructions of a program, including those of the programs inside them: the code calls a function before
 * and after each instruction.
 *
 * @module
 */
import type { Program } from "../../program/program.ts";
import { type ProgramTiming, type Stopwatch, stopwatch, type Timing } from "../../program/timing.ts";
import { call, type Callable, type Expression, type ModuleBuilder } from "../../wasm/mod.ts";

/** The measurement of one instruction. */
export type Watch = {
  /** The code to run before the instruction's own, and after it. */
  readonly start: readonly Expression<"none">[];
  readonly stop: readonly Expression<"none">[];
  /** The same for steps outside of WebAssembly; `undefined` if nothing is measured. */
  readonly stopwatch: Stopwatch | undefined;
};

/** Emits the next instruction, given the watch that measures it. */
export type Measure = <R>(emit: (watch: Watch) => R) => R;

/** The measurement of a program. */
export type Clock = {
  /** Begins a program, inside the instruction that is being emitted; its instructions must be emitted in their order. */
  readonly program: (program: Program) => Measure;
  /** The timing of the outermost program. */
  readonly timing: () => ProgramTiming | undefined;
  /** The functions that the code calls. */
  readonly imports: { readonly [name: string]: (instruction: number) => number | void };
};

const IDLE: Watch = { start: [], stop: [], stopwatch: undefined };

/** Measures nothing, and adds nothing to the code. */
export const idleClock: Clock = {
  program: () => (emit) => emit(IDLE),
  timing: () => undefined,
  imports: { start: () => {}, stop: () => {} },
};

/** Makes the clock of a module, which must not have functions of its own yet. */
export function clockOf(m: ModuleBuilder): Clock {
  const [start, stop] = ["start", "stop"].map((name): Callable =>
    m.importFunction({ module: "engine", name }, { parameters: { instruction: "i32" } })
  ) as [Callable<"none">, Callable<"none">]; // two functions without a result
  const watches: Stopwatch[] = [], outermost: ProgramTiming[] = [];
  let around = outermost;
  return {
    program: (program) => {
      const instructions: Timing[] = [];
      around.push({ program, instructions });
      return (emit) => {
        const bodies: ProgramTiming[] = [], watch = stopwatch(bodies), index = watches.push(watch) - 1, outer = around;
        instructions.push(watch.timing);
        around = bodies;
        try {
          return emit({ start: [call(start, index)], stop: [call(stop, index)], stopwatch: watch });
        } finally {
          around = outer;
        }
      };
    },
    timing: () => outermost[0],
    imports: { start: (index) => watches[index]!.start(), stop: (index) => watches[index]!.stop() },
  };
}
