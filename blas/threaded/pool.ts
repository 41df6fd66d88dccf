/**
 * A pool of threads that run programs together.
 *
 * @module
 */
import { abandon, CONTROL, resetControl, SLEEP_NANOSECONDS } from "../simd/program/team/control.ts";
import type { Team, TeamProgram, TeamStep } from "../simd/program/team/team.ts";
import { coreCount } from "./core_count.ts";
import { type ThreadChoice, threadChoice } from "./thread_choice.ts";
import { spreading } from "./spread.ts";
import { startWorker, type WorkerThread } from "./start_workers.ts";
import { type WorkerMessage, type WorkerReply, workerSource } from "./worker_source.ts";
import { COMMANDS, WORDS } from "./words.ts";

/** Threads that can be closed. */
export type Pool = Team & {
  /** Ends the worker threads; programs that were prepared then run on the calling thread alone. */
  readonly close: () => void;
  /** Ends the worker threads without the pool's knowledge, as an outside event would. For tests. */
  readonly endThreads: () => void;
};

/** The settings of {@link startPool}. */
export type PoolSettings = {
  /** How many seconds one thread waits for another before it considers it dead. Default 60. */
  readonly patience?: number;
  /** As in `Team`. Default 4000: a barrier takes about half a microsecond. */
  readonly least?: number;
  /** Makes the choice, for a program, of whether to run on all threads. Default: by measuring. */
  readonly choice?: () => ThreadChoice;
};

/** How often a thread polls for the next command, or for the others to finish, before it sleeps: about 50 microseconds. */
const LOOKS = 10_000;

const ALWAYS: ThreadChoice = { next: () => true, took: () => {} };

/** The state of a pool. The handlers of its workers' events hold it, but not the pool, so that the pool can be collected. */
type State = {
  readonly words: Int32Array;
  readonly threads: number;
  readonly patience: number;
  workers: readonly WorkerThread<WorkerMessage>[];
  /** Why the threads can no longer be used; `undefined` if they can. */
  broken: string | undefined;
  closed: boolean;
  /** Messages that the workers must receive before the next run. */
  pending: WorkerMessage[];
  /** The count of finished commands, over all threads, once the last command is done. */
  finished: number;
  nextProgram: number;
};

/** Programs that a thread did not finish in time: it may still run their code, which must therefore stay in memory. */
const unfinished: TeamProgram[] = [];

/** Ends the threads of pools that have been garbage-collected; made with the first pool. */
let dropped: FinalizationRegistry<State> | undefined;

/**
 * Starts `threads - 1` worker threads and waits until they are ready.
 *
 * @param threads The number of threads, including the calling one; at least 1.
 */
export async function startPool(threads: number, settings: PoolSettings = {}): Promise<Pool> {
  const buffer = new SharedArrayBuffer(WORDS.count * Int32Array.BYTES_PER_ELEMENT), words = new Int32Array(buffer);
  const { patience = 60, least = 4000, choice = threadChoice } = settings;
  words[WORDS.looks] = LOOKS;
  const state: State = {
    words,
    threads,
    patience,
    workers: [],
    broken: undefined,
    closed: false,
    pending: [],
    finished: 0,
    nextProgram: 0,
  };
  const started = Array.from({ length: threads - 1 }, (_, k) => startThread(state, buffer, k + 1));
  state.workers = started.map(({ worker }) => worker);
  try {
    await Promise.all(started.map(({ ready }) => ready));
  } catch (error) {
    end(state);
    throw error;
  }
  state.workers.forEach(({ release }) => release());
  const apart = spreading({
    words,
    threads,
    command: (code) => command(state, code),
    awaitFinish: () => awaitFinish(state),
  });
  const forgotten = new FinalizationRegistry<number>((id) => state.pending.push({ kind: "forget", id }));
  const pool: Pool = {
    size: threads,
    least,
    prepare: (program) => prepare(state, forgotten, program, program.always ? ALWAYS : choice()),
    spread: () => {
      if (threads > 1 && threads <= coreCount() && !state.closed && state.broken === undefined) apart();
    },
    close: () => end(state),
    endThreads: () => endWorkers(state),
  };
  dropped ??= new FinalizationRegistry<State>(end);
  dropped.register(pool, state);
  return pool;
}

