/**
 * The words of memory that the threads of a pool share.
 *
 * @module
 */

/** The index of each word in the pool's shared memory; those that several threads write have a cache line of their own. */
export const WORDS = {
  /** The number of commands so far; a thread that has seen fewer has one to run. */
  generation: 0,
  /** The command; one of {@link COMMANDS}. */
  command: 1,
  /** The numbers of the program, and of its segment, that run. */
  program: 2,
  segment: 3,
  /** How often a thread polls for the next command before it sleeps. */
  looks: 4,
  /** The number of sleeping threads. */
  sleeping: 16,
  /** The number of finished commands, over all threads. */
  finished: 32,
  /** Whether the first thread sleeps until the others have finished. */
  waiting: 48,
  /** Not 0 if a thread has thrown. */
  failed: 64,
  /** The number of the last round of {@link spread}, below 0 once it is over; and all threads' answers to rounds so far. */
  round: 80,
  answers: 96,
  /** The number of threads that run a command which some may miss, and {@link CLOSED} once none may join. */
  gate: 112,
  /** The number of words. */
  count: 128,
} as const;

/** The commands of the first thread to the others; `join` is `run` for those that come in time. */
export const COMMANDS = { run: 1, receive: 2, answer: 3, join: 4 } as const;

/** The bit of the gate that keeps late threads out. */
export const CLOSED = 0x4000_0000;
