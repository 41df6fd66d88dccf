/**
 * Profiles: how long each instruction of a compiled function takes.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { costsOf } from "../../blas/program/cost.ts";
import { formatInstructions } from "../../blas/program/format/format_program.ts";
import { addTimings, type ProgramTiming } from "../../blas/program/timing.ts";
import { shared } from "../../blas/shared.ts";
import type { Compiled } from "./compile.ts";
import type { Specialization } from "./specialization.ts";

/**
 * The key under which a compiled function gives {@link profileOf} its measured programs. Its type is a cast, since to
 * TypeScript only a call of `Symbol` itself makes a unique symbol.
 */
export const MEASURED_FOR: unique symbol = /* @__PURE__ */ shared("measuredFor", () => Symbol("measuredFor")) as never;

/** The milliseconds that one thread computed, in all runs of an instruction, and waited for other threads before it. */
export type ThreadProfile = { readonly computing: number; readonly waiting: number };

/** The runs of one instruction of a compiled function. */
export type InstructionProfile = {
  /** The instruction as `formatProgram` writes it: results and their types, operation, operands and their shapes. */
  readonly text: string;
  /** The kind of operation, such as `gemm`, `map` or `scan`. */
  readonly kind: string;
  /** Whether functions outside of WebAssembly compute it. */
  readonly outside: boolean;
  /** How often it has run. */
  readonly calls: number;
  /** The time of all runs. */
  readonly milliseconds: number;
  /** Its share of the time of the whole program, from 0 to 1. */
  readonly share: number;
  /** Bytes that one run reads and writes; `undefined` if that is not known beforehand. */
  readonly bytes: number | undefined;
  /**
   * Additions, multiplications and other functions of numbers in one run, `2 * m * n * k` for a product of matrices;
   * `undefined` if that is not known beforehand.
   */
  readonly flops: number | undefined;
  /**
   * What each thread did of it, the calling thread first, if the program runs on several: some are computed by the first
   * thread alone. The time of all runs is that of the first thread, with its waits. Empty on one thread.
   */
  readonly threads: readonly ThreadProfile[];
  /**
   * The instructions inside a loop or a conditional, which may run many times or not at all in one run of it; their
   * time is part of its own. Empty if the loop itself is computed outside of WebAssembly, or by several threads.
   */
  readonly inner: readonly InstructionProfile[];
};

/**
 * Tells how long each instruction of a compiled function has taken so far, in the order in which they run.
 *
 * The function must have been compiled with `{ profile: true }`: its code then asks for the time before and after each
 * instruction, which takes about 0.15 microseconds. On several threads it always runs on all of them. Copying arguments in and results out is not an instruction.
 *
 * @param compiled A function from `compile(f, { profile: true })`.
 * @param args Arguments like those that it has been called with; for `compiled.scan`, a carry and an input. Where it has been
 * both called and scanned with such arguments, the profile is that of whichever took longer.
 * @returns A record for each instruction; {@link formatProfile} writes them as a table.
 * @throws {TypeError} If the function was not compiled with `profile`, or has not run with such arguments.
 *
 * @example
 * ```ts
 * import { compile, formatProfile, key, matmul, profileOf, randomNormal, tanh, type Tensor } from "@nanograd/nanograd";
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 *
 * const layer = compile((x: Tensor, w: Tensor) => tanh(matmul(x, w)), { profile: true });
 * const x = randomNormal(key(0), [32, 64]), w = randomNormal(key(1), [64, 16]);
 * for (let k = 0; k < 10; k++) layer(x, w);
 *
 * const [product] = profileOf(layer, x, w);
 * assertEquals([product!.calls, product!.bytes], [10, 4 * (32 * 64 + 64 * 16 + 32 * 16)]);
 * assertEquals(product!.flops, 2 * 32 * 64 * 16 + 32 * 16); // tanh is the epilogue of the product
 * assertStringIncludes(formatProfile(profileOf(layer, x, w)), "gemm %0[32, 64] %1[64, 16]");
 * ```
 */
export function profileOf<A extends readonly unknown[]>(
  compiled: Compiled<A, unknown>,
  ...args: A
): readonly InstructionProfile[] {
  const measuredFor = measuredForOf(compiled);
  if (measuredFor === undefined) {
    throw new TypeError(
      `Cannot tell the profile of ${
        describe(compiled)
      }: it must be a function that compile returned and that measures ` +
        "itself; compile it with compile(f, { profile: true })",
    );
  }
  const longest = longestOf(measuredFor(...args));
  if (longest === undefined) {
    throw new TypeError(
      "Cannot tell the profile of a compiled function for arguments that it has not run with: they must have the shapes " +
        "and dtypes of an earlier call, on the same engine; call it first",
    );
  }
  const { timing, outside } = longest;
  return rowsOf(timing, timeOf(timing), outside);
}

/** A program that has been measured, and which of its instructions functions outside of WebAssembly compute. */
export type Measured = { readonly timing: ProgramTiming; readonly outside: readonly boolean[] };

/** Returns what has been measured of a compiled function for some arguments; `undefined` if nothing has. */
export function measuredOf<A extends readonly unknown[]>(
  compiled: Compiled<A, unknown>,
  args: A,
): Measured | undefined {
  return longestOf(measuredForOf(compiled)?.(...args) ?? []);
}

/** Returns the function that looks for measured programs, of a function that was compiled with `profile`. */
const measuredForOf = <A extends readonly unknown[]>(compiled: Compiled<A, unknown>) =>
  // In JavaScript, anything may be passed.
  (compiled as
    | { readonly [MEASURED_FOR]?: (...args: A) => readonly Specialization[] }
    | undefined
    | null)?.[MEASURED_FOR];

/** Returns what took longest; `undefined` if nothing has run, or the engine does not measure. */
function longestOf(specializations: readonly Specialization[]): Measured | undefined {
  const all = specializations.flatMap(({ measured }): readonly Measured[] => {
    const timings = measured.map(({ timing }) => timing).filter((timing) => timing !== undefined);
    return timings.length === 0 ? [] : [{ timing: addTimings(timings), outside: measured[0]!.outside ?? [] }];
  });
  return all.toSorted((a, b) => timeOf(b.timing) - timeOf(a.timing))[0];
}

const timeOf = ({ instructions }: ProgramTiming): number =>
  instructions.reduce((sum, { milliseconds }) => sum + milliseconds, 0);

function rowsOf(
  { program, instructions }: ProgramTiming,
  total: number,
  outside: readonly boolean[],
): readonly InstructionProfile[] {
  const texts = formatInstructions(program), costs = costsOf(program);
  return instructions.map(({ calls, milliseconds, bodies, threads = [] }, i) => ({
    text: texts[i]!,
    kind: program.instructions[i]!.operation.kind,
    outside: outside[i] ?? false,
    calls,
    milliseconds,
    share: total === 0 ? 0 : milliseconds / total,
    ...costs[i]!,
    threads,
    inner: bodies.flatMap((body) => rowsOf(body, total, [])),
  }));
}
