/**
 * The threaded engine.
 *
 * @module
 */
import { describe } from "../describe.ts";
import type { Engine } from "../engine.ts";
import { compileProgram, PRODUCTS } from "../simd/program/compile.ts";
import type { Generator } from "../simd/program/generator.ts";
import { nanosecondsOfProgram } from "../simd/program/team/work.ts";
import { type Divided, dividedBy } from "./eager.ts";
import { coreCount } from "./core_count.ts";
import { keepPages } from "./kept_pages.ts";
import { type Pool, type PoolSettings, startPool } from "./pool.ts";

/** An engine whose programs several threads run. */
export type ThreadedEngine = Engine & {
  /** The number of threads, including the calling one. */
  readonly threads: number;
  /** Ends the other threads. The engine, and programs that it has compiled, then run on the calling thread alone. */
  readonly close: () => void;
};

/** Programs that take less than this many times the shortest divided instruction run on one thread. */
const MEETINGS = 5;

/** What an engine on threads has of its own. */
export type ThreadedOptions = {
  /** Its name. Default: "threaded". */
  readonly name?: string | undefined;
  /** Writes the code of its programs; default: WebAssembly only. */
  readonly generator?: Generator | undefined;
  /** Returns functions that replace those which are divided. Default: none. */
  readonly functions?: ((divided: Divided) => Partial<Engine>) | undefined;
};

/** Makes the engine over a pool. */
export function threadedEngineOver(
  simd: Engine,
  pool: Pool,
  { name = `threaded (${pool.size})`, generator, functions = () => ({}) }: ThreadedOptions = {},
): ThreadedEngine {
  const divided = dividedBy(pool, simd, () => engine);
  const engine: ThreadedEngine = {
    ...simd,
    ...divided,
    ...functions(divided),
    name,
    compile(program, options) {
      const outside = PRODUCTS.filter((name) => this[name] !== engine[name]);
      const team = nanosecondsOfProgram(program) < MEETINGS * pool.least ? {} : { team: pool };
      return compileProgram(program, this, { ...options, ...team, outside, ...generator && { generator } });
    },
    threads: pool.size,
    close: pool.close,
  };
  return engine;
}

/**
 * Starts the threads of an engine.
 *
 * @param threads The number of threads, including the calling one. Default: the number of cores.
 */
export async function startThreadedEngine(simd: Engine, threads?: number): Promise<ThreadedEngine> {
  return threadedEngineOver(simd, await startThreads(threads));
}

/**
 * Starts threads.
 *
 * @param threads As for {@link startThreadedEngine}.
 */
export async function startThreads(
  threads: number = Math.min(coreCount(), MOST_THREADS),
  settings: PoolSettings = {},
): Promise<Pool> {
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    throw new RangeError(
      `Cannot start ${describe(threads)} threads: there must be a whole number of them from 1 to ${MOST_THREADS}; ` +
        "leave the number out for one on each core",
    );
  }
  checkRuntime();
  if (threads > 1) keepPages();
  return await startPool(threads, settings);
}

/** The largest number of threads. */
const MOST_THREADS = 256;

/** Throws unless threads can share memory and wait for each other here. */
function checkRuntime(): void {
  if (typeof SharedArrayBuffer === "undefined") {
    throw new Error(
      "Cannot start threads: this page may not share memory; serve it with the headers Cross-Origin-Opener-Policy: " +
        "same-origin and Cross-Origin-Embedder-Policy: require-corp",
    );
  }
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
  } catch {
    throw new Error(
      "Cannot start threads: a page may not wait for them; import the library in a Worker, and call threadedEngine there",
    );
  }
}
