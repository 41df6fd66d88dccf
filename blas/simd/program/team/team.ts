/**
 * The interface between programs and the threads that run them.
 *
 * @module
 */

/** A part of a program, called by each thread. */
export type Segment = (thread: number, threads: number) => void;

/** Code outside WebAssembly, as threads call it: function `k` is at address `k`, and has one argument. */
export type NativeCode = {
  /** The name of the C library, whose `bsearch` jumps to any address. */
  readonly library: string;
  /** The address of the program's memory. */
  readonly argument: bigint;
  readonly addresses: readonly bigint[];
};

/** A module whose functions all threads of a team call, on one memory. */
export type TeamProgram = {
  readonly module: WebAssembly.Module;
  /** Shared memory. */
  readonly memory: WebAssembly.Memory;
  /** The byte address of the control memory, as in `control.ts`. */
  readonly control: number;
  /** The names of the segments among the module's exports. */
  readonly names: readonly string[];
  /** The segments of the first thread, in the same order. */
  readonly segments: readonly Segment[];
  /** What the module's import `generated` calls by number. Default: there is no such import. */
  readonly native?: NativeCode;
  /** Whether to run on all threads without measuring whether that is faster. Default: false. */
  readonly always?: boolean;
  /** Whether it may run without threads that are late, because the first one does what nobody else did. Default: false. */
  readonly joinable?: boolean;
};

/** A step of a program: a segment, by its number, or a function that only the first thread runs. */
export type TeamStep = number | (() => void);

/** Threads that run programs together. */
export type Team = {
  /** The number of threads, including the calling one. */
  readonly size: number;
  /** An instruction that takes less than this, in nanoseconds on one thread, is not divided. */
  readonly least: number;
  /** Makes a program known to the threads; returns the function that runs steps of it. */
  readonly prepare: (program: TeamProgram) => (steps: readonly TeamStep[]) => void;
  /** Whether all threads wait for work: one that another program keeps from running does not. */
  readonly isReady: () => boolean;
  /** Reports that threads often waited for each other, so that {@link settle} has something to do. */
  readonly crowded: () => void;
  /**
   * Moves crowded threads to cores of their own, if there are as many: it takes some milliseconds, and does nothing for a
   * while after that. For use between measurements.
   */
  readonly settle: () => void;
};
