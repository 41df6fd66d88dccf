/**
 * Moving the threads of a pool to cores of their own.
 *
 * A thread that is woken up is put on the core of the thread that wakes it, or on the one where it ran last, even while
 * another core is idle: in virtual machines, the operating system takes an idle core for one that the host has given to
 * somebody else. It moves threads apart only once both have wanted to run for some milliseconds, which never happens while
 * they wait for each other now and then.
 *
 * @module
 */
import { COMMANDS, WORDS } from "./words.ts";

/** How many milliseconds the threads keep running for the operating system to move them apart: Linux takes up to 20. */
const LONGEST = 40;

/** A round that takes less, in milliseconds, shows that all threads run at the same time; this many in a row are enough. */
const TOGETHER = 0.05, ROUNDS = 4;

/** How often the first thread looks for answers before it looks at the clock. */
const LOOKS = 256;

/** The smallest time between two attempts, in multiples of the time that the last one took; it doubles after failures. */
const APART = 50, MOST_DOUBLINGS = 5;

/** The part of a pool that is needed. */
export type Spreading = {
  readonly words: Int32Array;
  readonly threads: number;
  /** Gives all other threads a command. */
  readonly command: (code: number) => void;
  /** Waits until they have finished it. */
  readonly awaitFinish: () => void;
};

/** Makes a function that moves the threads apart, unless that was tried a short time ago. */
export function spreading(pool: Spreading, now: () => number = () => performance.now()): () => void {
  let next = 0, failures = 0;
  return () => {
    const start = now();
    if (start < next) return;
    failures = areApart(pool, start + LONGEST, now) ? 0 : failures + 1;
    const end = now(), doublings = Math.min(Math.max(0, failures - 1), MOST_DOUBLINGS);
    next = end + APART * (end - start) * 2 ** doublings;
  };
}

/** Keeps all threads running until they do so at the same time; `false` if that is not so after a deadline. */
function areApart({ words, threads, command, awaitFinish }: Spreading, deadline: number, now: () => number): boolean {
  Atomics.store(words, WORDS.round, 0);
  Atomics.store(words, WORDS.answers, 0);
  command(COMMANDS.answer);
  let fast = 0;
  for (let round = 1, time = now(); fast < ROUNDS && time < deadline; round++) {
    const start = time;
    Atomics.store(words, WORDS.round, round);
    for (let looks = 1; Atomics.load(words, WORDS.answers) < round * (threads - 1); looks++) {
      if (looks % LOOKS === 0 && now() > deadline) break;
    }
    time = now();
    fast = time - start < TOGETHER ? fast + 1 : 0;
  }
  Atomics.store(words, WORDS.round, -1);
  awaitFinish();
  return fast === ROUNDS;
}
