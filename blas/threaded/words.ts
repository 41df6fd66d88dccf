/**
 * The words that the threads of a pool share.
 *
 * @module
 */

/** The index of each word in the pool's shared memory; those that several threads write have a cache line of their own. */
export const WORDS = {
  /** Counts commands: a thread that has seen fewer looks for the next one. */
  generation: 0,
  /** What to do; one of {@link COMMANDS}. */
  command: 1,
  /** The number of the program, and of its segment, that are run. */
  program: 2,
  segment: 3,
  /** How often a thread looks for the next command before it sleeps. */
  looks: 4,
  /** How many threads sleep. */
  sleeping: 16,
  /** Counts how often threads have finished a command. */
  finished: 32,
  /** Whether the first thread sleeps until the others have finished. */
  waiting: 48,
  /** Not 0 if a thread threw. */
  failed: 64,
  /** The number of words. */
  count: 80,
} as const;

/** What the first thread tells the others to do. */
export const COMMANDS = { run: 1, receive: 2 } as const;
