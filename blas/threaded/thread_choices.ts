/**
 * The choices of calls: one for each kind.
 *
 * @module
 */
import type { Team } from "../simd/program/team/team.ts";
import { type ThreadChoice, threadChoice } from "./thread_choice.ts";

/** The largest number of kinds whose measurements are kept. */
const MOST_KNOWN = 1024;

/** Runs a call in one of two ways, whichever is faster. */
export type Try = (key: string, divided: () => boolean, directly: () => void) => void;

/**
 * Makes a function that learns, for each key, which of two ways is faster. They compute the same; `divided` returns
 * false if it cannot compute anything, and is not called while a thread of the team does something else.
 */
export function threadChoices({ isReady, settle }: Pick<Team, "isReady" | "settle">): Try {
  const known = new Map<string, ThreadChoice>();
  return (key, divided, directly) => {
    if (!isReady()) return directly();
    const choice = known.get(key) ?? threadChoice(), start = performance.now();
    known.delete(key);
    known.set(key, choice);
    if (known.size > MOST_KNOWN) known.delete(known.keys().next().value!);
    const isDivided = choice.next() && divided();
    if (!isDivided) directly();
    choice.took(isDivided, performance.now() - start);
    settle();
  };
}
