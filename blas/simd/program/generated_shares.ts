/**
 * Cutting generated instructions into parts, one for each thread.
 *
 * @module
 */
import { toLines } from "../../alignment.ts";
import type { Instruction } from "../../program/program.ts";
import type { Generated, GeneratedPart } from "./generator.ts";
import { nanosecondsOf } from "./team/work.ts";

/** The threads that divide instructions. */
export type Sharing = {
  readonly threads: number;
  /** As in `Team`: shorter instructions are not cut. */
  readonly least: number;
};

/** The parts of an instruction, and the bytes of workspace of each: whole cache lines. */
export type Cut = { readonly parts: readonly GeneratedPart[]; readonly bytes: number };

/** Cuts an instruction into at most one part for each thread; returns `undefined` if it stays whole. */
export function cutForThreads(
  instruction: Instruction,
  generated: Generated,
  { threads, least }: Sharing,
): Cut | undefined {
  const shares = nanosecondsOf(instruction) < least ? undefined : generated.shares?.();
  if (shares === undefined) return undefined;
  const count = Math.min(threads, Math.floor(shares.units / shares.least)), parts: GeneratedPart[] = [];
  if (count < 2) return undefined;
  for (let k = 0; k < count; k++) {
    const bound = (k: number) => Math.floor(k * shares.units / count);
    const part = shares.part(bound(k), bound(k + 1));
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return { parts, bytes: Math.max(...parts.map(({ workspace }) => toLines(workspace))) };
}
