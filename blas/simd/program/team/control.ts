/**
 * The control words of a program that several threads run: where they count arrivals at barriers, and agree to give up.
 *
 * @module
 */
import { CACHE_LINE } from "../../../alignment.ts";

/** The byte offsets of the words from the start of the control memory; each has a cache line of its own. */
export const CONTROL = {
  /** How many arrivals at barriers there were. */
  arrivals: 0,
  /** Not 0 if a thread sleeps at a barrier. */
  sleeping: CACHE_LINE,
  /** Not 0 if a thread failed, so that none may wait for it. */
  failed: 2 * CACHE_LINE,
  /** How often a thread looks whether the others have arrived before it sleeps. */
  looks: 3 * CACHE_LINE,
  /** How many times a thread may sleep for {@link SLEEP_NANOSECONDS} at one barrier, before it gives the others up. */
  patience: 3 * CACHE_LINE + 4,
  /** For each thread: the number of arrivals that its next barrier waits for. */
  targets: 4 * CACHE_LINE,
} as const;

/** How long a thread sleeps at a barrier until it looks again, in nanoseconds. */
export const SLEEP_NANOSECONDS = 1_000_000_000n;

/** The most looks before a sleep: some 50 to 100 microseconds. */
export const MOST_LOOKS = 40_000;

/** The bytes of control memory. */
export const controlBytes = (threads: number): number => CONTROL.targets + threads * CACHE_LINE;

/** Makes the control words of a program ready for a run. */
export function resetControl(words: Int32Array, threads: number, patience: number): void {
  const at = (bytes: number) => bytes / Int32Array.BYTES_PER_ELEMENT;
  Atomics.store(words, at(CONTROL.arrivals), 0);
  Atomics.store(words, at(CONTROL.sleeping), 0);
  Atomics.store(words, at(CONTROL.looks), MOST_LOOKS);
  Atomics.store(words, at(CONTROL.patience), patience);
  for (let k = 0; k < threads; k++) Atomics.store(words, at(CONTROL.targets + k * CACHE_LINE), 0);
  Atomics.store(words, at(CONTROL.failed), 0);
}

/** Makes all threads that wait at a barrier of a program, or come to one, give up. */
export function abandon(words: Int32Array): void {
  Atomics.store(words, CONTROL.failed / Int32Array.BYTES_PER_ELEMENT, 1);
  Atomics.notify(words, CONTROL.arrivals / Int32Array.BYTES_PER_ELEMENT);
}