function startThread(state: State, buffer: SharedArrayBuffer, thread: number) {
  let worker: WorkerThread<WorkerMessage> | undefined;
  const ready = new Promise<void>((resolve, reject) => {
    worker = startWorker<WorkerMessage, WorkerReply>(workerSource(), {
      onReply: (reply) => {
        if (reply.kind === "ready") return resolve();
        state.broken ??= `thread ${thread} threw "${reply.message}"`;
      },
      onEnd: (reason) => {
        if (state.closed) return;
        state.broken ??= `thread ${thread} is gone: ${reason}`;
        reject(new Error(`Cannot start threads: ${reason}; use engines.simd`));
      },
    });
    worker.send({ kind: "start", buffer, thread, threads: state.threads });
  });
  return { worker: worker!, ready };
}

/** Ends all worker threads. */
function end(state: State): void {
  state.closed = true;
  endWorkers(state);
  state.workers = [];
}

/** Wakes and ends the worker threads: Deno does not end one that sleeps. */
function endWorkers(state: State): void {
  if (state.workers.length > 0) command(state, COMMANDS.receive);
  state.workers.forEach(({ end }) => end());
}

/** Makes a program known to the workers. */
function prepare(state: State, forgotten: FinalizationRegistry<number>, program: TeamProgram, choice: ThreadChoice) {
  const { module, memory, control, names, segments, native } = program,
    { threads, patience } = state,
    id = state.nextProgram++;
  const index = (bytes: number) => (control + bytes) / Int32Array.BYTES_PER_ELEMENT;
  const controlWords = new Int32Array(memory.buffer, control),
    sleeps = Math.ceil(patience * 1e9 / Number(SLEEP_NANOSECONDS));
  resetControl(controlWords, threads, sleeps);
  const failed = index(CONTROL.failed), arrivals = index(CONTROL.arrivals);
  let known = false;
  const together = (segment: number): void => {
    if (!known) {
      const code = native && { native };
      state.pending.push({ kind: "program", id, module, memory, failed, arrivals, names, ...code });
      known = true;
    }
    if (state.pending.length > 0) deliver(state);
    const { words } = state;
    Atomics.store(words, WORDS.program, id);
    Atomics.store(words, WORDS.segment, segment);
    command(state, COMMANDS.run);
    let error: unknown;
    try {
      segments[segment]!(0, threads);
    } catch (thrown) {
      error = thrown;
      abandon(controlWords);
    }
    try {
      awaitFinish(state);
    } catch (late) {
      unfinished.push(program);
      throw late;
    }
    if (error === undefined && Atomics.load(words, WORDS.failed) === 0) return;
    Atomics.store(words, WORDS.failed, 0);
    resetControl(controlWords, threads, sleeps);
    throw error instanceof WebAssembly.RuntimeError || error === undefined ? brokenError(state) : error;
  };
  const run = (steps: readonly TeamStep[]): void => {
    if (state.broken !== undefined) throw brokenError(state);
    const divided = !state.closed && threads > 1 && choice.next(), start = performance.now();
    for (const step of steps) {
      if (typeof step !== "number") step();
      else if (divided) together(step);
      else segments[step]!(0, 1);
    }
    choice.took(divided, performance.now() - start);
  };
  forgotten.register(run, id);
  return run;
}

function brokenError(state: State): Error {
  state.broken ??= "a thread failed or did not arrive";
  return new Error(
    `Cannot run on ${state.threads} threads: ${state.broken}; close the engine, and make a new one with threadedEngine()`,
  );
}

/** Gives all workers a command. */
function command(state: State, code: number): void {
  const { words } = state;
  Atomics.store(words, WORDS.command, code);
  state.finished = (state.finished + state.threads - 1) | 0;
  Atomics.add(words, WORDS.generation, 1);
  if (Atomics.load(words, WORDS.sleeping) > 0) Atomics.notify(words, WORDS.generation);
}

/** Waits until all workers have finished the last command. */
function awaitFinish(state: State): void {
  const { words, finished, patience } = state, deadline = performance.now() + 1000 * patience;
  for (let looks = LOOKS;;) {
    const now = Atomics.load(words, WORDS.finished);
    if (now === finished) return;
    if (looks-- > 0) continue;
    if (performance.now() > deadline) {
      state.broken ??= `a thread did not finish within ${patience} seconds`;
      throw brokenError(state);
    }
    Atomics.store(words, WORDS.waiting, 1);
    Atomics.wait(words, WORDS.finished, now, 100);
    Atomics.store(words, WORDS.waiting, 0);
  }
}

/** Makes all workers receive the pending messages. */
function deliver(state: State): void {
  const messages: readonly WorkerMessage[] = [...state.pending, { kind: "resume" }];
  state.pending = [];
  state.workers.forEach(({ send }) => messages.forEach(send));
  command(state, COMMANDS.receive);
  awaitFinish(state);
}
