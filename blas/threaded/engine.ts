/**
 * The threaded engine.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { compileProgram } from "../simd/program/compile.ts";
import { nanosecondsOfProgram } from "../simd/program/team/work.ts";
import { type Pool, startPool } from "./pool.ts";

/** An engine whose programs several threads run. */
export type ThreadedEngine = Engine & {
  /** How many threads there are, the calling one included. */
  readonly threads: number;
  /** Ends the other threads. The engine, and what was compiled on it, then runs on the calling thread alone. */
  readonly close: () => void;
};

/** Programs that take no longer than this, in nanoseconds, run on one thread. */
const SHORT = 20_000;

/** Makes the engine over a pool. */
export function threadedEngineOver(simd: Engine, pool: Pool): ThreadedEngine {
  return {
    ...simd,
    name: `threaded (${pool.size})`,
    compile(program, options) {
      if (nanosecondsOfProgram(program) < SHORT) return simd.compile.call(this, program, options);
      return compileProgram(program, this, { ...options, team: pool });
    },
    threads: pool.size,
    close: pool.close,
  };
}

/** Starts the threads of an engine. */
export async function startThreadedEngine(simd: Engine, threads: number): Promise<ThreadedEngine> {
  return threadedEngineOver(simd, await startPool(threads));
}
