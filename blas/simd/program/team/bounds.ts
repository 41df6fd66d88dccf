/**
 * How units are divided among threads.
 *
 * @module
 */

/**
 * Returns the first of a thread's units; those of all threads are about equally many, in the order of the threads. The
 * first ones have more, since the last unit is often shorter than the others.
 */
export const boundOf = (thread: number, units: number, threads: number): number => Math.ceil(thread * units / threads);
