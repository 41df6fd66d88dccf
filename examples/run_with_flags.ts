/**
 * Programs that read their settings from flags, and answer `--help`.
 *
 * @module
 */
import type { Either } from "../deps.ts";
import * as either from "fp-ts/Either.js";
import { type Flags, formatHelp, parseFlags, type SettingsOf } from "./flags.ts";

/** What a program does, in sentences, the command that starts it, and its flags. */
export type Program<F extends Flags> = { readonly about: string; readonly usage: string; readonly flags: F };

/** Where a program writes its lines. */
export type Output = Pick<Console, "log" | "error">;

/**
 * Runs a program by its command line: writes the help text, or every problem of the command line, or what went wrong.
 *
 * @param args The arguments after the program's name.
 * @param run Does the work; an error is one sentence.
 * @returns The exit code.
 */
export async function runWithFlags<F extends Flags>(
  { about, usage, flags }: Program<F>,
  args: readonly string[],
  run: (settings: SettingsOf<F>) => Either<string, unknown> | Promise<Either<string, unknown>>,
  { log, error }: Output = console,
): Promise<number> {
  const request = parseFlags(flags, args);
  if (either.isLeft(request)) return request.left.forEach((problem) => error(problem)), 1;
  if (request.right.kind === "help") return log(formatHelp(about, usage, flags)), 0;
  const result = await run(request.right.settings);
  return either.isLeft(result) ? (error(result.left), 1) : 0;
}
