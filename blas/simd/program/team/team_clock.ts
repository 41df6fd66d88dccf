/**
 * Measures the instructions of a program that several threads run: each thread adds up, in memory of its own, how long it
 * computes and how long it waits for others.
 *
 * @module
 */
import { toLines } from "../../../alignment.ts";
import type { Program } from "../../../program/program.ts";
import { type ProgramTiming, stopwatch, type Timing } from "../../../program/timing.ts";
import { call, type Expression, f64, i32, type Local, type ModuleBuilder } from "../../../wasm/mod.ts";
import type { Clock } from "../clock.ts";
import type { MemberCode, Part } from "./member.ts";

/** The numbers that a thread has of an instruction: its runs, and the milliseconds that it computed and waited. */
const NUMBERS = { calls: 0, computing: 1, waiting: 2 } as const;

/** The bytes of those numbers. */
const BYTES = 24;

const bytesOfThread = ({ instructions }: Program): number => toLines(BYTES * instructions.length);

/** Returns the bytes of memory for the times of all threads. */
export const clockBytes = (program: Program, threads: number): number => threads * bytesOfThread(program);

/** Measures what the threads of a team do. */
export type TeamClock = Clock & {
  /** Returns the code of an instruction's parts, which measures them. */
  readonly measured: (parts: readonly Part[], instruction: number) => readonly MemberCode[];
};

/** The memory of a clock. */
export type ClockMemory = {
  readonly memory: WebAssembly.Memory;
  /** The byte address of {@link clockBytes} bytes, a multiple of 64. */
  readonly address: number;
  readonly threads: number;
};

/**
 * Makes the clock of a module, which must not have functions of its own yet. It imports `now`, which tells the time in
 * milliseconds. The instructions of programs inside instructions are not measured.
 */
export function teamClock(m: ModuleBuilder, program: Program, { memory, address, threads }: ClockMemory): TeamClock {
  const now = m.importFunction({ module: "engine", name: "now" }, { parameters: {}, result: "f64" });
  const step = bytesOfThread(program), numbers = new Float64Array(memory.buffer, address, threads * step / 8);
  const timings: Timing[] = [];
  const number = (thread: number, instruction: number, name: keyof typeof NUMBERS): number =>
    numbers[(thread * step + instruction * BYTES) / 8 + NUMBERS[name]]!;
  return {
    program: () => (emit) => {
      const outside = stopwatch(), instruction = timings.length;
      timings.push({
        get calls() {
          return outside.timing.calls + number(0, instruction, "calls");
        },
        get milliseconds() {
          const { milliseconds } = outside.timing;
          return milliseconds + number(0, instruction, "computing") + number(0, instruction, "waiting");
        },
        bodies: [],
        get threads() {
          return Array.from({ length: threads }, (_, k) => ({
            computing: number(k, instruction, "computing") + (k === 0 ? outside.timing.milliseconds : 0),
            waiting: number(k, instruction, "waiting"),
          }));
        },
      });
      return emit({ start: [], stop: [], stopwatch: outside });
    },
    timing: (): ProgramTiming => ({ program, instructions: timings }),
    imports: { now: () => performance.now() },
    measured: (parts, instruction) => {
      const own = address + instruction * BYTES;
      const at = (thread: Local<"i32">, name: keyof typeof NUMBERS): Expression<"i32"> =>
        i32.add(i32.mul(thread, step), own + 8 * NUMBERS[name]);
      const add = (thread: Local<"i32">, name: keyof typeof NUMBERS, x: Expression<"f64"> | number) =>
        f64.store(at(thread, name), f64.add(f64.load(at(thread, name)), x));
      return [
        ...parts.map(({ code, waits }): MemberCode => (f, member) => {
          const start = f.let(call(now));
          code(f, member);
          f.do(add(member.thread, waits ? "waiting" : "computing", f64.sub(call(now), start)));
        }),
        (f, { thread }) => f.do(add(thread, "calls", 1)),
      ];
    },
  };
}
