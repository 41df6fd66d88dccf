/**
 * The control words of a program that several threads run: with them, threads count arrivals at barriers and agree to give up.
 *
 * @module
 */
import { CACHE_LINE } from "../../../alignment.ts";

/** The byte offsets of the words from the start of the control memory; each has a cache line of its own, of 64 bytes. */
export const CONTROL = {
  /** The number of arrivals at barriers so far. */
  arrivals: 0,
  /** Not 0 if a thread is sleeping at a barrier. */
  sleeping: 64,
  /** Not 0 if a thread has failed, so that no thread waits for it. */
  failed: 128,
  /** How often a thread polls whether the others have arrived before it sleeps. */
  looks: 192,
  /** How many times a thread may sleep for {@link SLEEP_NANOSECONDS} at one barrier before it gives up. */
  patience: 196,
  /** For each thread, the number of arrivals that its next barrier waits for. */
  targets: 256,
} as const;

/** How long a thread sleeps at a barrier before it looks again, in nanoseconds. */
export const SLEEP_NANOSECONDS = 1_000_000_000n;

/** The most polls before a sleep: about 50 to 100 microseconds. */
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
