/**
 * Draws programs, checks them, and shrinks those that fail.
 *
 * @module
 */
import { type CallProgram, format } from "./call.ts";
import { type Check, differenceError, distance, everything, sensitivity } from "./checks.ts";
import { drawProgram, RawError } from "./draw_program.ts";
import { shrink } from "./shrink.ts";

/** A failure: the check, what is wrong, and the smallest program that fails, as text. */
export type Failure = {
  readonly check: string;
  readonly seed: number;
  readonly problem: string;
  readonly text: string;
};

/** The outcome for one seed: failures, or that the program proves nothing because it depends on the last digit. */
export type Outcome = { readonly failures: readonly Failure[]; readonly discarded: boolean };

/** The largest relative difference between the gradient and finite differences. */
const DIFFERENCE = 1e-5;

/** Programs that are more sensitive than this prove nothing. */
const STEADY = 50;

/** Draws the program of a seed and checks it in every way. */
export function checkSeed(seed: number, checks: readonly Check[], most?: number): Outcome {
  let program: CallProgram;
  try {
    program = drawProgram(seed, most);
  } catch (error) {
    if (!(error instanceof RawError)) throw error;
    return {
      failures: [{ check: "refusals", seed, problem: error.message, text: Deno.inspect(error.cause) }],
      discarded: false,
    };
  }
  if (program.calls.length === 0) return { failures: [], discarded: true };
  const problems = checks.flatMap((check) => {
    const problem = problemOf(program, check);
    return problem === undefined ? [] : [{ check, problem }];
  });
  const hasSlope = program.dtype === "float64" && !program.calls.some(({ name }) => name === "stopGradient");
  const slope = hasSlope ? slopeProblem(program) : undefined;
  if (problems.length === 0 && slope === undefined) return { failures: [], discarded: false };
  if (!isSteady(program)) return { failures: [], discarded: true };
  const failures = problems.map(({ check, problem }) => {
    const small = shrink(program, (p) => problemOf(p, check) !== undefined && isSteady(p));
    return { check: check.name, seed, problem: problemOf(small, check) ?? problem, text: format(small) };
  });
  if (slope === undefined) return { failures, discarded: false };
  const small = shrink(program, (p) => slopeProblem(p) !== undefined && isSteady(p));
  return {
    failures: [...failures, { check: "differences", seed, problem: slopeProblem(small) ?? slope, text: format(small) }],
    discarded: false,
  };
}

/** Returns what is wrong with a program; `undefined` if it passes the check, or if the library refuses it. */
function problemOf(program: CallProgram, check: Check): string | undefined {
  let expected: ReturnType<Check["expected"]>;
  try {
    expected = check.expected(program);
  } catch (error) {
    return check.refused(error) ? undefined : `fails plainly: ${messageOf(error)}`;
  }
  try {
    const apart = distance(expected, check.found(program), program.dtype) / check.slack;
    if (apart <= 1) return undefined;
    // Inside a program numbers may be larger than its results, and so may their rounding.
    const explained = sensitivityOf(program);
    return apart <= explained ? undefined : `differs by ${apart.toPrecision(3)} times what rounding explains`;
  } catch (error) {
    return `fails: ${messageOf(error)}`;
  }
}

function slopeProblem(program: CallProgram): string | undefined {
  try {
    const error = differenceError(program);
    return error > DIFFERENCE ? `the gradient differs from differences by ${error.toPrecision(3)}` : undefined;
  } catch {
    return undefined; // it cannot run, which the other checks report
  }
}

const isSteady = (program: CallProgram): boolean => sensitivityOf(program) <= STEADY;

/** The sensitivity of all that a program computes; 0 where it cannot run. */
function sensitivityOf(program: CallProgram): number {
  try {
    return sensitivity(program, everything);
  } catch {
    return 0;
  }
}

const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error);
