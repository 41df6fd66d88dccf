/**
 * Programs of one instruction by which plain calls run on several threads, made at their first use.
 *
 * @module
 */
import type { Instruction, ValueType } from "../program/program.ts";
import type { MutableView, View } from "../view.ts";
import { type ThreadChoice, threadChoice } from "./thread_choice.ts";
import type { Engine } from "../engine.ts";
import { compileProgram, type MemoryExecutable } from "../simd/program/compile.ts";
import type { Team } from "../simd/program/team/team.ts";

/** A computation on some views. */
export type Request = {
  /** Distinguishes this computation from others with operands of the same types. */
  readonly key: string;
  readonly parameters: readonly ValueType[];
  /** Returns the program's only instruction, which reads the parameters. */
  readonly instruction: () => Instruction;
  /** Computes the same bits on one thread, without a program; which is faster is measured. */
  readonly directly: () => void;
};

/** A program, and the choice of whether to run it. */
type Cached = { readonly program: MemoryExecutable; readonly choice: ThreadChoice };

/** The most bytes of memory that programs may keep; those used last stay. */
const MOST_BYTES = 0x1000_0000; // 256 MiB

/** The largest number of programs to keep. */
const MOST_PROGRAMS = 256;

/**
 * Returns the function that computes requests on the threads of a team.
 *
 * @param engine The engine that the programs belong to.
 */
export function cachedPrograms(team: Team, engine: Engine) {
  const programs = new Map<string, Cached>(),
    always: Team = { ...team, prepare: (program) => team.prepare({ ...program, always: true }) };
  let bytes = 0;
  const programFor = ({ key, parameters, instruction }: Request): Cached => {
    const whole = `${key} ${parameters.map(({ dtype, shape }) => `${dtype}[${shape}]`).join(" ")}`;
    const found = programs.get(whole);
    if (found !== undefined) {
      programs.delete(whole);
      programs.set(whole, found);
      return found;
    }
    const one = instruction(), results = one.results.map((_, k) => parameters.length + k);
    const program = compileProgram({ parameters, constants: [], instructions: [one], results }, engine, {
      team: always,
      divides: true,
    });
    const made = { program, choice: threadChoice() };
    programs.set(whole, made);
    bytes += program.plan.peak;
    for (const [oldest, { program: { plan } }] of programs) {
      if ((bytes <= MOST_BYTES && programs.size <= MOST_PROGRAMS) || oldest === whole) break;
      programs.delete(oldest);
      bytes -= plan.peak;
    }
    return made;
  };
  return (
    request: Request,
    inputs: readonly View[],
    outputs: readonly Pick<MutableView, "data" | "offset">[],
  ): void => {
    const { directly } = request;
    if (!team.isReady()) return directly();
    const { program, choice } = programFor(request), start = performance.now();
    if (!choice.next()) {
      directly();
      return choice.took(false, performance.now() - start);
    }
    inputs.forEach((x, k) => program.write(k, x));
    program.run();
    outputs.forEach((y, k) => program.copyOut(request.parameters.length + k, y));
    choice.took(true, performance.now() - start);
    team.settle();
  };
}
